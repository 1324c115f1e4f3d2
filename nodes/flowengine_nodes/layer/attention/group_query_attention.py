"""Attention whose heads share keys and values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import ConfigureError, TensorSpec, Weight, node
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer._tensors import known_axis
from flowengine_nodes.layer.attention._heads import HeadAttention, check_mask
from flowengine_nodes.layer.attention._ports import require_same_steps, require_sequences

if TYPE_CHECKING:
    import torch


@node(title="GroupQueryAttention", keywords=("transformer", "grouped query", "gqa", "multi-query"))
class GroupQueryAttention(HeadAttention):
    """Answer each step of a query with the values that several heads find, sharing keys and values.

    As MultiHeadAttention, ``softmax(q · kᵀ / sqrt(head_dim)) · v`` for each head, but several heads
    of the query share one head of keys and values, which saves memory (Ainslie et al., 2023).
    """

    head_dim: Size
    """Size of each head's queries, keys and values."""
    num_query_heads: Size
    """Number of heads of the query."""
    num_key_value_heads: Size
    """Number of heads of keys and values, which divides that of the query; 1 is called multi-query
    attention."""

    def outputs(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        require_sequences(inputs[:3])
        query, value, key = inputs[0], inputs[1], inputs[min(2, len(inputs) - 1)]
        require_same_steps(value, key)
        if known_axis(query) != known_axis(value):
            raise ConfigureError(
                f"query and value must have the same number of features; they are {query} and "
                f"{value}"
            )
        known_axis(key)
        if self.num_query_heads % self.num_key_value_heads:
            raise ConfigureError(
                f"num_key_value_heads is {self.num_key_value_heads}, which does not divide the "
                f"{self.num_query_heads} heads of the query",
                setting="num_key_value_heads",
            )
        pairs = (query.shape[0], value.shape[0])
        if len(inputs) == 4:
            check_mask(inputs[3], pairs, (self.num_query_heads, *pairs))
        self.check_flash()
        found = TensorSpec(query.shape, masked=query.masked)
        return found, TensorSpec((self.num_query_heads, *pairs))

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        query, value, key = (
            known_axis(tensor) for tensor in (inputs[0], inputs[1], inputs[min(2, len(inputs) - 1)])
        )
        asked = (self.num_query_heads, self.head_dim)
        held = (self.num_key_value_heads, self.head_dim)
        weights = self.projection("query", (query, *asked), asked)
        weights |= self.projection("key", (key, *held), held)
        if self.use_gate:
            weights |= self.projection("gate", (query, *asked), asked)
        weights |= self.projection("value", (value, *held), held)
        return weights | self.projection("attention_output", (*asked, query), (query,))

    def flops(self, *inputs: TensorSpec) -> int:
        queries, values = (tensor.shape[0] or 1 for tensor in inputs[:2])
        projected = self.projected(queries, values, *inputs)
        return 2 * (projected + 2 * queries * values * self.num_query_heads * self.head_dim)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.head_attention import HeadAttentionCell

        return HeadAttentionCell(
            self.weights(*inputs),
            axes=(1,),
            scale=self.head_dim**-0.5,
            dropout=self.dropout,
            seed=self.seed,
            window=self.sliding_window,
            is_causal=self.use_causal_mask,
            repeats=self.num_query_heads // self.num_key_value_heads,
            # As in Keras: once as a projection's, once as the layer's.
            counts_result_twice=True,
        )
