"""The exponential linear unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, node
from flowengine_nodes.layer.activation._activation import ActivationLayer

if TYPE_CHECKING:
    import torch


@node(title="ELU", keywords=("exponential linear unit",))
class ELU(ActivationLayer):
    """Keep what is positive, bend the rest towards a floor: ``alpha * (exp(x) - 1)`` below 0.

    Its mean is closer to zero than that of ReLU, which speeds up training (Clevert et al., 2015).
    """

    alpha: float = 1.0
    """How deep the floor lies below zero."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.rectifiers import ELUCell

        return ELUCell(self.alpha)
