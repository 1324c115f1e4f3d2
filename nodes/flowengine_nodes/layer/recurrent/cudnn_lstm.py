"""The LSTM of cuDNN, as Keras 2 and KNIME have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flowengine import TensorSpec, Weight, node
from flowengine.layer import TwoStateLayer
from flowengine_nodes.layer.recurrent._dense import DenseRecurrent
from flowengine_nodes.layer.recurrent._forget_bias import ForgetBiasSettings

if TYPE_CHECKING:
    import torch


@node(title="CuDNNLSTM", keywords=("recurrent", "sequence", "rnn", "knime"))
class CuDNNLSTM(ForgetBiasSettings, DenseRecurrent, TwoStateLayer):
    """Go through a sequence with an LSTM that has tanh and sigmoid, and two biases.

    ``c = f · c + i · tanh(W · x + U · h + b), h = o · tanh(c)``.

    It stands for the layer of that name in Keras 2 and KNIME, and runs on any device. Keras 3 has
    no such layer; an LSTM with its default settings computes the same with one bias, the sum.
    """

    gates: ClassVar[int] = 4
    bias_parts: ClassVar[int] = 8

    def bias_weight(self, *shape: int) -> dict[str, Weight]:
        return super().bias_weight(2 * shape[0])

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.lstm import LSTMCell

        return LSTMCell(self.weights(*inputs), self.course(), "tanh", "sigmoid", is_fused=True)
