"""What a Text Generator says where the network, its conditions or its dictionary do not fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from support.translating import BINDING, NAMES, ROWS, captioner, decoder, encoder, translator
from support.writing import SIZE, SPEC, configure, generate, layer

from flowengine.binding import Binding, Feed
from flowengine.errors import ConfigureError, DataError
from flowengine.network import Network, NetworkSpec
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext
from flowengine.values import ModelSpec
from flowengine_nodes.network.text_generator import TextGenerator

TABLE = pl.Schema({"source": pl.List(pl.UInt8)})
NAMED = ModelSpec("dictionary", {"size": SIZE, "max_size": None, "markers": dict(NAMES.markers)})
BOUND = replace(translator().spec, binding=BINDING)


def test_conditions_that_do_not_fit_are_told() -> None:
    spec = translator().spec
    with pytest.raises(ConfigureError, match='inputs "source", "said"; say with the setting'):
        configure(spec, conditions=TABLE)
    with pytest.raises(ConfigureError, match=r'no input "sad". Did you mean "said"'):
        configure(spec, conditions=TABLE, text_input="sad")
    with pytest.raises(ConfigureError, match='also takes "source"; connect a table'):
        configure(spec, text_input="said")
    deaf = encoder().merge(decoder())
    with pytest.raises(ConfigureError, match="does not depend on"):
        configure(
            deaf.apply("end", layer("dense", units=SIZE, activation="softmax"), ["encoder"]),
            text_input="said",
        )
    alone = decoder().apply("scores", layer("dense", units=SIZE, activation="softmax"))
    with pytest.raises(ConfigureError, match="nothing but the text; disconnect"):
        configure(alone, conditions=TABLE)
    with pytest.raises(ConfigureError, match=r'must take positions .* "image" is 4×4×1'):
        configure(captioner().spec, text_input="image")


def test_a_column_of_the_training_that_is_missing_is_told(tmp_path: Path) -> None:
    network = translator()
    bound = replace(network.spec, binding=BINDING)
    other = pl.Schema({"sorce": pl.List(pl.UInt8)})
    with pytest.raises(ConfigureError, match=r'"source", which the table does not have. Did you'):
        configure(bound, text_input="said", conditions=other)
    columns = {"source": ["sorce"]}
    chosen = configure(bound, NAMED, text_input="said", conditions=other, input_columns=columns)
    assert chosen.names() == ["sorce", "temperature", "seed", "text"]
    with pytest.raises(ConfigureError, match="which the table does not have"):
        generate(
            network,
            tmp_path,
            dictionary=NAMES,
            text_input="said",
            conditions=ROWS.rename({"source": "sorce"}),
        )


def test_columns_whose_place_is_taken_are_told() -> None:
    ctx = FakeContext(Path())
    node = TextGenerator(text_input="said", seed_text="a", input_columns=("text",))
    schema = pl.Schema({"text": pl.List(pl.UInt8)})
    made = node.configure(translator().spec, SPEC, None, schema, ctx)
    assert made.names() == ["text", "temperature", "seed"]
    assert 'the place of "text"' in ctx.warnings[-1]


@pytest.mark.parametrize("dtype", [pl.String(), pl.List(pl.String)])
def test_texts_that_no_dictionary_encoded_are_told(dtype: pl.DataType) -> None:
    table = pl.Schema({"source": dtype, "other": pl.List(pl.UInt8)})
    with pytest.raises(ConfigureError, match=r'cannot take column "source" .* lists of numbers'):
        configure(BOUND, NAMED, text_input="said", conditions=table)
    chosen = {"source": ["source"]}
    with pytest.raises(ConfigureError, match='"source"'):
        configure(BOUND, NAMED, text_input="said", conditions=table, input_columns=chosen)


def test_what_feeds_the_text_or_nothing_is_told() -> None:
    given = {"text_input": "said", "conditions": TABLE}
    with pytest.raises(ConfigureError, match='no column feeds the input "said"') as told:
        configure(BOUND, NAMED, input_columns={"source": ["source"], "said": ["source"]}, **given)
    assert told.value.setting == "input_columns"
    with pytest.raises(ConfigureError, match=r'no input "scores".* feed "source"') as told:
        configure(BOUND, NAMED, conversions={"scores": "list"}, **given)
    assert told.value.setting == "conversions"


def test_an_input_that_is_taken_for_the_text_is_told() -> None:
    with pytest.raises(ConfigureError, match='is it "said" that takes the text') as told:
        configure(BOUND, NAMED, text_input="source", conditions=TABLE)
    assert told.value.setting == "text_input"


def test_conditions_of_a_network_that_was_never_trained_are_told_before_it_runs() -> None:
    other = pl.Schema({"sorce": pl.List(pl.UInt8), "more": pl.List(pl.UInt8)})
    with pytest.raises(ConfigureError, match=r'fit the input "source" .*: "sorce", "more"; choose'):
        configure(translator().spec, NAMED, text_input="said", conditions=other)


def test_a_dictionary_without_markers_is_told() -> None:
    with pytest.raises(ConfigureError, match="no start marker to begin with") as told:
        configure(BOUND, SPEC, text_input="said", conditions=TABLE)
    assert told.value.setting == "seed_text"
    ctx = FakeContext(Path())
    node = TextGenerator(text_input="said", seed_text="a", length=70)
    node.configure(BOUND, SPEC, None, TABLE, ctx)
    assert "no end marker, so every text goes on for 70 tokens" in ctx.warnings[0]


def test_conditions_that_are_no_numbers_are_told(tmp_path: Path) -> None:
    spec = NetworkSpec.input("state", TensorSpec((8,))).merge(decoder())
    spec = spec.apply("decoder", layer("gru", units=8), ["heard", "state"])
    spec = spec.apply("scores", layer("dense", units=SIZE, activation="softmax"))
    rows = pl.DataFrame({"state": np.full((2, 8), np.nan)})
    with pytest.raises(DataError, match=r'the input "state" values that are no numbers \(NaN\)'):
        generate(Network(spec), tmp_path, dictionary=NAMES, text_input="said", conditions=rows)


def test_images_of_another_size_are_told_before_anything_runs() -> None:
    feeds = {"image": Feed(("image",), "image"), "said": Feed(("said",), "list")}
    bound = replace(captioner().spec, binding=Binding(feeds, {}))
    same, other = (pl.Schema({"image": pl.Array(pl.UInt8, (n, n, 1))}) for n in (4, 6))
    configure(bound, NAMED, text_input="said", conditions=same)
    with pytest.raises(ConfigureError, match=r"wants 4×4×1 .* gives 6×6×1"):
        configure(bound, NAMED, text_input="said", conditions=other)


def test_an_answer_at_other_steps_than_its_text_is_filled_up_at_no_end() -> None:
    spec = decoder(12).apply("near", layer("conv1d", filters=SIZE, kernel_size=3))
    spec = spec.apply("scores", layer("softmax"))
    configure(spec, seed_text="abc")
    with pytest.raises(ConfigureError, match="answers at 10 steps for 12 of the text"):
        configure(spec, seed_text="abc", padding="post")
