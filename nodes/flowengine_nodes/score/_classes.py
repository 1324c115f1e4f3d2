"""The classes of two columns in one order, and how often each pair of them occurs."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def classes_in_order(true: pl.Series, predicted: pl.Series) -> list[str]:
    """Return the classes of both columns as text.

    Categories keep their own order (those never seen included), whole numbers are ordered by value,
    all else by the alphabet.
    """
    declared = [
        name
        for column in (true, predicted)
        if isinstance(column.dtype, pl.Enum)
        for name in column.dtype.categories
    ]
    seen = {
        value
        for column in (true, predicted)
        for value in column.unique().cast(pl.String).drop_nulls()
    }
    others = sorted(seen.difference(declared))
    if all(_is_whole(name) for name in others):
        others.sort(key=int)
    return list(dict.fromkeys([*declared, *others]))


def confusion(true: Sequence[str], predicted: Sequence[str], classes: list[str]) -> pl.DataFrame:
    """Return how often each pair occurs: a row for each true class, a column for each predicted."""
    import numpy as np

    place = {name: index for index, name in enumerate(classes)}
    size = len(classes)
    cells = np.fromiter(
        (place[t] * size + place[p] for t, p in zip(true, predicted, strict=True)),
        dtype=np.int64,
        count=len(true),
    )
    counts = np.bincount(cells, minlength=size * size).reshape(size, size)
    # A class may be called "truth" itself.
    head = "truth"
    while head in place:
        head += "_"
    columns: dict[str, pl.Series] = {head: pl.Series(classes, dtype=pl.String)}
    for index, name in enumerate(classes):
        columns[name] = pl.Series(counts[:, index], dtype=pl.Int64)
    return pl.DataFrame(columns)


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and text.isascii()
