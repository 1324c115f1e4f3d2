"""One condition on one column, checked against the column's type and turned into an expression."""

from __future__ import annotations

import operator as op
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any, Literal

import polars as pl
import polars.selectors as cs

from flowengine import ConfigureError
from flowengine.errors import listing, suggest

Operator = Literal[
    "is",
    "is_not",
    "<",
    "<=",
    ">",
    ">=",
    "contains",
    "starts_with",
    "ends_with",
    "matches",
    "missing",
    "not_missing",
]
Value = bool | int | float | str | None

_COMPARE: dict[str, Callable[[pl.Expr, Any], pl.Expr]] = {
    "is": op.eq,
    "is_not": op.ne,
    "<": op.lt,
    "<=": op.le,
    ">": op.gt,
    ">=": op.ge,
}
_READERS: tuple[tuple[type[pl.DataType], Callable[[str], Any], str], ...] = (
    (pl.Date, date.fromisoformat, 'a date such as "2024-12-31"'),
    (pl.Datetime, datetime.fromisoformat, 'a date and time such as "2024-12-31 23:59:00"'),
    (pl.Time, time.fromisoformat, 'a time such as "23:59:00"'),
)


def predicate(column: str, dtype: pl.DataType, operator: Operator, value: Value) -> pl.Expr:
    """Return the condition as an expression.

    Raises:
        ConfigureError: The operator or the value does not fit the column's type.
    """
    # Not pl.col, which takes names such as "*" and "^a.*$" for several columns.
    tested = cs.by_name(column).as_expr()
    if operator == "missing":
        return tested.is_null()
    if operator == "not_missing":
        return tested.is_not_null()
    if value is None:
        raise ConfigureError(f'the operator "{operator}" needs a value', setting="value")
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        raise ConfigureError(
            f'column "{column}" holds {dtype}, which can only be tested for "missing" and '
            f'"not_missing"',
            setting="operator",
        )
    if operator in _COMPARE:
        if isinstance(dtype, (pl.Enum, pl.Categorical)) and operator not in ("is", "is_not"):
            raise ConfigureError(
                f'column "{column}" holds categories, which have no greater or smaller; '
                f'use "is" or "is_not"',
                setting="operator",
            )
        return _typed_comparison(tested, column, dtype, operator, value)
    return _text_test(tested, column, dtype, operator, value)


def _typed_comparison(
    tested: pl.Expr, column: str, dtype: pl.DataType, operator: str, value: Value
) -> pl.Expr:
    compare = _COMPARE[operator]
    if dtype.is_numeric():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _unfit(column, "numbers", "a number", value)
        if dtype.is_integer() and isinstance(value, float) and value.is_integer():
            value = int(value)  # or polars compares as floats, which round large numbers
        meets = compare(tested, value)
        # To polars NaN is greater than all numbers.
        is_order = dtype.is_float() and operator in (">", ">=")
        return meets & tested.is_not_nan() if is_order else meets
    if dtype == pl.Boolean:
        if not isinstance(value, bool):
            raise _unfit(column, "true and false", "true or false", value)
        return compare(tested, value)
    if not isinstance(value, str):
        raise _unfit(column, _held(dtype), f'text, such as "{value}"', value)
    if isinstance(dtype, pl.Enum) and value not in dtype.categories:
        categories = dtype.categories.to_list()
        raise ConfigureError(
            f'column "{column}" has no category "{value}".{suggest(value, categories)} '
            f"Its categories are {listing(categories)}",
            setting="value",
        )
    for kind, read, example in _READERS:
        if dtype == kind:
            try:
                moment = read(value)
            except ValueError:
                raise _unfit(column, _held(dtype), example, value) from None
            return compare(tested, _moment(moment, column, dtype))
    if dtype == pl.Duration or dtype == pl.Null:
        raise ConfigureError(
            f'column "{column}" holds {dtype}, which can only be tested for "missing" and '
            f'"not_missing"',
            setting="operator",
        )
    return compare(tested.cast(pl.String), value)


def _moment(moment: date | datetime | time, column: str, dtype: pl.DataType) -> pl.Expr:
    if not isinstance(moment, datetime | time) or moment.tzinfo is None:
        return pl.lit(moment, dtype=dtype)
    zone = dtype.time_zone if isinstance(dtype, pl.Datetime) else None
    if zone is None or isinstance(moment, time):
        raise ConfigureError(
            f'column "{column}" holds times without a time zone; leave the zone out of the value',
            setting="value",
        )
    return pl.lit(moment.astimezone(UTC)).dt.convert_time_zone(zone)


def _text_test(
    tested: pl.Expr, column: str, dtype: pl.DataType, operator: str, value: Value
) -> pl.Expr:
    if not (dtype == pl.String or isinstance(dtype, (pl.Enum, pl.Categorical))):
        raise ConfigureError(
            f'the operator "{operator}" tests text; column "{column}" holds {_held(dtype)}',
            setting="operator",
        )
    if not isinstance(value, str):
        raise _unfit(column, "text", f'text, such as "{value}"', value)
    text = tested.cast(pl.String).str
    if operator == "contains":
        return text.contains(value, literal=True)
    if operator == "starts_with":
        return text.starts_with(value)
    if operator == "ends_with":
        return text.ends_with(value)
    pattern = f"^(?:{value})$"
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        reason = str(error).strip().rpartition("error: ")[2].splitlines()[0]
        raise ConfigureError(
            f'"{value}" is no regular expression: {reason}', setting="value"
        ) from None
    return text.contains(pattern)


def _unfit(column: str, held: str, expected: str, value: Value) -> ConfigureError:
    shown = f'"{value}"' if isinstance(value, str) else str(value).lower()
    return ConfigureError(
        f'column "{column}" holds {held}; the value must be {expected}, not {shown}',
        setting="value",
    )


def _held(dtype: pl.DataType) -> str:
    if dtype.is_numeric():
        return "numbers"
    names = {pl.String: "text", pl.Boolean: "true and false", pl.Date: "dates", pl.Time: "times"}
    if isinstance(dtype, (pl.Enum, pl.Categorical)):
        return "categories"
    return names.get(type(dtype), "dates and times" if dtype == pl.Datetime else str(dtype))
