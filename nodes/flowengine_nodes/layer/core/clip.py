"""Values kept between two limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import model_validator

from flowengine import Layer, TensorSpec, node
from flowengine_nodes.layer._tensors import floating

if TYPE_CHECKING:
    import torch


@node(title="Clip", keywords=("limit", "clamp", "minimum", "maximum", "range"))
class Clip(Layer):
    """Keep every value between two limits.

    ``y = min(max(x, minimum), maximum)``.

    Values beyond a limit become that limit, and nothing is learned from them.
    """

    minimum: float | None = None
    """Smallest value; null for none."""
    maximum: float | None = None
    """Largest value; null for none."""

    @model_validator(mode="after")
    def _check_limits(self) -> Self:
        if self.minimum is None and self.maximum is None:
            raise ValueError("neither minimum nor maximum is given; name at least one of them")
        if None not in (self.minimum, self.maximum) and self.minimum > self.maximum:  # type: ignore[operator]
            raise ValueError(f"minimum {self.minimum} is above maximum {self.maximum}")
        return self

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return floating(inputs[0])

    def flops(self, *inputs: TensorSpec) -> int:
        return 2 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.computing import ClipCell

        return ClipCell(self.minimum, self.maximum)
