"""Text written by networks, with states carried and with windows read anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch
from support.writing import LETTERS, SIZE, SPEC, chain, configure, generate, layer, ready, writer

from flowengine.blobs import save_blob
from flowengine.errors import ConfigureError, DataError
from flowengine.layer import BaseLayer
from flowengine.network import Network, NetworkSpec
from flowengine.nn.build import network_weights
from flowengine.nn.conditions import Given
from flowengine.nn.dictionary import Dictionary
from flowengine.nn.stepping import Stepped, stepped
from flowengine.testing import FakeContext, check_node
from flowengine.values import Model, ModelSpec
from flowengine_nodes.network.text_generator import TextGenerator

# The same numbers as the whole text read at once

CHAINS: dict[str, Sequence[BaseLayer]] = {
    "lstm": [layer("lstm", units=8)],
    "lstm at every step": [layer("lstm", units=8, return_sequences=True)],
    "lstm without bias": [layer("lstm", units=8, use_bias=False)],
    "lstm with other functions": [
        layer("lstm", units=8, activation="relu", recurrent_activation="hard_sigmoid")
    ],
    "gru": [layer("gru", units=8)],
    "gru without bias": [layer("gru", units=8, use_bias=False)],
    "gru with other functions": [layer("gru", units=8, recurrent_activation="hard_sigmoid")],
    "gru of Keras 2": [layer("gru", units=8, reset_after=False, return_sequences=True)],
    "simple": [layer("simple_rnn", units=8)],
    "stacked": [
        layer("lstm", units=8, return_sequences=True, dropout=0.5),
        layer("layer_normalization"),
        layer("gru", units=7, return_sequences=True, recurrent_dropout=0.5),
        layer("dropout", rate=0.5),
        layer("lstm", units=6),
    ],
    "layers behind": [
        layer("lstm", units=8, return_sequences=True),
        layer("dense", units=9, activation="relu"),
        layer("spatial_dropout1d", rate=0.5),
        layer("activation", activation="tanh"),
    ],
    "layers in front": [
        layer("dense", units=4, activation="tanh"),
        layer("lstm", units=8),
    ],
    "layers at every step": [
        layer("time_distributed", layer={"type": "layer.layer_normalization"}),
        layer("lstm", units=8, return_sequences=True),
        layer("time_distributed", layer={"type": "layer.layer_normalization"}),
        layer("time_distributed", layer={"type": "layer.dropout", "rate": 0.5}),
        layer("time_distributed", layer={"type": "layer.dense", "units": 9, "activation": "relu"}),
    ],
    "lstm of cuDNN": [layer("cudnn_lstm", units=8)],
    "gru of cuDNN": [layer("cudnn_gru", units=8)],
}


@pytest.mark.parametrize("name", CHAINS)
def test_carried_states_give_what_reading_the_whole_text_gives(name: str) -> None:
    network = writer(*CHAINS[name])
    built = ready(network)
    steps = stepped(built, SIZE)
    assert isinstance(steps, Stepped), steps
    texts = np.random.default_rng(0).integers(0, SIZE, (3, 40))
    states = steps.first(Given(), 3)
    with torch.inference_mode():
        for place in range(40):
            scores, states = steps.advance(texts[:, place], states)
            (whole,) = built({"input": torch.tensor(texts[:, : place + 1])}).values()
            expected = whole[:, -1] if whole.dim() == 3 else whole
            torch.testing.assert_close(
                torch.softmax(torch.from_numpy(scores), -1), expected, atol=1e-6, rtol=1e-5
            )


def test_an_embedding_is_carried_too() -> None:
    layers = [layer("embedding", input_dim=SIZE, output_dim=4), layer("gru", units=8)]
    spec = chain(*layers, layer("dense", units=SIZE), layer("softmax"))
    built = ready(Network(spec))
    steps = stepped(built, SIZE)
    assert isinstance(steps, Stepped), steps
    scores, _ = steps.advance(np.array([3]), steps.first(Given(), 1))
    with torch.inference_mode():
        (expected,) = built({"input": torch.tensor([[3]])}).values()
    torch.testing.assert_close(torch.softmax(torch.from_numpy(scores), -1), expected)


@pytest.mark.parametrize(
    ("layers", "reason"),
    [
        ([layer("lstm", units=4, go_backwards=True)], "goes backwards"),
        ([layer("flatten")], "no recurrent layer"),
        (
            [layer("lstm", units=4, return_sequences=True), layer("global_max_pooling1d")],
            "looks at more than one step",
        ),
        (
            [layer("conv1d", filters=3, kernel_size=2), layer("lstm", units=4)],
            "looks at more than one step",
        ),
    ],
)
def test_networks_that_need_more_than_a_step_are_not_gone_through_by_steps(
    layers: Sequence[BaseLayer], reason: str
) -> None:
    found = stepped(ready(writer(*layers)), SIZE)
    assert isinstance(found, str)
    assert reason in found


def test_a_network_with_branches_is_not_gone_through_by_steps() -> None:
    spec = chain(layer("one_hot", num_classes=SIZE), layer("lstm", units=4, return_sequences=True))
    both = spec.apply("more", layer("dense", units=4)).merge(spec)
    both = both.apply("sum", layer("add"), ["more", "layer_1"])
    assert stepped(ready(Network(both)), SIZE) == "it is no chain of layers"


# What is written


def test_a_text_for_each_seed_and_temperature(tmp_path: Path) -> None:
    outputs = check_node(
        TextGenerator,
        settings={"temperature": [0.5, 1.0], "length": 12, "seed_column": "begin"},
        inputs={
            "network": writer(),
            "dictionary": LETTERS.to_model(),
            "seeds": pl.DataFrame({"number": [1, 2], "begin": ["abc", "hgf"]}),
        },
        folder=tmp_path,
    )
    rows = outputs["out"]
    assert rows["temperature"].to_list() == [0.5, 1.0, 0.5, 1.0]
    assert rows["seed"].to_list() == ["abc", "abc", "hgf", "hgf"]
    assert [len(text) for text in rows["text"]] == [12] * 4
    assert len(set(rows["text"])) == 4


@pytest.mark.parametrize("settings", [{}, {"greedy": True}, {"top_k": 2}])
def test_both_memories_write_the_same_within_the_window(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    network = writer(length=40)
    carried = generate(network, tmp_path, **settings)
    read_anew = generate(network, tmp_path, memory="window", **settings)
    assert carried.equals(read_anew)


def test_a_window_forgets_what_stands_before_it(tmp_path: Path) -> None:
    network = writer(length=3)
    texts = [
        generate(network, tmp_path, memory="window", seed_text=seed)["text"].item()
        for seed in ("aaaabc", "hhhabc")
    ]
    assert texts[0] == texts[1]


def test_a_network_of_any_length_reads_the_whole_text(tmp_path: Path) -> None:
    network = writer(length=None)
    carried = generate(network, tmp_path)
    assert carried.equals(generate(network, tmp_path, memory="window"))


def test_a_network_without_states_reads_windows(tmp_path: Path) -> None:
    network = writer(layer("flatten"))
    ctx = FakeContext(tmp_path)
    node = TextGenerator(seed_text="abcab", length=9)
    found = node.execute(network, LETTERS.to_model(), ctx)
    assert len(found["text"].item()) == 9
    assert any("read anew for every token" in warning for warning in ctx.warnings)


def test_a_short_seed_is_filled_up_where_windows_have_one_length(tmp_path: Path) -> None:
    network = writer(layer("flatten"))
    assert len(generate(network, tmp_path, seed_text="a")["text"].item()) == 30
    bare = Dictionary.of("abcdefghij", {})
    with pytest.raises(DataError, match="windows of 5 tokens, the seed text has 1"):
        generate(network, tmp_path, seed_text="a", dictionary=bare)


def test_seeds_of_several_lengths_go_side_by_side(tmp_path: Path) -> None:
    network = writer(length=None)
    seeds = pl.DataFrame({"begin": ["abc", "h"]})
    both = generate(network, tmp_path, seeds=seeds, greedy=True)
    anew = generate(network, tmp_path, seeds=seeds, greedy=True, memory="window")
    assert both.equals(anew)


def test_markers_are_never_written(tmp_path: Path) -> None:
    markers = {"padding": "P", "unknown": "U", "start": "S"}
    text = generate(
        writer(),
        tmp_path,
        dictionary=Dictionary.of("abcdefg", markers),
        length=500,
        temperature=[9.0],
    )["text"].item()
    assert set(text) == set("abcdefg")


def test_the_end_marker_ends_a_text(tmp_path: Path) -> None:
    dictionary = Dictionary.of("abc", {"start": "S", "end": "E"})
    network = writer(size=5)
    found = generate(network, tmp_path, dictionary=dictionary, length=400, seed_text="")
    assert len(found["text"].item()) < 400


def test_units_beyond_the_dictionary_are_never_drawn(tmp_path: Path) -> None:
    small = Dictionary.of("abc", {})
    text = generate(writer(), tmp_path, dictionary=small, length=300)["text"].item()
    assert set(text) == set("abc")


def test_unknown_letters_of_a_seed_are_the_unknown_token(tmp_path: Path) -> None:
    one = generate(writer(), tmp_path, seed_text="a?b")["text"].item()
    assert one == generate(writer(), tmp_path, seed_text="a!b")["text"].item()


def test_words_are_joined_with_spaces(tmp_path: Path) -> None:
    words = Dictionary.of(["the", "whale", "sea", ","], {})
    network = writer(size=4)
    text = generate(network, tmp_path, dictionary=words, seed_text="the whale", length=50)
    assert ", " in text["text"].item()
    assert " ," not in text["text"].item()


def test_logits_are_scores_as_well(tmp_path: Path) -> None:
    spec = writer(length=40).spec
    linear = chain(*list(spec.layers.values())[:-1], layer("dense", units=SIZE), length=40)
    texts = [
        generate(Network(spec), tmp_path, length=20, greedy=True)["text"].item(),
        generate(Network(linear), tmp_path, length=20, greedy=True)["text"].item(),
        generate(Network(linear), tmp_path, length=20, greedy=True, memory="window")["text"].item(),
    ]
    assert len(set(texts)) == 1


def test_a_last_layer_at_every_step_is_a_softmax_as_well(tmp_path: Path) -> None:
    last = {"type": "layer.dense", "units": SIZE, "activation": "softmax"}
    spec = chain(
        layer("one_hot", num_classes=SIZE),
        layer("lstm", units=8, return_sequences=True),
        layer("time_distributed", layer=last),
        length=40,
    )
    configure(spec, SPEC, seed_text="abc")
    carried = generate(Network(spec), tmp_path)
    assert carried.equals(generate(Network(spec), tmp_path, memory="window"))


def test_an_untrained_network_is_told(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path)
    TextGenerator(seed_text="a", length=1).execute(writer(), LETTERS.to_model(), ctx)
    assert "not trained" in ctx.warnings[0]


def test_stopping_keeps_what_is_written(tmp_path: Path) -> None:
    ctx = FakeContext(tmp_path, stop_after=1)
    found = TextGenerator(seed_text="a", length=99).execute(writer(), LETTERS.to_model(), ctx)
    assert len(found["text"].item()) == 1


def test_a_table_without_seeds_gives_no_text(tmp_path: Path) -> None:
    seeds = pl.DataFrame({"begin": []}, schema={"begin": pl.String})
    assert generate(writer(), tmp_path, seeds=seeds).height == 0


# What does not fit


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        (chain(layer("dense", units=SIZE), dtype="float32"), "must take positions"),
        (chain(layer("one_hot", num_classes=SIZE), layer("relu")), 'ends with "relu"'),
        (
            chain(
                layer("one_hot", num_classes=SIZE), layer("lstm", units=4), layer("dense", units=4)
            ),
            "a unit for each of the 10 tokens; its output is 4",
        ),
    ],
)
def test_networks_that_do_not_write_are_told(spec: NetworkSpec, sentence: str) -> None:
    with pytest.raises(ConfigureError, match=sentence):
        configure(spec, SPEC, seed_text="a")


def test_settings_that_do_not_fit_are_told() -> None:
    spec = writer().spec
    with pytest.raises(ConfigureError, match="no temperature"):
        configure(spec, SPEC, seed_text="a", temperature=())
    two = pl.Schema({"a": pl.String(), "b": pl.String()})
    with pytest.raises(ConfigureError, match='"a", "b"; choose'):
        configure(spec, SPEC, seeds=two)
    with pytest.raises(ConfigureError, match='of kind "normalizer"'):
        configure(spec, ModelSpec("normalizer"))


def test_the_lowest_temperatures_write_what_is_likeliest(tmp_path: Path) -> None:
    for memory in ("state", "window"):
        best = generate(writer(), tmp_path, greedy=True, memory=memory)["text"].to_list()
        for heat in (1e-9, 1e-310, 5e-324):
            texts = generate(writer(), tmp_path, temperature=[heat], memory=memory)["text"]
            assert texts.to_list() == best


@pytest.mark.parametrize("settings", [{}, {"greedy": True}, {"memory": "window"}])
def test_a_network_that_answers_with_no_numbers_writes_nothing(
    tmp_path: Path, settings: dict[str, Any]
) -> None:
    network = writer()
    broken = {
        name: save_blob(tmp_path, {key: np.full_like(one, np.nan) for key, one in arrays.items()})
        for name, arrays in network_weights(network, 1).items()
        if arrays
    }
    with pytest.raises(DataError, match="no numbers"):
        generate(Network(network.spec, broken, None, tmp_path), tmp_path, **settings)


def test_an_empty_seed_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match='set "seed_text"'):
        generate(writer(), tmp_path, seed_text="")


def test_a_model_that_is_no_dictionary_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match="needs a dictionary"):
        TextGenerator(seed_text="a").execute(writer(), Model("other"), FakeContext(tmp_path))
