"""The learned factor and offset that follow a normalization."""

from __future__ import annotations

from flowengine import Weight
from flowengine.layer import BaseLayer
from flowengine.nn.constraints import ConstraintSetting
from flowengine.nn.initializers import InitializerSetting, Ones, Zeros
from flowengine.nn.regularizers import RegularizerSetting


class ScalingSettings(BaseLayer):
    """A learned factor (gamma) and a learned offset (beta), each there or not."""

    center: bool = True
    """Whether to add a learned offset (beta)."""
    scale: bool = True
    """Whether to multiply by a learned factor (gamma)."""
    beta_initializer: InitializerSetting = Zeros()
    """What fills the offset before training."""
    gamma_initializer: InitializerSetting = Ones()
    """What fills the factor before training."""
    beta_regularizer: RegularizerSetting | None = None
    """What the offset adds to the loss."""
    gamma_regularizer: RegularizerSetting | None = None
    """What the factor adds to the loss."""
    beta_constraint: ConstraintSetting | None = None
    """What the offset must satisfy after each step."""
    gamma_constraint: ConstraintSetting | None = None
    """What the factor must satisfy after each step."""

    def scaling_weights(self, *shape: int) -> dict[str, Weight]:
        """Return factor and offset as weights, as far as there are any."""
        weights = {}
        if self.scale:
            weights["gamma"] = Weight(
                shape,
                self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
            )
        if self.center:
            weights["beta"] = Weight(
                shape,
                self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
            )
        return weights
