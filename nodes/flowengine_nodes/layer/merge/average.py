"""The mean of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.merge._elementwise import ElementwiseMerge

if TYPE_CHECKING:
    import torch


@node(title="Average", keywords=("mean",))
class Average(ElementwiseMerge):
    """Take the mean of tensors value by value: ``(a + b + …) / count``.

    Sizes of 1 are spread over the other tensors' sizes.
    """

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.merge import AverageCell

        return AverageCell()
