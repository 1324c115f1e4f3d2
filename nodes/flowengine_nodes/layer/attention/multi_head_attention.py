"""Attention with several heads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flowengine import ConfigureError, TensorSpec, Weight, node
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer._tensors import known_axis
from flowengine_nodes.layer.attention._heads import HeadAttention, check_mask
from flowengine_nodes.layer.attention._ports import require_same_steps

if TYPE_CHECKING:
    import torch


@node(title="MultiHeadAttention", keywords=("transformer", "self-attention", "mha"))
class MultiHeadAttention(HeadAttention):
    """Answer each step of a query with the values that several heads find.

    Each head projects query, keys and values, and computes ``softmax(q · kᵀ / sqrt(key_dim)) · v``;
    a last projection mixes what the heads found (Vaswani et al., 2017). Connect one network to
    ``network`` and ``value`` for self-attention. Masked values have no weight.
    """

    num_heads: Size
    """Number of heads."""
    key_dim: Size
    """Size of each head's queries and keys."""
    value_dim: Size | None = None
    """Size of each head's values; that of the keys by default."""
    output_shape: Size | tuple[Size, ...] | None = None
    """Size of the result's last dimension, or several; that of the query by default."""
    attention_axes: int | tuple[int, ...] | None = None
    """Axes over which a query looks, counted with the batch as axis 0; by default all but the last,
    which holds the features."""

    def outputs(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        query, value, key = inputs[0], inputs[1], inputs[min(2, len(inputs) - 1)]
        self._check_shapes(query, value, key)
        axes, rank = self._axes(query), len(query.shape)
        if (self.use_causal_mask or self.sliding_window) and axes != (1,):
            raise ConfigureError(
                f"use_causal_mask and sliding_window need one attention axis, the first; the axes "
                f"here are {list(axes)}; set attention_axes to 1",
                setting="attention_axes",
            )
        queries = tuple(query.shape[axis - 1] for axis in axes)
        values = tuple(value.shape[axis - 1] for axis in axes)
        if len(inputs) == 4:
            rest = (self.num_heads,) if len(query.shape) == 2 else ()
            check_mask(inputs[3], (*queries, *values), (*rest, *queries, *values))
        self.check_flash()
        last = self._last(query)
        found = TensorSpec((*query.shape[:-1], *last), masked=query.masked)
        others = (query.shape[axis - 1] for axis in range(1, rank) if axis not in axes)
        return found, TensorSpec((*others, self.num_heads, *queries, *values))

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        query, value, key = (
            known_axis(tensor) for tensor in (inputs[0], inputs[1], inputs[min(2, len(inputs) - 1)])
        )
        keys = (self.num_heads, self.key_dim)
        values = (self.num_heads, self.value_dim or self.key_dim)
        last = self._last(inputs[0])
        weights = self.projection("query", (query, *keys), keys)
        weights |= self.projection("key", (key, *keys), keys)
        if self.use_gate:
            weights |= self.projection("gate", (query, *values), values)
        weights |= self.projection("value", (value, *values), values)
        return weights | self.projection("attention_output", (*values, *last), last)

    def flops(self, *inputs: TensorSpec) -> int:
        queries, values = (math.prod(size or 1 for size in i.shape[:-1]) for i in inputs[:2])
        projected = self.projected(queries, values, *inputs)
        axes = self._axes(inputs[0])
        seen = math.prod(inputs[1].shape[axis - 1] or 1 for axis in axes)
        sizes = self.key_dim + (self.value_dim or self.key_dim)
        return 2 * (projected + queries * seen * self.num_heads * sizes)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.head_attention import HeadAttentionCell

        return HeadAttentionCell(
            self.weights(*inputs),
            axes=self._axes(inputs[0]),
            scale=self.key_dim**-0.5,
            dropout=self.dropout,
            seed=self.seed,
            window=self.sliding_window,
            is_causal=self.use_causal_mask,
        )

    def _last(self, query: TensorSpec) -> tuple[int, ...]:
        if self.output_shape is None:
            return (known_axis(query),)
        shape = self.output_shape
        return (shape,) if isinstance(shape, int) else shape

    def _axes(self, query: TensorSpec) -> tuple[int, ...]:
        """Return the axes of attention, counted with the batch as axis 0."""
        rank = len(query.shape) + 1
        if self.attention_axes is None:
            return tuple(range(1, rank - 1))
        given = self.attention_axes
        axes = tuple(
            axis % rank if -rank < axis < 0 else axis
            for axis in ((given,) if isinstance(given, int) else given)
        )
        if not axes or any(not 0 < axis < rank - 1 for axis in axes):
            raise ConfigureError(
                f"attention_axes {list(axes)} do not fit the query {query}; choose 1 to {rank - 2} "
                f"(0 is the batch, {rank - 1} holds the features)",
                setting="attention_axes",
            )
        return axes

    def _check_shapes(self, query: TensorSpec, value: TensorSpec, key: TensorSpec) -> None:
        if len(query.shape) < 2 or len({len(tensor.shape) for tensor in (query, value, key)}) > 1:
            raise ConfigureError(
                f"query, value and key must have the same number of dimensions, 2 or more, such as "
                f"(time, features); they are {query}, {value} and {key}"
            )
        require_same_steps(value, key)
        for axis in set(range(1, len(query.shape))) - set(self._axes(query)):
            one, two = query.shape[axis - 1], value.shape[axis - 1]
            if None not in (one, two) and one != two:
                raise ConfigureError(
                    f"query {query} and value {value} must have the same size along axis {axis}, "
                    f"which is no attention axis; they have {one} and {two}"
                )
