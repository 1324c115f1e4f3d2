"""The GRU of cuDNN, as Keras 2 and KNIME have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from flowengine import TensorSpec, Weight, node
from flowengine.layer import OneStateLayer
from flowengine_nodes.layer.recurrent._dense import DenseRecurrent

if TYPE_CHECKING:
    import torch


@node(title="CuDNNGRU", keywords=("recurrent", "sequence", "rnn", "knime"))
class CuDNNGRU(DenseRecurrent, OneStateLayer):
    """Go through a sequence with a GRU that has tanh and sigmoid, and resets after the product.

    ``h = z · h + (1 - z) · tanh(W · x + r · (U · h + d) + b)``.

    It stands for the layer of that name in Keras 2 and KNIME, and runs on any device. Keras 3 has
    no such layer; a GRU with its default settings computes the same.
    """

    gates: ClassVar[int] = 3

    def bias_weight(self, *shape: int) -> dict[str, Weight]:
        return super().bias_weight(2 * shape[0])

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.gru import GRUCell

        return GRUCell(
            self.weights(*inputs),
            self.course(),
            "tanh",
            "sigmoid",
            reset_after=True,
            is_fused=True,
        )
