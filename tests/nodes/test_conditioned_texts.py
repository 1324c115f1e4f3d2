"""Texts written from something: translations from sentences, captions from images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from support.translating import (
    BINDING,
    NAMES,
    ROWS,
    SOURCE,
    attentive,
    by_hand,
    captioner,
    decoder,
    encoder,
    translator,
)
from support.writing import SIZE, configure, generate, layer

from flowengine.binding import Binding, Feed
from flowengine.errors import Cancelled, DataError
from flowengine.network import Network, NetworkSpec
from flowengine.network_division import divide
from flowengine.nn.build import build
from flowengine.nn.conditions import Given
from flowengine.nn.stepping import Stepped, stepped
from flowengine.nn.tokens import TokenStyle
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.network.text_generator import TextGenerator


@pytest.mark.parametrize("kind", ["lstm", "gru", "simple_rnn"])
def test_a_decoder_writes_from_the_states_of_its_encoder(tmp_path: Path, kind: str) -> None:
    network = translator(kind)
    settings: dict[str, Any] = {"text_input": "said", "greedy": True, "seed_text": "", "length": 9}
    found = generate(network, tmp_path, dictionary=NAMES, conditions=ROWS, **settings)
    expected = [by_hand(network, source, 9) for source in ROWS["source"].to_list()]
    assert found["text"].to_list() == expected
    assert len(set(expected)) > 1
    anew = generate(
        network, tmp_path, dictionary=NAMES, conditions=ROWS, memory="window", **settings
    )
    assert anew.equals(found)


def test_a_decoder_that_looks_back_reads_its_window_anew(tmp_path: Path) -> None:
    network = attentive()
    ctx = FakeContext(tmp_path, seed=1)
    node = TextGenerator(text_input="said", greedy=True, length=9, seed=1)
    found = node.execute(network, NAMES.to_model(), ctx, None, ROWS)
    assert any("read anew for every token" in warning for warning in ctx.warnings)
    expected = [by_hand(network, source, 9) for source in ROWS["source"].to_list()]
    assert found["text"].to_list() == expected
    assert len(set(expected)) > 1


@pytest.mark.parametrize("make", [translator, attentive])
def test_a_window_that_is_filled_up_at_its_end_gives_what_an_open_one_gives(
    tmp_path: Path, make: Any
) -> None:
    settings = {"text_input": "said", "greedy": True, "seed_text": "ab", "length": 8}
    found = [
        generate(
            make(length=length),
            tmp_path,
            dictionary=NAMES,
            conditions=ROWS,
            padding="post",
            memory="window",
            **settings,
        )
        for length in (None, 20)
    ]
    assert found[0].equals(found[1])


@pytest.mark.parametrize("memory", ["state", "window"])
def test_texts_filled_up_at_their_beginning_without_a_mask_are_read_so(
    tmp_path: Path, memory: str
) -> None:
    spec = encoder("gru").merge(NetworkSpec.input("said", TensorSpec((12,), "uint8")))
    spec = spec.apply("heard", layer("embedding", input_dim=SIZE, output_dim=5), ["said"])
    decode = layer("gru", units=8, return_sequences=True)
    spec = spec.apply("decoder", decode, ["heard", "encoder.state_h"])
    spec = spec.apply("scores", layer("dense", units=SIZE, activation="softmax"))
    network = Network(spec, {}, BINDING)
    settings: dict[str, Any] = {"text_input": "said", "greedy": True, "seed_text": "", "length": 9}
    found = generate(
        network, tmp_path, dictionary=NAMES, conditions=ROWS, memory=memory, **settings
    )
    expected = [by_hand(network, source, 9, length=12) for source in ROWS["source"].to_list()]
    assert found["text"].to_list() == expected
    assert expected != [by_hand(network, source, 9) for source in ROWS["source"].to_list()]


def unmasked() -> Network:
    """Attention that sees what fills a shorter sentence up."""
    spec = NetworkSpec.input("source", TensorSpec((None,), "uint8"))
    spec = spec.apply("read", layer("embedding", input_dim=SIZE, output_dim=8))
    spec = spec.apply("encoder", layer("conv1d", filters=8, kernel_size=1)).merge(decoder())
    spec = spec.apply("decoder", layer("gru", units=8, return_sequences=True), ["heard"])
    spec = spec.apply("likeness", layer("dot", axes=2), ["decoder", "encoder"])
    spec = spec.apply("weights", layer("softmax"))
    spec = spec.apply("context", layer("dot", axes=(2, 1)), ["weights", "encoder"])
    return Network(
        spec.apply("scores", layer("dense", units=SIZE, activation="softmax")), {}, BINDING
    )


@pytest.mark.parametrize("greedy", [True, False])
def test_a_text_does_not_depend_on_the_rows_beside_its_own(tmp_path: Path, greedy: bool) -> None:
    settings: dict[str, Any] = {"text_input": "said", "seed_text": "", "length": 9}
    longer = pl.DataFrame({"source": [[7] * 30]}, schema=ROWS.schema)
    found, beside = (
        generate(
            unmasked(), tmp_path, dictionary=NAMES, conditions=rows, greedy=greedy, **settings
        )["text"].to_list()
        for rows in (ROWS, pl.concat([ROWS, longer]))
    )
    assert beside[:-1] == found
    if greedy:
        assert found == [by_hand(unmasked(), source, 9) for source in ROWS["source"].to_list()]


def test_stopping_begins_no_further_texts(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path, stop_after=1)
    node = TextGenerator(text_input="said", greedy=True, length=9)
    found = node.execute(translator(), NAMES.to_model(), ctx, None, ROWS)
    # The first and the last row are alike, and are written side by side.
    assert [len(text) for text in found["text"]] == [1, 0, 0, 1]
    assert "2 of 4 texts were not begun" in ctx.warnings[-1]


def test_seeds_that_are_alike_are_encoded_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split, texts = TokenStyle.split, list[str]()

    def counted(style: TokenStyle, text: str) -> list[str]:
        texts.append(text)
        return split(style, text)

    monkeypatch.setattr(TokenStyle, "split", counted)
    generate(translator(), tmp_path, dictionary=NAMES, text_input="said", conditions=ROWS, length=1)
    assert texts == ["abcab"]


def test_cancelling_is_noticed_at_every_token(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path, cancel_after=8)
    node = TextGenerator(text_input="said", greedy=True, length=9)
    with pytest.raises(Cancelled):
        node.execute(translator(), NAMES.to_model(), ctx, None, ROWS[:1])


class OnDevice(torch.Tensor):
    """Values that lie on a graphics card: numpy cannot look at them there."""

    def numpy(self, **_: Any) -> Any:
        raise TypeError("copy the tensor to host memory first")

    def cpu(self, *_: Any) -> torch.Tensor:
        return self.as_subclass(torch.Tensor)


def test_states_that_an_encoder_gives_on_a_graphics_card_are_fetched() -> None:
    rest = build(divide(translator("gru").spec, "said").after, optimize=False)
    steps = stepped(rest, SIZE)
    assert isinstance(steps, Stepped)
    states = torch.rand(2, 8)
    found = steps.first(Given({"encoder.state_h": states.as_subclass(OnDevice)}), 2)
    assert np.array_equal(found[0][0], states.numpy())


def test_a_caption_for_each_image_and_temperature(tmp_path: Path) -> None:
    images = np.random.default_rng(1).integers(0, 255, (3, 4, 4, 1), np.uint8)
    outputs = check_node(
        TextGenerator,
        settings={"temperature": [0.5, 2.0], "length": 5, "text_input": "said"},
        inputs={
            "network": captioner(),
            "dictionary": NAMES.to_model(),
            "conditions": pl.DataFrame({"name": ["a", "b", "c"], "image": images}),
        },
        folder=tmp_path,
    )
    rows = outputs["out"]
    assert rows.columns == ["name", "image", "temperature", "seed", "text"]
    assert rows["name"].to_list() == ["a", "a", "b", "b", "c", "c"]
    assert rows["temperature"].to_list() == [0.5, 2.0] * 3
    assert rows["image"][2].to_numpy().tolist() == images[1].tolist()


def test_seeds_and_conditions_go_row_by_row(tmp_path: Path) -> None:
    settings: dict[str, Any] = {"text_input": "said", "length": 4, "keep_columns": False}
    seeds = pl.DataFrame({"begin": ["a", "bc", "", "a"]})
    given = {"dictionary": NAMES, "conditions": ROWS, "greedy": True}
    found = generate(translator(), tmp_path, seeds=seeds, **given, **settings)
    assert found.columns == ["temperature", "seed", "text"]
    assert found["seed"].to_list() == ["a", "bc", "", "a"]
    assert found["text"][0] == found["text"][3]
    with pytest.raises(DataError, match="1 seed texts and 4 rows"):
        generate(translator(), tmp_path, seeds=seeds[:1], **given, **settings)


def test_many_conditions_give_what_each_gives_alone(tmp_path: Path) -> None:
    many = pl.concat([ROWS] * 80)
    settings: dict[str, Any] = {"dictionary": NAMES, "text_input": "said", "length": 3}
    greedy = generate(translator(), tmp_path, conditions=many, greedy=True, **settings)
    few = generate(translator(), tmp_path, conditions=ROWS, greedy=True, **settings)
    assert greedy["text"].to_list() == few["text"].to_list() * 80
    drawn = generate(translator(), tmp_path, conditions=many, **settings)["text"].to_list()
    # Every row has random numbers of its own, also behind the first that are written together.
    assert drawn[:64] != drawn[256:320]


def test_a_network_is_divided_where_its_text_comes_in() -> None:
    division = divide(attentive().spec, "said")
    assert list(division.before.layers) == ["read", "encoder"]
    assert list(division.before.inputs) == ["source"]
    assert list(division.after.inputs) == [
        "said",
        "encoder.state_h",
        "encoder.state_c",
        "encoder",
    ]
    assert list(division.after.layers) == ["heard", "decoder", "attention", "both", "scores"]


def test_one_of_several_columns_may_have_another_name(tmp_path: Path) -> None:
    style = NetworkSpec.input("style", TensorSpec((2,))).apply("mood", layer("dense", units=8))
    spec = encoder().merge(style)
    spec = spec.apply("start", layer("add"), ["encoder.state_h", "mood"]).merge(decoder())
    states = ["start", "encoder.state_c"]
    spec = spec.apply("decoder", layer("lstm", units=8), ["heard", *states])
    spec = spec.apply("scores", layer("dense", units=SIZE, activation="softmax"))
    binding = Binding({"source": SOURCE, "style": Feed(("a", "b"), "number")}, {})
    table = ROWS.with_columns(a=pl.lit(1.0), b=pl.lit(-1.0))
    asked: dict[str, Any] = {"text_input": "said", "input_columns": {"source": ["sorce"]}}
    given = table.rename({"source": "sorce"})
    bound = replace(spec, binding=binding)
    assert configure(bound, conditions=given.schema, seed_text="a", **asked)
    network = Network(spec, {}, binding)
    settings: dict[str, Any] = {"dictionary": NAMES, "length": 5, "greedy": True}
    found = generate(network, tmp_path, conditions=given, **settings, **asked)
    right = generate(network, tmp_path, conditions=table, text_input="said", **settings)
    assert found["text"].to_list() == right["text"].to_list()


@pytest.mark.parametrize("memory", ["state", "window"])
def test_an_input_that_no_output_needs_is_left_alone(tmp_path: Path, memory: str) -> None:
    other = NetworkSpec.input("other", TensorSpec((None,), "uint8"))
    spec = decoder().apply("decoder", layer("lstm", units=8))
    spec = spec.apply("scores", layer("dense", units=SIZE, activation="softmax"))
    settings: dict[str, Any] = {"dictionary": NAMES, "seed_text": "ab", "memory": memory}
    alone = generate(Network(spec), tmp_path, **settings)
    both = Network(replace(other.merge(spec), outputs=spec.outputs))
    assert configure(both.spec, seed_text="ab")
    assert generate(both, tmp_path, **settings).equals(alone)
