"""Gated recurrent units."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flowengine import TensorSpec, Weight, node
from flowengine.layer import OneStateLayer
from flowengine_nodes.layer.recurrent._dense import GatedCellSettings

if TYPE_CHECKING:
    import torch


@node(title="GRU", keywords=("recurrent", "sequence", "gated recurrent unit", "rnn"))
class GRU(GatedCellSettings, OneStateLayer):
    """Go through a sequence with gated recurrent units.

    At each step one gate decides how much of the state is replaced, another how much of the old
    state the new one is made from. The last state is an output of its own; connected to the state
    input of another GRU it lets that go on from there. Without a first state it starts from zeros.
    Masked steps change nothing.

    With gates ``z, r = recurrent_activation(x · kernel + h · recurrent_kernel + bias)`` and a
    candidate ``g`` from ``x`` and ``r · h``: ``h = z · h + (1 - z) · activation(g)``.

    Source: RNN encoder-decoder (Cho et al., 2014).
    """

    gates: ClassVar[int] = 3

    reset_after: bool = True
    """Whether the reset gate acts after the product with the recurrent kernel, as cuDNN has it;
    KNIME and Keras 2 mean false."""

    def misfits(self) -> list[str]:
        return super().misfits() + ([] if self.reset_after else ["reset_after true"])

    def bias_weight(self, *shape: int) -> dict[str, Weight]:
        # Reset after the product, state and input have a bias each.
        return super().bias_weight(*((2, *shape) if self.reset_after else shape))

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.gru import GRUCell

        return GRUCell(
            self.weights(*inputs),
            self.course(),
            self.activation,
            self.recurrent_activation,
            reset_after=self.reset_after,
            is_fused=self.is_fused(),
        )
