"""A vector as a sequence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import Layer, TensorSpec, node
from flowengine.layer import require_rank
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer._tensors import moved

if TYPE_CHECKING:
    import torch


@node(title="RepeatVector", keywords=("sequence", "decoder"))
class RepeatVector(Layer):
    """Repeat a vector, as a sequence of equal steps.

    ``y[t] = x, t < n``.

    A recurrent layer behind it reads the same vector at every step, as decoders do.
    """

    n: Size
    """Number of steps."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = require_rank(inputs, 1, "features")
        return moved(tensor, self.n, tensor.shape[0])

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.shaping import RepeatVectorCell

        return RepeatVectorCell(self.n)
