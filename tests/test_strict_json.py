from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowengine.strict_json import DEEPEST, LARGEST, JsonError, read_json

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-LARGEST, LARGEST)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("ab/~é"), inner, max_size=4)
    ),
    max_leaves=20,
)


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(JsonError) as caught:
        read_json(text)
    return [(problem.pointer, problem.message) for problem in caught.value.problems]


@given(JSON)
def test_json_is_read_as_it_is(value: Any) -> None:
    for ascii_only in (True, False):
        data, problems = read_json(json.dumps(value, ensure_ascii=ascii_only))
        assert data == value
        assert not problems


def test_a_key_that_stands_twice_is_named_with_its_place() -> None:
    data, problems = read_json('{"a": {"b": 1, "b": 2}, "c": [{"d": 0, "d": 0, "d": 0}]}')
    assert data == {"a": {"b": 2}, "c": [{"d": 0}]}
    assert [problem.pointer for problem in problems] == ["/a/b", "/c/0/d"]
    assert 'the key "b" stands twice' in problems[0].message


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 30, "9" * 5000])
def test_a_number_that_cannot_be_kept_is_refused_at_its_place(word: str) -> None:
    [(pointer, message)] = faults(f'{{"a": [1, {word}]}}')
    assert pointer == "/a/1"
    assert word[:20] in message
    assert len(message) < 120


def test_the_largest_whole_numbers_are_kept() -> None:
    assert read_json(f"[{LARGEST}, {-LARGEST}]")[0] == [LARGEST, -LARGEST]


@pytest.mark.parametrize("text", [r'{"a": "\ud800"}', r'{"\udc00": 1}', r'["\ud800x"]'])
def test_half_of_a_character_is_refused(text: str) -> None:
    assert "half of a character" in faults(text)[0][1]


def test_the_place_below_half_of_a_character_can_be_written() -> None:
    places = [pointer for pointer, _ in faults(r'{"\ud800": {"b": "\udc00"}}')]
    assert places == ["", r"/\ud800/b"]


def test_a_pair_of_halves_is_a_character() -> None:
    assert read_json(r'["\ud83d\ude00"]')[0] == ["😀"]


@pytest.mark.parametrize("levels", [DEEPEST + 1, 1_000, 100_000])
def test_what_is_nested_too_deep_is_refused(levels: int) -> None:
    [(pointer, message)] = faults("[" * levels + "]" * levels)
    assert pointer == ""
    assert f"deeper than {DEEPEST} levels" in message


def test_what_is_nested_deep_enough_is_read() -> None:
    data, _ = read_json("[" * DEEPEST + "]" * DEEPEST)
    assert data == [] or len(data) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "the file is empty"),
        ("  \n ", "the file is empty"),
        ("hello", "the file is not JSON: expecting value (line 1, column 1: hello)"),
        ('{"a": 1\n "b": 2}', "expecting ',' delimiter (line 2, column 2: \"b\": 2})"),
        ('{"a": 1,\n', "in double quotes (line 2, column 1)"),
        ('{"a": "\u2028",\n"b" 1}', '(line 2, column 5: "b" 1})'),
        ("{} {}", "extra data (line 1, column 4: {} {})"),
    ],
)
def test_a_text_that_is_not_json_is_told_with_its_line(text: str, expected: str) -> None:
    [(pointer, message)] = faults(text)
    assert pointer == ""
    assert expected in message


def test_a_number_is_never_turned_into_one_that_is_not_finite() -> None:
    data, _ = read_json("[1e308, -1e308, 5e-324]")
    assert all(map(math.isfinite, data))
