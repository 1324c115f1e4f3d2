"""Reports of runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from support.engine import NODES, document, write, write_node

import flowengine as fe
from flowengine.errors import FlowEngineError
from flowengine.registry import Registry
from flowengine.report.made import latest_report

IRIS = {
    "reader": ("io.file_reader", {"path": "iris.csv"}),
    "input": ("layer.input", {"shape": [4]}),
    "dense": ("layer.dense", {"units": 3, "activation": "softmax"}),
    "learner": (
        "network.learner",
        {
            "target_columns": ["species"],
            "epochs": 2,
            "loss": "sparse_categorical_crossentropy",
            "validation_split": 0.2,
        },
    ),
    "executor": "network.executor",
    "scorer": ("score.scorer", {"truth": "species"}),
}
WIRES = [
    "input.out dense.network",
    "dense.out learner.network",
    "reader.out learner.training_data",
    "learner.network executor.network",
    "reader.out executor.table",
    "executor.out scorer.table",
]


def report(
    folder: Path, nodes: Mapping[str, Any], wires: Sequence[str] = (), **options: Any
) -> str:
    rest = {key: options.pop(key) for key in ("name", "description") if key in options}
    path = write(folder / "flow.json", document(nodes, wires, **rest))
    fe.run(path, nodes=[NODES], workspace=folder, check=False, **options)
    return latest_report(path, Registry.default([NODES]), folder)


@pytest.fixture(scope="module")
def iris(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("iris")
    data = Path(__file__).parents[2] / "workflows" / "data" / "iris.csv"
    (folder / "iris.csv").write_bytes(data.read_bytes())
    return report(folder, IRIS, WIRES, name="Iris", description="Three species.")


class Checker(HTMLParser):
    """Checks that elements are closed in order, and gathers what a page asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.asked: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)
        self.asked += [
            value or "" for name, value in attrs if name in ("src", "href", "xlink:href")
        ]
        assert not [name for name, _ in attrs if name.startswith("on")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def checked(page: str) -> Checker:
    checker = Checker()
    checker.feed(page)
    assert not checker.open
    return checker


def test_page_is_whole_and_asks_for_nothing(iris: str) -> None:
    found = checked(iris)
    assert "script" not in found.tags
    assert "link" not in found.tags
    assert all(address.startswith("data:image/png;base64,") for address in found.asked)
    assert "url(" not in iris
    assert "default-src &#x27;none&#x27;" in iris


def test_page_tells_of_the_run(iris: str) -> None:
    for words in ("Iris", "Three species.", "done", "accuracy", "flowengine", "torch"):
        assert words in iris


def test_page_shows_what_was_learned(iris: str) -> None:
    assert "validation loss" in iris
    assert "<strong>accuracy</strong>" in iris


def test_page_shows_settings_network_and_scores(iris: str) -> None:
    assert "sparse_categorical_crossentropy" in iris
    assert "1 layer · 15 parameters, 15 of them trainable" in iris
    assert "true ↓ predicted →" in iris


def test_curves_of_a_kept_result_come_from_the_run_that_made_it(tmp_path: Path) -> None:
    other = write(tmp_path / "other.json", document({"r": "local.report"}))
    fe.run(other, nodes=[NODES], workspace=tmp_path)
    assert "<strong>loss</strong>" in report(tmp_path, {"r": "local.report"})


def test_pictures_shown_on_the_way_are_kept(tmp_path: Path) -> None:
    source = """
    import numpy as np

    @node(title="Painter")
    class Painter(Node):
        \"\"\"Show a picture.\"\"\"

        def execute(self, ctx: Context) -> int:
            ctx.preview("canvas", 7, np.zeros((4, 4, 3), np.uint8))
            return 1
    """
    write_node(tmp_path / "nodes", "painter", source)
    path = write(tmp_path / "flow.json", document({"p": "local.painter"}))
    fe.run(path, nodes=[tmp_path / "nodes"], workspace=tmp_path)
    page = latest_report(path, Registry.default([tmp_path / "nodes"]), tmp_path)
    assert "<figcaption>canvas, step 7</figcaption>" in page


def test_failure_is_told_with_its_reason(tmp_path: Path) -> None:
    page = report(tmp_path, {"t": "local.table", "b": "local.broken"}, ["t.out b.table"])
    assert 'class="status failed"' in page
    assert 'class="error"' in page


def test_result_of_a_part_is_what_it_went_to(tmp_path: Path) -> None:
    nodes = {"t": ("local.table", {"rows": 5}), "c": "local.count"}
    page = report(tmp_path, nodes, ["t.out c.table"], until=["t"])
    assert '<dl class="result"><dt>t</dt>' in page


def test_settings_of_the_run_are_shown_not_those_of_the_file(tmp_path: Path) -> None:
    page = report(tmp_path, {"t": ("local.table", {"rows": 2})}, settings={"t.rows": 77})
    assert "<dt>rows</dt><dd>77</dd>" in page


@pytest.mark.parametrize("place", ["name", "description", "column", "value"])
def test_nothing_of_a_user_becomes_markup(tmp_path: Path, place: str) -> None:
    evil = "<img src=x onerror=alert(1)>"
    (tmp_path / "data.csv").write_text(
        f"{evil if place == 'column' else 'a'},b\n{evil if place == 'value' else 'x'},1\n"
    )
    words = {place: evil} if place in ("name", "description") else {}
    page = report(tmp_path, {"r": ("io.file_reader", {"path": "data.csv"})}, **words)
    assert evil not in page
    assert "&lt;img src=x" in page
    checked(page)


def test_values_of_all_kinds_are_shown(tmp_path: Path) -> None:
    page = report(tmp_path, {"v": "local.values"})
    assert re.search(r'<img src="data:image/png;base64,[^"]+" alt="" class="thumbnail">', page)
    assert "&quot;answer&quot;: 42" in page
    checked(page)


def test_workflow_that_has_not_run_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "flow.json", document({}))
    with pytest.raises(FlowEngineError, match="has not run yet"):
        latest_report(path, Registry.default(), tmp_path)
    assert [item.name for item in tmp_path.iterdir()] == ["flow.json"]


def test_workflow_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FlowEngineError, match="there is no file"):
        latest_report(tmp_path / "flow.json", Registry.default(), tmp_path)
