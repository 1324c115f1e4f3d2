from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from flowengine.errors import ConfigureError
from flowengine.testing import check_node
from flowengine_nodes.table.column_filter import ColumnFilter

TABLE = pl.DataFrame({"a": [1], "b": [2], "c": [3]})


def columns(tmp_path: Path, **settings: object) -> list[str]:
    result = check_node(ColumnFilter, settings=settings, inputs={"table": TABLE}, folder=tmp_path)
    return list(result["out"].columns)


def test_included_columns_stay_in_the_order_of_the_table(tmp_path: Path) -> None:
    assert columns(tmp_path, columns=["c", "a"]) == ["a", "c"]


def test_excluded_columns_go(tmp_path: Path) -> None:
    assert columns(tmp_path, columns=["b"], keep="excluded") == ["a", "c"]


def test_excluding_nothing_keeps_all(tmp_path: Path) -> None:
    assert columns(tmp_path, columns=[], keep="excluded") == ["a", "b", "c"]


def test_a_missing_column_is_named_with_those_there_are() -> None:
    with pytest.raises(ConfigureError, match=r'no column "d".*"a", "b", "c"'):
        ColumnFilter(columns=("d",)).configure(TABLE.schema)


def test_leaving_no_column_is_an_error() -> None:
    with pytest.raises(ConfigureError, match="no column is left"):
        ColumnFilter(columns=("a", "b", "c"), keep="excluded").configure(TABLE.schema)
    with pytest.raises(ConfigureError, match="at least one"):
        ColumnFilter(columns=()).configure(TABLE.schema)


@pytest.mark.parametrize("name", ["*", "^a.*$"])
def test_a_column_whose_name_looks_like_a_pattern_is_one_column(tmp_path: Path, name: str) -> None:
    result = check_node(
        ColumnFilter,
        settings={"columns": [name]},
        inputs={"table": pl.DataFrame({"ab": [2], name: [1]})},
        folder=tmp_path,
    )
    assert result["out"].to_dict(as_series=False) == {name: [1]}
