"""Settings of layers with weights, each in one mixin: activation, bias, kernel, activity."""

from __future__ import annotations

from flowengine import Weight
from flowengine.layer import BaseLayer
from flowengine.nn.activations import Activation
from flowengine.nn.constraints import ConstraintSetting
from flowengine.nn.initializers import GlorotUniform, InitializerSetting, Zeros
from flowengine.nn.regularizers import RegularizerSetting


class BiasWeight(BaseLayer):
    """A bias."""

    bias_initializer: InitializerSetting = Zeros()
    """What fills the bias before training."""
    bias_regularizer: RegularizerSetting | None = None
    """What the bias adds to the loss."""
    bias_constraint: ConstraintSetting | None = None
    """What the bias must satisfy after each step."""

    def bias_weight(self, *shape: int) -> dict[str, Weight]:
        """Return the bias as a weight."""
        return {
            "bias": Weight(
                shape,
                self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        }


class BiasSettings(BiasWeight):
    """A bias, added or not."""

    use_bias: bool = True
    """Whether to add a bias."""

    def bias_weight(self, *shape: int) -> dict[str, Weight]:
        """Return the bias as a weight, or nothing."""
        return super().bias_weight(*shape) if self.use_bias else {}


class KernelWeight(BaseLayer):
    """A kernel, and what the layer's output adds to the loss."""

    kernel_initializer: InitializerSetting = GlorotUniform()
    """What fills the kernel before training."""
    kernel_regularizer: RegularizerSetting | None = None
    """What the kernel adds to the loss."""
    activity_regularizer: RegularizerSetting | None = None
    """What the layer's output adds to the loss."""
    kernel_constraint: ConstraintSetting | None = None
    """What the kernel must satisfy after each step."""

    def kernel_weight(self, shape: tuple[int, ...], axes: tuple[int, ...]) -> dict[str, Weight]:
        """Return the kernel as a weight; ``axes`` is Keras' order in torch's."""
        return {
            "kernel": Weight(
                shape,
                self.kernel_initializer,
                axes=axes,
                regularizer=self.kernel_regularizer,
                constraint=self.kernel_constraint,
            )
        }


class KernelSettings(KernelWeight, BiasSettings):
    """An activation, a kernel and a bias."""

    activation: Activation = "linear"
    """Function applied to the result."""
