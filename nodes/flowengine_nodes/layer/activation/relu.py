"""The rectifier with all its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import ConfigureError, TensorSpec, node
from flowengine_nodes.layer.activation._activation import ActivationLayer

if TYPE_CHECKING:
    import torch


@node(title="ReLU", keywords=("rectifier", "rectified linear unit", "relu6"))
class ReLU(ActivationLayer):
    """Keep what is positive and set the rest to zero: ``max(x, 0)``.

    With all settings: ``max_value`` where ``x`` is at least that, ``x`` above the threshold, and
    ``negative_slope * (x - threshold)`` below it (Nair and Hinton, 2010).
    """

    max_value: Annotated[float, Field(ge=0)] | None = None
    """Largest value that comes out; 6 gives ReLU6. Null for no limit."""
    negative_slope: Annotated[float, Field(ge=0)] = 0.0
    """Slope below the threshold."""
    threshold: Annotated[float, Field(ge=0)] = 0.0
    """Value up to which an input does not count."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        if self.max_value is not None and self.max_value < self.threshold:
            raise ConfigureError(
                f"max_value {self.max_value:g} lies below the threshold {self.threshold:g}; "
                f"nothing would pass",
                setting="max_value",
            )
        return super().outputs(*inputs)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.rectifiers import ReLUModule
        from flowengine.nn.cells.shaping import ActivationCell

        return ActivationCell(
            ReLUModule(highest=self.max_value, slope=self.negative_slope, threshold=self.threshold)
        )
