"""Attention by scalar products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flowengine import TensorSpec, Weight, node
from flowengine.nn.initializers import Ones
from flowengine_nodes.layer.attention._scores import ScoreAttention

if TYPE_CHECKING:
    import torch


@node(title="Attention", keywords=("luong", "dot product", "sequence"))
class Attention(ScoreAttention):
    """Answer each step of a query with the values whose keys match it best.

    ``softmax(query · keyᵀ) · value``: the scalar product says how well a key matches, and the
    result is a mean of the values by these weights (Luong et al., 2015). Masked values have no
    weight; masked steps of the query give zeros.
    """

    use_scale: bool = False
    """Whether to multiply the scores by a learned factor."""
    score_mode: Literal["dot", "concat"] = "dot"
    """``dot``: scalar product; ``concat``: ``sum(tanh(query + key))`` times a learned factor."""

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        weights = {"scale": Weight((), Ones())} if self.use_scale else {}
        if self.score_mode == "concat":
            weights["concat_score_weight"] = Weight((), Ones())
        return weights

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.attention import ConcatAttentionCell, DotAttentionCell

        cell = DotAttentionCell if self.score_mode == "dot" else ConcatAttentionCell
        return cell(
            self.weights(*inputs),
            dropout=self.dropout,
            seed=self.seed,
            is_causal=self.use_causal_mask,
        )
