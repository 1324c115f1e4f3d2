"""Whole numbers that begin with a zero: postcodes, article numbers, dialling codes."""

from __future__ import annotations

import numpy as np
import polars as pl
from polars.selectors import by_name

_PADDED = r"^\s*[+-]?0\d"
_ZERO, _NINE = ord("0"), ord("9")
_SIGNS = tuple(b"+-")


def padded_columns(texts: pl.LazyFrame, names: list[str]) -> list[str]:
    """Return the columns of text that have a value such as 01234."""
    found = texts.select(by_name(names).str.contains(_PADDED).any()).collect()
    return [name for name, is_padded in found.row(0, named=True).items() if is_padded]


def may_be_padded(sample: bytes, delimiter: str, quote: str | None) -> bool:
    """Return whether some value may begin with a zero and a digit; quick, and never wrongly no."""
    data = np.frombuffer(b"\n" + sample, np.uint8)
    zeros = np.flatnonzero(data[:-1] == _ZERO)
    behind = data[zeros + 1]
    zeros = zeros[(behind >= _ZERO) & (behind <= _NINE)]
    before = data[zeros - 1]
    # A sign may stand between the beginning of the value and the zero.
    before = np.where(np.isin(before, _SIGNS), data[zeros - 2], before)
    starts = f"{delimiter}{quote or ''}\n\r\t ".encode()
    return bool(np.isin(before, np.frombuffer(starts, np.uint8)).any())
