"""Numbers and moments as people write them (``1,234.5``, ``31.12.2024``), to values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import polars as pl
import polars.selectors as cs

DayOrder = Literal["year_first", "day_first", "month_first"]
Mark = Literal[",", ".", " ", "'"]

MARKS: dict[Mark, str] = {",": ",", ".": ".", " ": " \u00a0\u202f", "'": "'\u2019"}
"""By mark between thousands, the characters it is written with."""

_CLOCK = r"([T ]+\d{1,2}:\d\d(:\d\d(\.\d{1,6})?)?)?"
# Years of two digits stay text: nobody can tell their century.
_SHORT = r"^\s*(\d{1,2})[./-](\d{1,2})[./-](\d{4})"
_YEARS = r"^\s*(\d{4})[./-](\d{1,2})[./-](\d{1,2})"
_AS_ISO: dict[DayOrder, str] = {
    "year_first": "",
    "day_first": "${3}-${2}-${1}",
    "month_first": "${3}-${1}-${2}",
}
_WITH_CLOCK = r"\d:\d"


@dataclass(frozen=True)
class Writing:
    """How numbers and moments are written.

    Args:
        decimal: Decimal mark.
        thousands: Mark between thousands; ``None``: there is none.
        dates: What comes first in a date; dates that begin with the year are always understood.
    """

    decimal: str = "."
    thousands: Mark | None = None
    dates: DayOrder = "year_first"

    def reads(self, dtype: pl.DataType) -> bool:
        """Return whether values of a type are read from text here, as polars knows no such."""
        if dtype.is_numeric():
            return self.thousands is not None or (self.decimal != "." and dtype.is_float())
        return dtype in (pl.Date, pl.Datetime("us"))

    def value(self, name: str, dtype: pl.DataType, *, strict: bool = True) -> pl.Expr:
        """Return the values of a column of text; one that does not fit is an error or missing."""
        # Not pl.col, which takes names such as "*" and "^a.*$" for several columns.
        text = cs.by_name(name).as_expr().str.strip_chars()
        if dtype.is_numeric():
            return self._plain(text).cast(dtype, strict=strict).alias(name)
        if order := _AS_ISO[self.dates]:
            text = text.str.replace(_SHORT, order)
        text = text.str.replace(_YEARS, "${1}-${2}-${3}")
        if dtype == pl.Date:
            return text.str.to_date("%Y-%m-%d", strict=strict).alias(name)
        text = text.str.replace(r"[T ]+", " ")
        text = text.str.replace(r"^([\d-]+)$", "${1} 0:00").str.replace(r"( \d+:\d+)$", "${1}:00")
        return text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", time_unit="us", strict=strict).alias(
            name
        )

    def found(self, column: pl.Series) -> pl.DataType | None:
        """Return the type that all values of a column of text have when read like this."""
        known = column.drop_nulls()
        if not len(known):
            return None
        moment = _YEARS if self.dates == "year_first" else f"({_YEARS}|{_SHORT})"
        if known.str.contains(f"{moment}{_CLOCK}\\s*$").all():
            timed = known.str.contains(_WITH_CLOCK).any()
            dtype: pl.DataType = pl.Datetime("us") if timed else pl.Date()
        elif self.reads(pl.Float64()) and known.str.contains(self.number).all():
            dtype = pl.Int64() if known.str.contains(self._whole).all() else pl.Float64()
        else:
            return None
        values = known.to_frame().select(self.value(column.name, dtype, strict=False)).to_series()
        return None if values.null_count() else dtype

    @property
    def number(self) -> str:
        """The pattern of numbers, with or without marks between thousands."""
        mark = re.escape(self.decimal)
        some = rf"(({self._grouped}|\d+)({mark}\d*)?|{mark}\d+)(e[+-]?\d+)?"
        return rf"(?i)^\s*([+-]?({some}|inf)|nan)\s*$"

    @property
    def grouped(self) -> str:
        """The pattern of numbers with marks between thousands."""
        return rf"^\s*[+-]?{self._grouped}({re.escape(self.decimal)}\d*)?\s*$"

    @property
    def _whole(self) -> str:
        return rf"^\s*[+-]?({self._grouped}|\d+)\s*$"

    @property
    def _grouped(self) -> str:
        if self.thousands is None:
            return r"\d+"
        # Indian lakhs too: 12,34,567.
        mark = f"[{MARKS[self.thousands]}]"
        return rf"\d{{1,3}}({mark}\d{{2,3}})*{mark}\d{{3}}"

    def _plain(self, text: pl.Expr) -> pl.Expr:
        """Return numbers as polars reads them; what is none here must be none there."""
        if self.thousands is not None:
            bare = text.str.replace_all(f"[{MARKS[self.thousands]}]", "")
            text = pl.when(text.str.contains(self.grouped)).then(bare).otherwise(text)
        if self.decimal == ".":
            return text
        text = text.str.replace_all(".", "?", literal=True)
        return text.str.replace(self.decimal, ".", literal=True)
