"""What recurrent layers over sequences of vectors share."""

from __future__ import annotations

from typing import Literal

from flowengine import ConfigureError, TensorSpec, Weight
from flowengine.layer import require_rank
from flowengine.nn.activations import Activation
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer._tensors import known_axis
from flowengine_nodes.layer.recurrent._recurrent import CellSettings, Recurrent


class DenseRecurrent(Recurrent):
    """Base of recurrent layers whose steps are vectors."""

    units: Size
    """Number of units: the size of the output and of each state."""

    def state_spec(self, sequence: TensorSpec) -> TensorSpec:
        known_axis(require_rank([sequence], 2, "time, features"))
        return TensorSpec((self.units,))

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        width = self.gates * self.units
        kernel = self.kernel_weight((known_axis(inputs[0]), width), axes=(1, 0))
        recurrent = self.recurrent_weight((self.units, width), axes=(1, 0))
        return kernel | recurrent | self.bias_weight(width)

    def flops(self, *inputs: TensorSpec) -> int:
        steps = inputs[0].shape[0] or 1
        return 2 * (known_axis(inputs[0]) + self.units) * self.gates * self.units * steps


class DenseCellSettings(CellSettings, DenseRecurrent):
    """Base of those that leave the choice of functions and dropout."""

    unroll: bool = False
    """Whether Keras unrolls its loop; here result and speed are the same either way."""


class GatedCellSettings(DenseCellSettings):
    """Base of those whose gates have a function of their own."""

    recurrent_activation: Activation = "sigmoid"
    """Function of the gates; KNIME and Keras before 2.3 mean ``hard_sigmoid_keras2``."""
    use_cudnn: Literal["auto"] | bool = "auto"
    """Whether torch's fused kernel computes the layer: ``auto`` where it gives the same numbers;
    false never; true always, and settings that it cannot compute are refused."""

    def misfits(self) -> list[str]:
        """Return what settings torch's fused kernel would need to be otherwise."""
        wanted = {"activation": "tanh", "recurrent_activation": "sigmoid", "recurrent_dropout": 0}
        return [f"{name} {value}" for name, value in wanted.items() if getattr(self, name) != value]

    def is_fused(self) -> bool:
        """Return whether torch's fused kernel computes the layer."""
        return self.use_cudnn is not False and not self.misfits()

    def outputs(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        if self.use_cudnn is True and self.misfits():
            raise ConfigureError(
                f"use_cudnn is true, but torch's fused kernel needs {', '.join(self.misfits())}; "
                f'"auto" uses it where it can',
                setting="use_cudnn",
            )
        return super().outputs(*inputs)
