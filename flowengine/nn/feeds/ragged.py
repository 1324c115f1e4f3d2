"""Sequences of several lengths: padded to the longest of a batch, with a mask that says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from flowengine.binding import Binding
from flowengine.errors import DataError
from flowengine.network import NetworkSpec
from flowengine.network_surgery import called
from flowengine.nn.feeds.numbers import plain
from flowengine.tensor import Shape

Array = np.ndarray[Any, Any]


class RaggedRows:
    """Rows of a column of lists, read where its values lie.

    Args:
        series: The column, without missing values.
        step: Shape of one step.
        dtype: Data type of the rows; that of the column by default.
    """

    def __init__(
        self, series: pl.Series, step: tuple[int, ...] = (), dtype: str | None = None
    ) -> None:
        self.step = step
        counts = series.list.len().to_numpy().astype(np.int64)
        values = series.filter(series.list.len() > 0).explode()
        if values.null_count():
            raise DataError(f'column "{series.name}" has missing values inside its lists')
        width = int(np.prod(step, dtype=np.int64))
        odd = counts % width
        if odd.any():
            raise DataError(
                f'column "{series.name}" has a list of {counts[odd.argmax()]} values, which are no '
                f"whole steps of {width}"
            )
        array = plain(values).to_numpy()
        self.values = (array if dtype is None else array.astype(dtype)).reshape(-1, *step)
        self.lengths = counts // width
        self.starts = np.cumsum(self.lengths) - self.lengths

    def take(self, index: Array) -> Array:
        """Return the rows at these positions, with zeros behind the shorter ones."""
        mask = self.mask(index)
        taken = np.zeros((*mask.shape, *self.step), self.values.dtype)
        places = self.starts[index][:, None] + np.arange(mask.shape[1])
        taken[mask] = self.values[places[mask]]
        return taken

    def mask(self, index: Array) -> Array:
        """Return which steps of the rows at these positions there are."""
        lengths = self.lengths[index]
        longest = max(int(lengths.max(initial=0)), 1)
        mask: Array = np.arange(longest) < lengths[:, None]
        return mask


def is_ragged(dtype: pl.DataType, shape: Shape) -> bool:
    """Return whether a column feeds sequences of several lengths to a tensor of a shape."""
    return isinstance(dtype, pl.List) and bool(shape) and shape[0] is None


def masked_spec(
    spec: NetworkSpec, binding: Binding, schema: Mapping[str, pl.DataType]
) -> NetworkSpec:
    """Return the network as it is computed: inputs of several lengths come with a mask."""
    ragged = {
        tensor
        for name, tensor in spec.inputs.items()
        if name in binding.inputs
        and is_ragged(schema[binding.inputs[name].columns[0]], spec.tensors[tensor].shape)
    }
    if not ragged:
        return spec
    inputs = {
        tensor: replace(
            spec.tensors[tensor], masked=tensor in ragged or spec.tensors[tensor].masked
        )
        for tensor in spec.inputs.values()
    }
    return replace(spec, tensors={**inputs, **called(spec, spec.calls, inputs)})
