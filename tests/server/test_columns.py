"""Types of columns in people's words."""

from __future__ import annotations

import polars as pl
import pytest

from flowengine.server.values.columns import column_infos, column_told


@pytest.mark.parametrize(
    "dtype",
    [
        pl.Int64(),
        pl.UInt8(),
        pl.Float32(),
        pl.String(),
        pl.Boolean(),
        pl.Date(),
        pl.Datetime("us"),
        pl.Duration("ms"),
        pl.Categorical(),
        pl.Null(),
        pl.Binary(),
        pl.Struct({"a": pl.Int64}),
    ],
)
def test_a_type_of_which_only_its_word_is_kept_is_told_like_the_type(dtype: pl.DataType) -> None:
    [known] = column_infos(pl.Schema({"a": dtype}))
    told = column_told("a", str(dtype))
    assert told.kind == known.kind
    if not isinstance(dtype, pl.Struct):
        assert told.type == known.type


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("List(Int64)", "list"),
        ("Array(UInt8, shape=(28, 28, 1))", "list"),
        ("Enum(categories=['a'])", "category"),
        ("Something", "other"),
        ("DataFrame", "other"),
    ],
)
def test_a_type_with_parts_keeps_its_kind(text: str, kind: str) -> None:
    assert column_told("a", text).kind == kind
