"""Columns become batches: rows are picked by index out of views of the table, never copied whole.

Images stay bytes until the batch is made, a table of several chunks is read where it lies, and a
table in a mapped file is read page by page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import polars as pl

from flowengine.binding import Binding, Feed
from flowengine.errors import DataError
from flowengine.network import NetworkSpec
from flowengine.nn.feeds.categories import positions
from flowengine.nn.feeds.columns import describe_shape, innermost
from flowengine.nn.feeds.lengths import check_lengths
from flowengine.nn.feeds.numbers import plain
from flowengine.nn.feeds.ragged import RaggedRows, is_ragged, masked_spec
from flowengine.nn.feeds.target_values import check_target
from flowengine.nn.losses.loss import Loss
from flowengine.tensor import TensorSpec

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Array = np.ndarray[Any, Any]

MATRIX_LIMIT = 64 << 20
"""Columns of numbers side by side are made one array beforehand if it takes no more bytes."""


class Rows(Protocol):
    """Rows of a table as an array."""

    def take(self, index: Array) -> Array:
        """Return the rows at these positions, as a new array."""


class ChunkRows:
    """Rows of one column, read where its chunks lie.

    Args:
        chunks: One array for each chunk.
        shape: Shape of a row; its own by default.
    """

    def __init__(self, chunks: list[Array], shape: tuple[int, ...] | None = None) -> None:
        self.chunks = chunks if shape is None else [one.reshape(-1, *shape) for one in chunks]
        self.starts = np.cumsum([0, *(len(one) for one in chunks[:-1])])

    def take(self, index: Array) -> Array:
        if len(self.chunks) == 1:
            return self.chunks[0].take(index, axis=0)
        first = self.chunks[0]
        taken = np.empty((len(index), *first.shape[1:]), first.dtype)
        where = np.searchsorted(self.starts, index, side="right") - 1
        for number in np.unique(where):
            rows = where == number
            taken[rows] = self.chunks[number][index[rows] - self.starts[number]]
        return taken


class SideBySide:
    """Rows of several columns of numbers, one beside the other."""

    def __init__(self, columns: list[ChunkRows], dtype: str) -> None:
        self.columns = columns
        self.dtype = dtype

    def take(self, index: Array) -> Array:
        taken = np.empty((len(index), len(self.columns)), self.dtype)
        for place, column in enumerate(self.columns):
            taken[:, place] = column.take(index)
        return taken


class Joined:
    """Rows of several columns of arrays, flattened, one after the other."""

    def __init__(self, columns: list[ChunkRows]) -> None:
        self.columns = columns

    def take(self, index: Array) -> Array:
        parts = [column.take(index).reshape(len(index), -1) for column in self.columns]
        return np.concatenate(parts, axis=1)


class OneHot:
    """Rows of one column of positions, as vectors."""

    def __init__(self, positions: ChunkRows, size: int) -> None:
        self.positions = positions
        self.size = size

    def take(self, index: Array) -> Array:
        return np.eye(self.size, dtype=np.float32)[self.positions.take(index)]


class Shaped:
    """Rows in another shape and data type."""

    def __init__(self, rows: Rows, shape: tuple[int, ...], dtype: str | None = None) -> None:
        self.rows = rows
        self.shape = shape
        self.dtype = dtype

    def take(self, index: Array) -> Array:
        taken = self.rows.take(index).reshape(len(index), *self.shape)
        return taken if self.dtype is None else taken.astype(self.dtype, copy=False)


@dataclass(frozen=True)
class Batch:
    """Some rows as tensors, by input and output name.

    There are weights where rows do not count alike, and masks of inputs of several lengths.
    """

    inputs: Mapping[str, Tensor]
    targets: Mapping[str, Tensor]
    rows: int
    weights: Mapping[str, Tensor] = field(default_factory=dict)
    masks: Mapping[str, Tensor] = field(default_factory=dict)

    def divided(self, rows: int) -> list[Batch]:
        """Return it as batches of at most so many rows."""

        def some(tensors: Mapping[str, Tensor], start: int) -> dict[str, Tensor]:
            return {name: tensor[start : start + rows] for name, tensor in tensors.items()}

        return [
            Batch(
                some(self.inputs, start),
                some(self.targets, start),
                min(rows, self.rows - start),
                some(self.weights, start),
                some(self.masks, start),
            )
            for start in range(0, self.rows, rows)
        ]


class RowWeights(Protocol):
    """How much rows count in the loss."""

    def take(self, index: Array, targets: Mapping[str, Array]) -> dict[str, Array]:
        """Return the weights of the rows at these positions, by output name."""


class Feeder:
    """A table as batches for a network.

    Args:
        table: The table.
        binding: What feeds what, with all categories.
        spec: The network.
        losses: The loss of each output that needs a target; none for a network that only answers.
        device: Where the tensors go.
        weights: How much rows count, where they do not count alike.

    Raises:
        DataError: A column has missing values, unknown categories, or rows of several lengths.
    """

    def __init__(
        self,
        table: pl.DataFrame,
        binding: Binding,
        spec: NetworkSpec,
        losses: Mapping[str, Loss],
        device: torch.device,
        weights: RowWeights | None = None,
    ) -> None:
        self.weights = weights
        self.rows = table.height
        self.device = device
        self.inputs = {
            name: input_rows(table, binding.inputs[name], spec.tensors[tensor])
            for name, tensor in spec.inputs.items()
        }
        self.targets = {
            name: target_rows(table, binding.targets[name], spec.tensors[spec.outputs[name]], loss)
            for name, loss in losses.items()
        }
        ragged = {
            binding.inputs[name].columns[0]: rows
            for name, rows in self.inputs.items()
            if isinstance(rows, RaggedRows)
        }
        known = masked_spec(spec, binding, table.schema)
        for name, target in self.targets.items():
            if isinstance(target, RaggedRows) and losses[name].by_step:
                column = binding.targets[name].columns[0]
                masked = known.tensors[spec.outputs[name]].masked
                check_lengths(column, target, ragged, masked=masked)

    def take(self, index: Array) -> Batch:
        """Return the rows at these positions."""
        targets = {name: rows.take(index) for name, rows in self.targets.items()}
        weights = self.weights.take(index, targets) if self.weights is not None else {}
        return Batch(
            {name: self._tensor(rows.take(index)) for name, rows in self.inputs.items()},
            {name: self._tensor(array) for name, array in targets.items()},
            len(index),
            {name: self._tensor(array) for name, array in weights.items()},
            {
                name: self._tensor(rows.mask(index))
                for name, rows in self.inputs.items()
                if isinstance(rows, RaggedRows)
            },
        )

    def _tensor(self, array: Array) -> Tensor:
        import torch

        return torch.from_numpy(array).to(self.device, non_blocking=True)


def input_rows(table: pl.DataFrame, feed: Feed, tensor: TensorSpec) -> Rows:
    """Return what feeds an input; bytes and whole numbers are left for the network to convert."""
    if feed.conversion == "number":
        return _numbers(table, feed, tensor.dtype, _fixed(tensor.shape, len(feed.columns)))
    if feed.conversion in ("index", "one_hot"):
        codes = _codes(table, feed)
        if feed.conversion == "one_hot":
            size = tensor.shape[-1] if tensor.shape else None
            return Shaped(
                OneHot(codes, size or len(feed.categories)), _fixed(tensor.shape, size or 1)
            )
        return Shaped(codes, _fixed(tensor.shape, 1), "int64")
    return _arrays(table, feed, tensor.shape)


def target_rows(table: pl.DataFrame, feed: Feed, tensor: TensorSpec, loss: Loss) -> Rows:
    """Return what an output is compared with, in the form its loss wants."""
    check_target(table, feed, (tensor.shape[-1] if tensor.shape else None) or 1, loss)
    shape = tensor.shape[:-1] if loss.form == "index" else tensor.shape
    dtype = "int64" if loss.form == "index" else "float32"
    if feed.conversion == "number":
        return _numbers(table, feed, dtype, _fixed(shape, len(feed.columns)))
    if feed.conversion == "one_hot":
        return Shaped(OneHot(_codes(table, feed), tensor.shape[-1] or 1), _fixed(shape, 1))
    if feed.conversion == "index":
        return Shaped(_codes(table, feed), _fixed(shape, 1), dtype)
    return _arrays(table, feed, shape, dtype)


def column_rows(series: pl.Series, shape: tuple[int, ...] | None = None) -> ChunkRows:
    """Return the rows of a column where they lie.

    Raises:
        DataError: It has missing values.
    """
    if series.null_count():
        raise _missing(series.name, series.null_count())
    series = plain(series)
    # Booleans are bits in a table, and bytes in an array.
    copies = innermost(series.dtype) == pl.Boolean
    try:
        chunks = [chunk.to_numpy(allow_copy=copies) for chunk in series.get_chunks() if len(chunk)]
    except RuntimeError:
        if not isinstance(series.dtype, pl.Array):
            raise DataError(
                f'column "{series.name}" holds {series.dtype}, where numbers or arrays are needed'
            ) from None
        # The one reason polars has left is a missing value inside an array.
        raise _missing(series.name, None) from None
    return ChunkRows(chunks or [series.head(0).to_numpy()], shape)


def _missing(column: str, count: int | None) -> DataError:
    if count is None:
        return DataError(
            f'column "{column}" has missing values inside its arrays; fill them in where the table '
            f"comes from"
        )
    many = "a missing value" if count == 1 else f"{count} missing values"
    return DataError(
        f'column "{column}" has {many}; leave out the rows that have one with a Row Filter on this '
        f'column (operator "not_missing")'
    )


def _numbers(table: pl.DataFrame, feed: Feed, dtype: str, shape: tuple[int, ...]) -> Rows:
    columns = [column_rows(table[name]) for name in feed.columns]
    rows: Rows = SideBySide(columns, dtype)
    if table.height * len(columns) * np.dtype(dtype).itemsize <= MATRIX_LIMIT:
        rows = ChunkRows([rows.take(np.arange(table.height))])
    return Shaped(rows, shape)


def _codes(table: pl.DataFrame, feed: Feed) -> ChunkRows:
    series = table[feed.columns[0]]
    if series.null_count():
        raise _missing(series.name, series.null_count())
    return column_rows(positions(series, feed.categories))


def _arrays(
    table: pl.DataFrame, feed: Feed, shape: tuple[int | None, ...], dtype: str | None = None
) -> Rows:
    first = table[feed.columns[0]]
    if len(feed.columns) == 1 and is_ragged(first.dtype, shape):
        if first.null_count():
            raise _missing(first.name, first.null_count())
        return RaggedRows(first, _fixed(shape[1:], 1), dtype)
    columns = [_array_rows(table[name]) for name in feed.columns]
    shapes = [column.chunks[0].shape[1:] for column in columns]
    if len(columns) == 1:
        own = shapes[0]
        size = int(np.prod(own, dtype=np.int64))
        fixed = (
            tuple(one or given for one, given in zip(shape, own, strict=True))
            if len(own) == len(shape)
            else _fixed(shape, size)
        )
        if table.height and size != np.prod(fixed, dtype=np.int64):
            raise DataError(
                f'column "{first.name}" has {describe_shape(own)} values in a row, but '
                f"{describe_shape(fixed)} are needed"
            )
        return Shaped(columns[0], fixed, dtype)
    width = sum(int(np.prod(one, dtype=np.int64)) for one in shapes)
    return Shaped(Joined(columns), _fixed(shape, width), dtype)


def _array_rows(series: pl.Series) -> ChunkRows:
    if not isinstance(series.dtype, pl.List):
        return column_rows(series)
    if series.null_count():
        raise _missing(series.name, series.null_count())
    lengths = series.list.len().unique().sort().to_list()
    if len(lengths) > 1:
        raise DataError(
            f'column "{series.name}" has lists of several lengths, from {lengths[0]} to '
            f"{lengths[-1]}; leave the first axis of the network's input open for sequences of "
            f'several lengths, or bring them to one with the node "Pad Sequences"'
        )
    return column_rows(series.list.to_array(lengths[0] if lengths else 0))


def _fixed(shape: tuple[int | None, ...], width: int) -> tuple[int, ...]:
    """Return the shape with its one unknown axis worked out from the number of values."""
    known = int(np.prod([size for size in shape if size is not None], dtype=np.int64))
    if shape.count(None) > 1:
        raise DataError(
            f"the shape {shape} of an input has more than one unknown axis; "
            f"set them in the input layer"
        )
    return tuple(width // max(known, 1) if size is None else size for size in shape)
