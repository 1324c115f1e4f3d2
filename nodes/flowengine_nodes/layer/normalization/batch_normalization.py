"""Normalisation by the batch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from flowengine import Layer, TensorSpec, Weight, node
from flowengine.nn.initializers import Initializer, InitializerSetting, Ones, Zeros
from flowengine_nodes.layer._tensors import floating, known_axis, tensor_axis
from flowengine_nodes.layer.normalization._scaling import ScalingSettings

if TYPE_CHECKING:
    import numpy as np
    import torch


class RenormClipping(BaseModel):
    """Bounds of the correction of batch renormalization."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    rmin: float | None = None
    """Smallest factor."""
    rmax: float | None = None
    """Largest factor."""
    dmax: Annotated[float, Field(ge=0)] | None = None
    """Largest offset in either direction."""


@dataclass(frozen=True)
class SquareRoot:
    """Fill with the square roots of what another initializer gives."""

    initializer: Initializer

    def sample(self, shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray[Any, Any]:
        values = self.initializer.sample(shape, rng)
        return values**0.5


@node(title="BatchNormalization", keywords=("batch norm", "standardize"))
class BatchNormalization(ScalingSettings, Layer):
    """Bring each channel to mean 0 and deviation 1, then scale and shift it.

    While training, mean and variance are those of the batch; afterwards moving averages of them:
    ``gamma · (x - mean) / sqrt(variance + epsilon) + beta`` (Ioffe and Szegedy, 2015). A frozen
    layer uses the moving averages always. Places that a mask excludes do not count.
    """

    axis: int = -1
    """Axis that is normalised, counted with the batch as axis 0; -1 is the last, the channels."""
    momentum: float = 0.99
    """How much of the moving averages stays at each step."""
    epsilon: Annotated[float, Field(ge=0)] = 0.001
    """Added to the variance, so that nothing is divided by zero."""
    moving_mean_initializer: InitializerSetting = Zeros()
    """What fills the moving mean before training."""
    moving_variance_initializer: InitializerSetting = Ones()
    """What fills the moving variance before training."""
    renorm: bool = False
    """Whether to correct each batch towards the moving averages while training, which helps with
    small batches (batch renormalization)."""
    renorm_clipping: RenormClipping | None = None
    """Bounds of that correction."""
    renorm_momentum: float = 0.99
    """How much of the averages that the correction uses stays at each step."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        self._size(inputs[0])
        return floating(inputs[0])

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        shape = (self._size(inputs[0]),)
        weights = self.scaling_weights(*shape)
        weights["moving_mean"] = Weight(shape, self.moving_mean_initializer, trainable=False)
        weights["moving_variance"] = Weight(
            shape, self.moving_variance_initializer, trainable=False
        )
        if self.renorm:
            deviation = SquareRoot(self.moving_variance_initializer)
            weights["moving_stddev"] = Weight(shape, deviation, trainable=False)
            weights["renorm_mean"] = Weight(shape, self.moving_mean_initializer, trainable=False)
            weights["renorm_stddev"] = Weight(shape, deviation, trainable=False)
        return weights

    def flops(self, *inputs: TensorSpec) -> int:
        return 2 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells import normalization as cells

        weights = self.weights(*inputs)
        if not self.renorm:
            return cells.BatchNormalizationCell(
                weights, axis=self.axis, momentum=self.momentum, epsilon=self.epsilon
            )
        bounds = self.renorm_clipping or RenormClipping()
        return cells.BatchRenormalizationCell(
            weights,
            axis=self.axis,
            momentum=self.momentum,
            epsilon=self.epsilon,
            renorm_momentum=self.renorm_momentum,
            smallest=bounds.rmin,
            largest=bounds.rmax,
            farthest=bounds.dmax,
        )

    def _size(self, tensor: TensorSpec) -> int:
        return known_axis(tensor, tensor_axis(tensor, self.axis), "normalised")
