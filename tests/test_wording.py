"""Sentences about wrong settings: in the words of people, never in those of a library."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from pydantic import ValidationError
from support.engine import NODES

from flowengine.registry import Registry
from flowengine.wording import pointer_to, setting_problems

RAW = re.compile(
    r"input should|valid |validation|pydantic|something else|discriminat|tuple|dictionary|instance"
    r"|None|True|False|literal|'|Extra inputs|Field required",
)
"""Words that only the library uses."""


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.default([NODES])


def wrong(registry: Registry, type_id: str, settings: dict[str, Any]) -> dict[str, str]:
    cls = registry.load(type_id)
    with pytest.raises(ValidationError) as caught:
        cls.model_validate_json(json.dumps(settings))
    found = setting_problems(caught.value, cls, settings, "")
    problems = {problem.pointer: problem.message for problem in found}
    assert len(problems) == len(found)
    return problems


DENSE = {"units": 3}
CONV = {"filters": 3, "kernel_size": 3}


@pytest.mark.parametrize(
    ("type_id", "settings", "pointer", "message"),
    [
        ("layer.dense", {}, "/units", 'the setting "units" is required'),
        ("layer.dense", {"units": "5"}, "/units", 'expected a whole number, got "5"'),
        ("layer.dense", {"units": 2.5}, "/units", "expected a whole number, got 2.5"),
        ("layer.dense", {"units": True}, "/units", "expected a whole number, got true"),
        ("layer.dense", {"units": None}, "/units", "expected a whole number, got no value (null)"),
        ("layer.dense", {"units": [3]}, "/units", "expected a whole number, got [3]"),
        ("layer.dense", {"units": 0}, "/units", "expected a number of at least 1, got 0"),
        ("layer.dense", {**DENSE, "use_bias": 1}, "/use_bias", "expected true or false, got 1"),
        (
            "layer.dense",
            {**DENSE, "kernel_initializer": "glorot"},
            "/kernel_initializer",
            'there is no initializer "glorot". Did you mean "glorot_normal"? Known are "constant"',
        ),
        (
            "layer.dense",
            {**DENSE, "kernel_initializer": {"type": "random_normal", "mea": 1}},
            "/kernel_initializer/mea",
            'there is no setting "mea". Did you mean "mean"?',
        ),
        (
            "layer.dense",
            {**DENSE, "kernel_initializer": {"type": "random_normal", "mean": "x"}},
            "/kernel_initializer/mean",
            'expected a number, got "x"',
        ),
        (
            "layer.dense",
            {**DENSE, "kernel_initializer": {"mean": 1}},
            "/kernel_initializer",
            'the "type" of the initializer is missing; known are "constant"',
        ),
        (
            "layer.dense",
            {**DENSE, "kernel_initializer": 5},
            "/kernel_initializer",
            'expected the name of the initializer, or an object with its "type"; known are',
        ),
        (
            "layer.dense",
            {**DENSE, "kernel_regularizer": {"type": "l2", "l1": 1}},
            "/kernel_regularizer/l1",
            'there is no setting "l1". Known are "type", "l2"',
        ),
        (
            "layer.conv2d",
            {**CONV, "padding": "sam"},
            "/padding",
            'expected "valid" or "same", got "sam". Did you mean "same"?',
        ),
        (
            "layer.conv2d",
            {**CONV, "kernel_size": [3]},
            "/kernel_size",
            "expected a list of 2 items, got [3]",
        ),
        (
            "layer.conv2d",
            {**CONV, "kernel_size": [3, 3, 3]},
            "/kernel_size",
            "expected a list of at most 2 items, got [3, 3, 3]",
        ),
        (
            "layer.conv2d",
            {**CONV, "kernel_size": [3, "a"]},
            "/kernel_size/1",
            'expected a whole number, got "a"',
        ),
        (
            "network.learner",
            {"optimizer": "adm"},
            "/optimizer",
            'there is no optimizer "adm". Did you mean "adam"?',
        ),
        (
            "network.learner",
            {"optimizer": {"type": "adam", "learnin_rate": 1}},
            "/optimizer/learnin_rate",
            'there is no setting "learnin_rate". Did you mean "learning_rate"?',
        ),
        (
            "network.learner",
            {"optimizer": {"type": "adam", "clipnorm": 1, "clipvalue": 1}},
            "/optimizer",
            "clipnorm and clipvalue exclude one another; keep one of them",
        ),
        (
            "network.learner",
            {"metrics": ["acuracy"]},
            "/metrics/0",
            'there is no metric "acuracy". Did you mean "accuracy"?',
        ),
        (
            "network.learner",
            {"metrics": "accuracy"},
            "/metrics",
            'expected a list or an object, got "accuracy"',
        ),
        (
            "network.learner",
            {"input_columns": 5},
            "/input_columns",
            "expected a list or an object, got 5",
        ),
        (
            "table.row_filter",
            {"column": "a", "value": [1]},
            "/value",
            "expected true or false, a number or text, got [1]",
        ),
        (
            "table.partitioning",
            {"fraction": 2},
            "/fraction",
            "expected a number of at most 1, got 2",
        ),
        (
            "io.file_reader",
            {"path": "x", "types": {"a": "integr"}},
            "/types/a",
            'expected "text", "integer", "number"',
        ),
        (
            "io.file_reader",
            {"path": "x", "quote": "ab"},
            "/quote",
            'expected text of at most 1 letter, got "ab"',
        ),
        ("io.file_reader", {"path": "x", "pth": 1}, "/pth", 'there is no setting "pth". Did you'),
    ],
)
def test_a_wrong_setting_is_told_in_one_sentence(
    registry: Registry, type_id: str, settings: dict[str, Any], pointer: str, message: str
) -> None:
    [(place, said)] = wrong(registry, type_id, settings).items()
    assert place == pointer
    assert said.startswith(message)


STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, "", "x", "ä" * 100, [], [1], ["x"], [[]], [1, 2, 3, 4, 5], {}, {"x": 1},
    {"type": "x"}, {"type": 5}, {"type": None}, [{"type": "x"}], [{}], -(10**12), 1e300,
)  # fmt: skip


def test_no_word_of_the_library_gets_through(registry: Registry) -> None:
    said = 0
    for type_id in registry.types():
        cls = registry.load(type_id)
        required = {name: 1 for name, info in cls.model_fields.items() if info.is_required()}
        for name in cls.model_fields:
            for value in STRANGE:
                settings = {**required, name: value}
                try:
                    cls.model_validate_json(json.dumps(settings))
                except ValidationError as error:
                    for problem in setting_problems(error, cls, settings, ""):
                        said += 1
                        text = re.sub(r'"[^"]*"', "", problem.message)
                        where = f"{type_id} {settings}: {problem}"
                        assert not RAW.search(text), where
                        assert len(problem.message) < 600, where
                        assert problem.pointer.startswith("/") or problem.pointer == "", where
    assert said > 1_000


def test_pointers_are_escaped() -> None:
    assert pointer_to("a/b", "c~d", 3, "é") == "/a~1b/c~0d/3/é"
