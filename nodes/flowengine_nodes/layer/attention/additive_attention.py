"""Attention by sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import TensorSpec, Weight, node
from flowengine.nn.initializers import GlorotUniform
from flowengine_nodes.layer._tensors import known_axis
from flowengine_nodes.layer.attention._scores import ScoreAttention

if TYPE_CHECKING:
    import torch


@node(title="AdditiveAttention", keywords=("bahdanau", "sequence"))
class AdditiveAttention(ScoreAttention):
    """Answer each step of a query with the values whose keys match it best, found by sums.

    ``softmax(sum(scale · tanh(query + key))) · value``, with a learned factor for each feature
    (Bahdanau et al., 2015). Masked values have no weight; masked steps of the query give zeros.
    """

    use_scale: bool = True
    """Whether to multiply each feature by a learned factor."""

    def outputs(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        result = super().outputs(*inputs)
        known_axis(inputs[0])
        return result

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        return (
            {"scale": Weight((known_axis(inputs[0]),), GlorotUniform())} if self.use_scale else {}
        )

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.attention import AdditiveAttentionCell

        return AdditiveAttentionCell(
            self.weights(*inputs),
            dropout=self.dropout,
            seed=self.seed,
            is_causal=self.use_causal_mask,
        )
