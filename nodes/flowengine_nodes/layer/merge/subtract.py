"""The difference of two tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flowengine import TensorSpec, node
from flowengine_nodes.layer.merge._elementwise import ElementwiseMerge

if TYPE_CHECKING:
    import torch


@node(title="Subtract", keywords=("difference", "minus"))
class Subtract(ElementwiseMerge):
    """Subtract the second tensor from the first: ``a - b``.

    Takes exactly two; the first connection is ``a``. Sizes of 1 are spread over the other's sizes.
    """

    exactly: ClassVar[int | None] = 2

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.merge import SubtractCell

        return SubtractCell()
