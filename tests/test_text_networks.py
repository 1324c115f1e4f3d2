"""Text nodes, layers and the learner together: names that are written, opinions that are told."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

import flowengine as fe

SPACES = {"padding": "<p>", "unknown": None, "start": "<s>", "end": "<e>"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / ".flowengine").mkdir()
    (tmp_path / "names.txt").write_text("ann\nanna\nhanna\n" * 24)
    rows = "good whale,yes\nbad whale,no\na good ship,yes\nsuch a bad sea,no\n" * 10
    (tmp_path / "opinions.csv").write_text(f"text,label\n{rows}")
    return tmp_path


def test_names_between_start_and_end_are_learned_and_written(folder: Path) -> None:
    flow = fe.Workflow("names")
    names = flow.add("io.file_reader", path="names.txt", format="text")
    tokens = flow.add("text.tokenizer", table=names.out, column="line", output="lists")
    known = flow.add("text.dictionary", table=tokens.out, column="line", max_size=6, **SPACES)
    codes = flow.add(
        "text.encoder",
        dictionary=known.dictionary,
        table=tokens.out,
        column="line",
        add_start_and_end=True,
    )
    cut = flow.add(
        "text.windows",
        table=codes.out,
        column="line",
        length=8,
        stride=8,
        target="sequence",
        rest="pad",
    )
    start = flow.add("layer.input", shape=[8], dtype="uint8")
    vectors = flow.add("layer.embedding", network=start.out, input_dim=6, output_dim=8)
    lstm = flow.add("layer.lstm", network=vectors.out, units=24, return_sequences=True)
    dense = flow.add("layer.dense", network=lstm.out, units=6, activation="softmax")
    learner = flow.add(
        "network.learner",
        network=dense.out,
        training_data=cut.out,
        epochs=10,
        batch_size=8,
        optimizer={"type": "adam", "learning_rate": 0.04},
    )
    flow.add(
        "network.text_generator",
        "writer",
        network=learner.network,
        dictionary=known.dictionary,
        length=20,
        temperature=[0.5] * 20,
        seed=1,
    )
    path = folder / "names.json"
    flow.save(path)
    texts = fe.run(path)["writer"].out["text"].to_list()
    assert set(texts) <= {"ann", "anna", "hanna"}
    assert len(set(texts)) > 1


def test_opinions_of_several_lengths_are_told_apart(folder: Path) -> None:
    flow = fe.Workflow("opinions")
    table = flow.add("io.file_reader", path="opinions.csv")
    tokens = flow.add(
        "text.tokenizer", table=table.out, column="text", level="word", output="lists"
    )
    known = flow.add("text.dictionary", table=tokens.out, column="text", max_size=20)
    codes = flow.add("text.encoder", dictionary=known.dictionary, table=tokens.out, column="text")
    even = flow.add("text.pad_sequences", table=codes.out, column="text", length=5)
    start = flow.add("layer.input", shape=[5], dtype="uint8")
    vectors = flow.add(
        "layer.embedding", network=start.out, input_dim=20, output_dim=8, mask_zero=True
    )
    lstm = flow.add("layer.lstm", network=vectors.out, units=8)
    dense = flow.add("layer.dense", network=lstm.out, units=2, activation="softmax")
    learner = flow.add(
        "network.learner",
        network=dense.out,
        training_data=even.out,
        epochs=8,
        batch_size=4,
        optimizer={"type": "adam", "learning_rate": 0.03},
    )
    executor = flow.add("network.executor", network=learner.network, table=even.out)
    flow.add("score.scorer", "scorer", table=executor.out, truth="label")
    path = folder / "opinions.json"
    flow.save(path)
    result = fe.run(path)
    statistics: pl.DataFrame = result["scorer"].statistics
    assert statistics["accuracy"].drop_nulls().max() == 1.0


def test_a_decoder_goes_on_from_its_encoder_over_words_of_several_lengths(folder: Path) -> None:
    (folder / "words.csv").write_text("low,high\n" + "ab,AB\nba,BA\na,A\nb,B\nabb,ABB\n" * 20)
    flow = fe.Workflow("translation")
    table = flow.add("io.file_reader", path="words.csv").out
    coded = {}
    for column in ("low", "high"):
        table = flow.add("text.tokenizer", table=table, column=column, output="lists").out
        coded[column] = flow.add(
            "text.dictionary", table=table, column=column, max_size=6, **SPACES
        ).dictionary
    for column, name, added in (
        ("low", "source", False),
        ("high", "shown", "start"),
        ("high", "wanted", "end"),
    ):
        table = flow.add(
            "text.encoder",
            dictionary=coded[column],
            table=table,
            column=column,
            name=name,
            add_start_and_end=added,
        ).out
    inner = {"input_dim": 6, "output_dim": 8, "mask_zero": True}
    source = flow.add("layer.input", "source", shape=[None], dtype="uint8")
    read = flow.add("layer.embedding", network=source.out, **inner)
    encoder = flow.add("layer.lstm", network=read.out, units=16)
    shown = flow.add("layer.input", "shown", shape=[None], dtype="uint8")
    heard = flow.add("layer.embedding", network=shown.out, **inner)
    decoder = flow.add(
        "layer.lstm",
        network=heard.out,
        state_h=encoder.state_h,
        state_c=encoder.state_c,
        units=16,
        return_sequences=True,
    )
    dense = flow.add("layer.dense", network=decoder.out, units=6, activation="softmax")
    learner = flow.add(
        "network.learner",
        network=dense.out,
        training_data=table,
        input_columns={"source": ["source"], "shown": ["shown"]},
        target_columns=["wanted"],
        epochs=10,
        batch_size=10,
        optimizer={"type": "adam", "learning_rate": 0.03},
    )
    said = flow.add("network.executor", network=learner.network, table=table, output="class")
    told = flow.add(
        "text.decoder", dictionary=coded["high"], table=said.out, column="prediction", name="told"
    )
    flow.add("text.decoder", "texts", dictionary=coded["high"], table=told.out, column="wanted")
    # Without being shown what is to be said, from the first state on.
    flow.add(
        "network.text_generator",
        "writer",
        network=learner.network,
        dictionary=coded["high"],
        conditions=table,
        text_input="shown",
        greedy=True,
        length=5,
    )
    path = folder / "translation.json"
    flow.save(path)
    result = fe.run(path)
    texts: pl.DataFrame = result["texts"].out
    assert texts["told"].to_list() == texts["wanted"].to_list()
    assert texts["told"][:5].to_list() == ["AB", "BA", "A", "B", "ABB"]
    written: pl.DataFrame = result["writer"].out
    assert written["text"].to_list() == texts["told"].to_list()
    assert written["low"].list.join("").to_list() == [text.lower() for text in written["text"]]
