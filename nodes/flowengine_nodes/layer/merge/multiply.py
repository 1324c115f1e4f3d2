"""The product of tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.merge._elementwise import ElementwiseMerge

if TYPE_CHECKING:
    import torch


@node(title="Multiply", keywords=("product", "gate"))
class Multiply(ElementwiseMerge):
    """Multiply tensors value by value: ``a · b · …``.

    Sizes of 1 are spread over the other tensors' sizes. Places that a tensor's mask excludes count
    as 1; where all masks exclude a place, the result is 0.
    """

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.merge import MultiplyCell

        return MultiplyCell()
