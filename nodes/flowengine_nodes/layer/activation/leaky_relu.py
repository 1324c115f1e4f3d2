"""The rectifier that lets a little of the negative side through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import TensorSpec, node
from flowengine_nodes.layer.activation._activation import ActivationLayer

if TYPE_CHECKING:
    import torch


@node(title="LeakyReLU", keywords=("rectifier",))
class LeakyReLU(ActivationLayer):
    """Keep what is positive and shrink the rest: ``x`` above 0, ``negative_slope * x`` below.

    Unlike ReLU it always has a slope to learn by (Maas et al., 2013).
    """

    negative_slope: Annotated[float, Field(ge=0)] = 0.3
    """Slope below 0."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.rectifiers import ReLUModule
        from flowengine.nn.cells.shaping import ActivationCell

        return ActivationCell(ReLUModule(slope=self.negative_slope))
