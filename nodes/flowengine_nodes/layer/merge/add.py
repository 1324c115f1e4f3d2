"""The sum of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.merge._elementwise import ElementwiseMerge

if TYPE_CHECKING:
    import torch


@node(title="Add", keywords=("sum", "residual", "skip connection"))
class Add(ElementwiseMerge):
    """Add tensors value by value: ``a + b + …``.

    Sizes of 1 are spread over the other tensors' sizes. The usual end of a residual block: what
    came out of some layers plus what went in (He et al., 2015).
    """

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.merge import AddCell

        return AddCell()
