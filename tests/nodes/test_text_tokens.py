"""Text to tokens to positions and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from flowengine.errors import ConfigureError, DataError
from flowengine.nn.dictionary import Dictionary as Fitted
from flowengine.nn.tokens import TokenStyle, style_of
from flowengine.testing import FakeContext, check_node
from flowengine.values import Model, ModelSpec
from flowengine_nodes.text.decoder import Decoder
from flowengine_nodes.text.dictionary import Dictionary
from flowengine_nodes.text.encoder import Encoder
from flowengine_nodes.text.tokenizer import Tokenizer

LINES = pl.DataFrame({"line": ["Ahoy!", "", "Don't—go."]})


def tokens(tmp_path: Path, table: pl.DataFrame, **settings: Any) -> pl.DataFrame:
    settings = {"column": "line", **settings}
    made = check_node(Tokenizer, settings=settings, inputs={"table": table}, folder=tmp_path)
    frame: pl.DataFrame = made["out"]
    return frame


def fitted(tmp_path: Path, words: list[Any], **settings: Any) -> dict[str, Any]:
    return check_node(
        Dictionary,
        settings={"column": "token", **settings},
        inputs={"table": pl.DataFrame({"token": words})},
        folder=tmp_path,
    )


def letters(text: str, **markers: str) -> Model:
    return Fitted.of(sorted(set(text)), markers).to_model()


# Tokenizer


def test_characters_of_all_rows_are_one_sequence_with_line_ends_between(tmp_path: Path) -> None:
    found = tokens(tmp_path, LINES)
    assert "".join(found["token"]) == "Ahoy!\n\nDon't—go."


def test_without_separator_rows_follow_each_other(tmp_path: Path) -> None:
    assert "".join(tokens(tmp_path, LINES, separator="")["token"]) == "Ahoy!Don't—go."


def test_words_keep_their_apostrophe_and_stand_beside_punctuation(tmp_path: Path) -> None:
    found = tokens(tmp_path, LINES, level="word", lowercase=True)["token"].to_list()
    assert found == ["ahoy", "!", "\n", "\n", "don't", "—", "go", "."]


def test_words_alone(tmp_path: Path) -> None:
    found = tokens(tmp_path, LINES, level="word", punctuation=False, separator="")
    assert found["token"].to_list() == ["Ahoy", "Don't", "go"]


def test_lists_stay_in_their_row_beside_other_columns(tmp_path: Path) -> None:
    table = pl.DataFrame({"line": ["ab", None, ""], "label": [1, 2, 3]})
    found = tokens(tmp_path, table, output="lists", name="tokens")
    assert found["tokens"].to_list() == [["a", "b"], None, []]
    assert found.columns == ["line", "label", "tokens"]


@pytest.mark.parametrize("separator", ["\n", ""])
def test_a_table_without_text_has_no_tokens(tmp_path: Path, separator: str) -> None:
    table = pl.DataFrame({"line": [None]}, schema={"line": pl.String})
    assert tokens(tmp_path, table, separator=separator).height == 0


def test_numbers_are_no_text() -> None:
    with pytest.raises(ConfigureError, match="must hold text, not Int64"):
        Tokenizer(column="n").configure(pl.Schema({"n": pl.Int64()}))


@pytest.mark.parametrize(
    "text", ["Call me Ishmael. (Some years ago)", "“Ahoy,” he said;\nno more!", "a [b] $3.50"]
)
def test_words_become_text_again(text: str) -> None:
    style = TokenStyle("word")
    assert style.split(style.join(style.split(text))) == style.split(text)


def test_joined_words_read_as_people_write() -> None:
    style = TokenStyle("word")
    assert style.join(style.split("“Ahoy!” he said (twice);\nno more.")) == (
        "“Ahoy!” he said (twice);\nno more."
    )


def test_the_style_is_seen_in_the_tokens() -> None:
    assert style_of(["a", " ", "\n"]) == TokenStyle("character", lowercase=True)
    assert style_of(["Ahoy", "!"]) == TokenStyle("word")
    assert style_of(["ahoy", "you"]) == TokenStyle("word", lowercase=True, punctuation=False)


# Dictionary


def test_markers_come_first_then_tokens_by_how_often_they_occur(tmp_path: Path) -> None:
    made = fitted(tmp_path, list("banana"), start="<s>")
    assert made["tokens"].rows() == [
        ("<padding>", 0, 0),
        ("<unknown>", 1, 0),
        ("<s>", 2, 0),
        ("a", 3, 3),
        ("n", 4, 2),
        ("b", 5, 1),
    ]
    assert made["size"] == 6


def test_equally_frequent_tokens_stand_in_alphabetical_order(tmp_path: Path) -> None:
    made = fitted(tmp_path, list("dbca"), padding=None, unknown=None)
    assert made["tokens"]["token"].to_list() == ["a", "b", "c", "d"]


def test_the_rarest_tokens_are_left_out(tmp_path: Path) -> None:
    assert fitted(tmp_path, list("aabbc"), max_size=4)["size"] == 4
    rare = fitted(tmp_path, list("aabbc"), min_count=2, padding=None)
    assert rare["tokens"]["token"].to_list() == ["<unknown>", "a", "b"]


def test_a_dictionary_of_lists(tmp_path: Path) -> None:
    made = fitted(tmp_path, [["a", "b"], [], ["b"]], padding=None, unknown=None)
    assert made["tokens"]["token"].to_list() == ["b", "a"]


def test_markers_that_take_all_places_are_an_error() -> None:
    schema = pl.Schema({"token": pl.String()})
    with pytest.raises(ConfigureError, match="the 2 markers take all of it"):
        Dictionary(column="token", max_size=2).configure(schema)
    with pytest.raises(ConfigureError, match="are equal"):
        Dictionary(column="token", padding="x", unknown="x").configure(schema)


def test_a_column_without_tokens_gives_a_dictionary_of_markers(tmp_path: Path) -> None:
    table = pl.DataFrame({"token": []}, schema={"token": pl.String})
    ctx = FakeContext(tmp_path)
    assert Dictionary(column="token").execute(table, ctx).size == 2
    assert "no tokens" in ctx.warnings[0]


def test_a_dictionary_survives_as_a_model() -> None:
    made = Fitted.of("abc", {"padding": "<p>", "end": "<e>"}, 10)
    assert Fitted.from_model(made.to_model()) == made
    json.dumps(made.to_model().settings)


@pytest.mark.parametrize(
    ("settings", "tokens", "sentence"),
    [
        ({}, "[1, 2]", "no list of different texts"),
        ({}, "null", "no list of different texts"),
        ({}, '["a", "a"]', "no list of different texts"),
        ({"markers": []}, None, r"its markers are \[\], no texts"),
        ({"markers": {"padding": "q"}}, None, 'it has no token "q"'),
        ({"size": "3"}, None, """its "size" is '3', no number"""),
    ],
)
def test_a_dictionary_that_was_edited_is_told_where(
    settings: dict[str, Any], tokens: str | None, sentence: str
) -> None:
    model = Fitted.of("ab", {}).to_model()
    given = model.tensors["tokens"] if tokens is None else np.frombuffer(tokens.encode(), np.uint8)
    damaged = Model(model.kind, {**model.settings, **settings}, {"tokens": given})
    with pytest.raises((DataError, ConfigureError), match=f"damaged: .*{sentence}"):
        Fitted.from_model(damaged)


def test_a_damaged_dictionary_is_told() -> None:
    with pytest.raises(DataError, match="damaged"):
        Fitted.from_model(Model("dictionary"))


# Encoder and decoder


def encode(tmp_path: Path, model: Model, items: Any, **settings: Any) -> pl.Series:
    made = check_node(
        Encoder,
        settings={"column": "item", **settings},
        inputs={"dictionary": model, "table": pl.DataFrame({"item": items})},
        folder=tmp_path,
    )
    series: pl.Series = made["out"]["item"]
    return series


def decode(tmp_path: Path, model: Model, items: pl.Series, **settings: Any) -> list[Any]:
    made = check_node(
        Decoder,
        settings={"column": "item", **settings},
        inputs={"dictionary": model, "table": pl.DataFrame({"item": items})},
        folder=tmp_path,
    )
    return list(made["out"]["item"])


def test_tokens_become_positions_of_one_byte(tmp_path: Path) -> None:
    found = encode(tmp_path, letters("abc"), ["c", "a"])
    assert found.dtype == pl.UInt8
    assert found.to_list() == [2, 0]


def test_unknown_tokens_become_the_marker(tmp_path: Path) -> None:
    model = letters("abc", padding="<p>", unknown="<u>")
    assert encode(tmp_path, model, ["z", "a"]).to_list() == [1, 2]


def test_unknown_tokens_without_a_marker_are_named() -> None:
    with pytest.raises(DataError, match=r'no "y", "z" and no marker'):
        Fitted.of("abc", {}).encode(pl.Series(["y", "a", "z", "y"]))


def test_lists_keep_their_rows(tmp_path: Path) -> None:
    found = encode(tmp_path, letters("abc"), [["b", "a"], [], None, ["c"]])
    assert found.to_list() == [[1, 0], [], None, [2]]


def test_start_and_end_stand_around_lists(tmp_path: Path) -> None:
    model = letters("ab", start="<s>", end="<e>")
    found = encode(tmp_path, model, [["b"], []], add_start_and_end=True)
    assert found.to_list() == [[0, 3, 1], [0, 1]]


@pytest.mark.parametrize(
    ("side", "wanted"), [("start", [[0, 2], [0], None]), ("end", [[2, 0], [0], None])]
)
def test_one_marker_stands_at_its_side_and_the_other_is_not_needed(
    tmp_path: Path, side: str, wanted: list[Any]
) -> None:
    model = letters("ab", **{side: "<m>"})
    assert encode(tmp_path, model, [["b"], [], None], add_start_and_end=side).to_list() == wanted


def test_markers_that_are_not_there_are_told() -> None:
    spec = ModelSpec("dictionary", {"max_size": 9, "markers": {"start": "<s>"}})
    encoder = Encoder(column="item", add_start_and_end=True)
    with pytest.raises(ConfigureError, match="has no end marker"):
        encoder.configure(spec, pl.Schema({"item": pl.List(pl.String)}))
    with pytest.raises(ConfigureError, match="one token in each row"):
        encoder.configure(spec, pl.Schema({"item": pl.String()}))


def test_the_type_is_known_beforehand_where_the_size_is() -> None:
    schema = pl.Schema({"item": pl.String()})
    sized = ModelSpec("dictionary", {"max_size": 300, "markers": {}})
    assert Encoder(column="item").configure(sized, schema) == pl.Schema({"item": pl.UInt16()})
    open_ended = ModelSpec("dictionary", {"max_size": None, "markers": {}})
    assert Encoder(column="item").configure(open_ended, schema) is None


def test_a_model_of_another_kind_is_refused() -> None:
    with pytest.raises(ConfigureError, match=r'a model of kind "normalizer"'):
        Encoder(column="item").configure(ModelSpec("normalizer"), pl.Schema({}))


def test_positions_become_tokens(tmp_path: Path) -> None:
    items = pl.Series([2, None, 0], dtype=pl.UInt8)
    assert decode(tmp_path, letters("abc"), items) == ["c", None, "a"]


def test_lists_become_text_without_markers(tmp_path: Path) -> None:
    model = letters("abc", padding="<p>", unknown="<u>")
    items = pl.Series([[0, 0, 2, 3], [1, 4], None])
    assert decode(tmp_path, model, items) == ["ab", "<u>c", None]


def test_arrays_become_lists_of_tokens(tmp_path: Path) -> None:
    items = pl.Series([[1, 0]], dtype=pl.Array(pl.UInt8, 2))
    made = decode(tmp_path, letters("ab"), items, output="tokens")
    assert [list(row) for row in made] == [["b", "a"]]


def test_a_position_beyond_the_dictionary_is_told() -> None:
    with pytest.raises(DataError, match="7 is none"):
        Fitted.of("abc", {}).decode(pl.Series([7]))


def test_text_goes_there_and_back() -> None:
    text = "Call me Ishmael — ahoy."
    known = Fitted.of(sorted(set(text)), {"padding": "<p>"})
    positions = known.encode(pl.Series(known.style.split(text)))
    assert known.text(positions.to_list()) == text


@pytest.mark.parametrize("output", ["rows", "lists"])
def test_a_column_whose_name_looks_like_a_pattern_is_one_column(
    tmp_path: Path, output: str
) -> None:
    result = check_node(
        Tokenizer,
        settings={"column": "^a.*$", "output": output},
        inputs={"table": pl.DataFrame({"ab": ["no"], "^a.*$": ["y"]})},
        folder=tmp_path,
    )
    assert result["out"].row(0)[-1] in ("y", ["y"])


@pytest.mark.parametrize("positions", [[-1], [[0, -1]]])
def test_a_negative_position_is_told(positions: list[Any]) -> None:
    with pytest.raises(DataError, match="positions end at 2; -1 is none"):
        Fitted.of("abc", {}).decode(pl.Series(positions).explode())


def test_missing_values_without_a_marker_are_called_so() -> None:
    with pytest.raises(DataError, match="no place for missing values and no marker"):
        Fitted.of("abc", {}).encode(pl.Series(["a", None]))
    with pytest.raises(DataError, match='no "z" and no marker'):
        Fitted.of("abc", {}).encode(pl.Series(["z", None]))
