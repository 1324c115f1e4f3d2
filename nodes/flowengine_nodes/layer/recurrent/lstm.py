"""Long short-term memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flowengine import TensorSpec, node
from flowengine.layer import TwoStateLayer
from flowengine_nodes.layer.recurrent._dense import GatedCellSettings
from flowengine_nodes.layer.recurrent._forget_bias import ForgetBiasSettings

if TYPE_CHECKING:
    import torch


@node(title="LSTM", keywords=("recurrent", "sequence", "long short-term memory", "rnn"))
class LSTM(ForgetBiasSettings, GatedCellSettings, TwoStateLayer):
    """Go through a sequence with a long short-term memory.

    At each step three gates decide what enters the cell state, what stays in it and what of it is
    shown. The last state and cell state are outputs of their own; connected to the state inputs
    of another LSTM they let it go on from there, as a decoder does from its encoder. Without first
    states it starts from zeros. Masked steps change nothing.

    With gates ``i, f, o = recurrent_activation(x · kernel + h · recurrent_kernel + bias)`` and a
    candidate ``g = activation(…)`` of the same form: ``c = f · c + i · g`` and
    ``h = o · activation(c)``.

    Source: Long short-term memory (Hochreiter and Schmidhuber, 1997).
    """

    gates: ClassVar[int] = 4

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.lstm import LSTMCell

        return LSTMCell(
            self.weights(*inputs),
            self.course(),
            self.activation,
            self.recurrent_activation,
            is_fused=self.is_fused(),
        )
