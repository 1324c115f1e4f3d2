"""Targets that zeros fill up at another end than their input."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from training_samples import chain, dense, learn

from flowengine.binding import Binding, Feed
from flowengine.network import NetworkSpec
from flowengine.nn.feeds.filling import filling_doubts
from flowengine.nn.losses.probability import SparseCategoricalCrossentropy
from flowengine.testing import FakeContext
from flowengine_nodes.layer.embedding.embedding import Embedding
from flowengine_nodes.layer.recurrent.gru import GRU

ROWS, STEPS = 60, 5
FILLED = np.arange(STEPS) < np.arange(ROWS)[:, None] % 3
"""Where zeros stand, at the beginning."""
WORDS = np.where(FILLED, 0, np.random.default_rng(0).integers(1, 4, (ROWS, STEPS)))
TURNED = np.ascontiguousarray(WORDS[:, ::-1])


def tagger() -> NetworkSpec:
    return chain(
        (STEPS,),
        Embedding(input_dim=4, output_dim=3, mask_zero=True),
        GRU(units=4, return_sequences=True),
        dense(4, "softmax"),
        dtype="int32",
    )


def doubts(words: Any, tags: Any, ignored: int | None = None) -> list[str]:
    spec = tagger()
    (output,) = spec.outputs
    binding = Binding({"input": Feed(("words",), "list")}, {output: Feed(("tags",), "list")})
    losses = {output: SparseCategoricalCrossentropy(ignore_class=ignored)}
    table = pl.DataFrame({"words": words, "tags": tags})
    return list(filling_doubts(binding, spec, table, losses))


@pytest.mark.parametrize("end", ["beginning", "end"])
def test_lists_filled_up_at_other_ends_are_told(tmp_path: Path, end: str) -> None:
    data = pl.DataFrame({"before": WORDS, "behind": TURNED})
    source, other = ("before", "behind") if end == "beginning" else ("behind", "before")
    for target, told in ((other, 1), (source, 0)):
        ctx = FakeContext(tmp_path)
        columns = {"input_columns": [source], "target_columns": [target]}
        learn(tagger(), data, tmp_path, ctx=ctx, settings=columns)
        assert len(ctx.warnings) == told
        assert all(f'column "{source}" up at its {end}' in one for one in ctx.warnings)


def test_a_few_rows_of_another_kind_do_not_hide_it() -> None:
    tags = TURNED.copy()
    tags[7] = 0
    tags[8, 0] = 0
    assert len(doubts(WORDS, tags, ignored=0)) == 1


def test_zeros_that_are_a_class_are_no_filling() -> None:
    anything = np.random.default_rng(1).integers(0, 4, (ROWS, STEPS))
    first_only = np.where(np.arange(STEPS) == STEPS - 1, 3, anything)
    for tags in (anything, first_only, np.zeros_like(WORDS), np.where(FILLED, 0, anything)):
        assert doubts(WORDS, tags) == doubts(TURNED, tags) == []
    # One list was filled up, and its target begins with class 0 as others do.
    few = np.where((np.arange(ROWS) == 0)[:, None], TURNED[1], 1)
    assert doubts(few, first_only) == []


def test_a_class_that_is_ignored_says_what_fills_the_target_up() -> None:
    assert len(doubts(WORDS, TURNED)) == 1
    assert doubts(WORDS, TURNED, ignored=-1) == []


@pytest.mark.parametrize(
    "inner", [pl.Boolean(), pl.Null(), pl.String()], ids=["booleans", "nothing", "text"]
)
def test_what_has_no_numbers_is_no_filling(inner: pl.DataType) -> None:
    tags = pl.Series([[None] * STEPS] * ROWS, dtype=pl.Array(inner, STEPS))
    assert doubts(WORDS, tags) == []


def test_missing_lists_and_empty_tables_tell_nothing() -> None:
    lists = pl.Series(WORDS)
    assert doubts(lists, pl.Series([None, *pl.Series(TURNED)[1:]], dtype=lists.dtype)) == []
    assert doubts(lists.clear(), pl.Series(TURNED).clear()) == []
    assert doubts(np.zeros_like(WORDS), TURNED) == []
