"""The smallest of several values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.merge._elementwise import ElementwiseMerge

if TYPE_CHECKING:
    import torch


@node(title="Minimum", keywords=("smallest", "min"))
class Minimum(ElementwiseMerge):
    """Take the smallest value of all tensors, place by place.

    ``y = min(x_1, x_2, …)``.

    Sizes of 1 are spread over the other tensors' sizes. Places that a tensor's mask excludes do not
    take part.
    """

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.merge import MinimumCell

        return MinimumCell()
