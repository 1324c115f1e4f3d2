"""Columns in numbers."""

from __future__ import annotations

import datetime
from typing import Any

import polars as pl
import pytest

from flowengine.server.values.statistics import BINS, column_statistics


def bars(values: Any, dtype: Any = None) -> dict[str, int]:
    found = column_statistics(pl.Series("x", values, dtype=dtype))
    return {item.label: item.count for item in found.bins}


def test_numbers_have_range_mean_and_deviation() -> None:
    found = column_statistics(pl.Series("x", [1.0, 2.0, 3.0, None, float("nan")]))
    assert (found.minimum, found.maximum, found.mean, found.deviation) == (1, 3, 2, 1)
    assert (found.missing, found.distinct) == (2, 3)


def test_histogram_counts_every_number() -> None:
    found = bars([index / 10 for index in range(1000)])
    assert len(found) == BINS
    assert sum(found.values()) == 1000
    assert next(iter(found)) == "0 – 4.995"


def test_few_whole_numbers_have_a_bar_each() -> None:
    assert bars([3, 1, 3, 1000]) == {"1": 1, "3": 2, "1,000": 1}


def test_one_number_is_one_bar() -> None:
    assert bars([2.5, 2.5]) == {"2.5": 2}


def test_largest_floats_do_not_overflow() -> None:
    assert sum(bars([-1.7e308, 1.7e308]).values()) == 2


def test_infinite_numbers_stand_in_no_bar() -> None:
    assert sum(bars([1.0, 2.0, float("inf")]).values()) == 2


def test_commonest_categories_come_first() -> None:
    assert bars(["b", "a", "b"]) == {"b": 2, "a": 1}
    assert bars([True, True, False]) == {"true": 2, "false": 1}


def test_many_categories_are_counted_together() -> None:
    found = bars([f"v{index}" for index in range(30)])
    assert found["10 others"] == 10


def test_times_have_a_histogram() -> None:
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=index) for index in range(40)]
    found = bars(days)
    assert sum(found.values()) == 40
    assert next(iter(found)) == "from 2026-01-01"


def test_lengths_of_time_have_a_histogram() -> None:
    found = bars([datetime.timedelta(hours=index) for index in range(40)])
    assert sum(found.values()) == 40
    assert list(found)[:2] == ["from 0µs", "from 1h 57m"]


@pytest.mark.parametrize("dtype", [pl.Float64, pl.Int64, pl.String, pl.Date], ids=str)
def test_empty_column_has_no_bars(dtype: Any) -> None:
    found = column_statistics(pl.Series("x", [], dtype=dtype))
    assert (found.missing, found.distinct, found.bins) == (0, 0, ())


def test_lists_have_only_missing_values_counted() -> None:
    found = column_statistics(pl.Series("x", [[1], None]))
    assert (found.missing, found.distinct, found.bins) == (1, None, ())


@pytest.mark.parametrize("values", [[1, 2, None], [0.5, 1.5], ["x", "y"], [True, False], [[1], []]])
def test_a_name_that_looks_like_a_pattern_changes_nothing(values: list[Any]) -> None:
    plain, odd = (column_statistics(pl.Series(name, values)) for name in ("a", "^a.*$"))
    assert (plain.name, odd.name) == ("a", "^a.*$")
    assert (odd.missing, odd.distinct, odd.bins) == (plain.missing, plain.distinct, plain.bins)
