"""The plain recurrent layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flowengine import TensorSpec, node
from flowengine.layer import OneStateLayer
from flowengine_nodes.layer.recurrent._dense import DenseCellSettings

if TYPE_CHECKING:
    import torch


@node(title="SimpleRNN", keywords=("recurrent", "sequence", "elman"))
class SimpleRNN(DenseCellSettings, OneStateLayer):
    """Go through a sequence and feed each output back into the next step.

    Computes ``activation(input · kernel + state · recurrent_kernel + bias)``; the output is the
    next state. The last state is an output of its own; connected to the state input of another
    layer it lets that go on from there. Without a first state it starts from zeros. Masked steps
    change nothing.

    Source: Finding structure in time (Elman, 1990).
    """

    gates: ClassVar[int] = 1

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.simple_rnn import SimpleRNNCell

        return SimpleRNNCell(self.weights(*inputs), self.course(), self.activation)
