"""A workflow as a picture."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.blocks import SCALING
from support.engine import document, write

from flowengine import api
from flowengine.report.picture import workflow_picture
from flowengine.report.places import HEIGHT, WIDTH, places_of
from flowengine.workflow import Workflow

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "workflows").glob("*.json"))
SVG = "{http://www.w3.org/2000/svg}"


def drawn(flow: Workflow) -> ElementTree.Element:
    return ElementTree.fromstring(workflow_picture(flow.document, api.validate(flow)))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_is_drawn_whole(path: Path) -> None:
    flow = Workflow.load(path)
    picture = drawn(flow)
    assert len(picture.findall(f".//{SVG}rect[@class='card']")) == len(flow.document.nodes)
    wires = picture.findall(f".//{SVG}path[@class='wire']")
    assert len(wires) == len(flow.document.connections)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_cards_without_places_do_not_overlap(path: Path) -> None:
    flow = Workflow.load(path)
    flow.document.layout = {}
    places = places_of(flow.document)
    for (x, y), (other_x, other_y) in combinations(places.values(), 2):
        assert abs(x - other_x) >= WIDTH or abs(y - other_y) >= HEIGHT


def test_places_of_people_stay() -> None:
    flow = Workflow.load(ROOT / "workflows" / "iris.json")
    assert places_of(flow.document)["learner"] == tuple(flow.document.layout["learner"])


def test_component_is_one_card_with_its_ports(tmp_path: Path) -> None:
    nodes = {"data": "local.table", "block": SCALING}
    path = write(tmp_path / "flow.json", document(nodes, ["data.out block.rows"]))
    picture = drawn(Workflow.load(path))
    titles = [title.text for title in picture.iter(f"{SVG}title")]
    assert {"rows", "scaled"} <= set(titles)


def test_workflow_in_a_circle_is_drawn_too(tmp_path: Path) -> None:
    nodes = {"a": "layer.flatten", "b": "layer.flatten"}
    wires = ["a.out b.network", "b.out a.network"]
    picture = drawn(Workflow.load(write(tmp_path / "flow.json", document(nodes, wires))))
    assert len(picture.findall(f".//{SVG}path[@class='wire']")) == 2


def test_unknown_types_and_ends_do_no_harm(tmp_path: Path) -> None:
    work = document({"a": "no.such"}, ["a.out nobody.port", "gone.out a.x"])
    picture = drawn(Workflow.load(write(tmp_path / "flow.json", work)))
    assert not picture.findall(f".//{SVG}path[@class='wire']")


def test_empty_workflow_has_a_picture(tmp_path: Path) -> None:
    assert drawn(Workflow.load(write(tmp_path / "flow.json", document({})))) is not None


def test_words_of_a_user_are_no_markup(tmp_path: Path) -> None:
    note = {"id": "n", "text": "# <script>", "place": [0, 0, 200, 80]}
    work = document({"a": ("io.file_reader", {"path": "<b>.csv"})}, name="<i>", annotations=[note])
    flow = Workflow.load(write(tmp_path / "flow.json", work))
    text = workflow_picture(flow.document, api.validate(flow))
    assert "<script>" not in text
    assert "<b>" not in text
    assert "<i>" not in text


def test_notes_of_another_form_are_left_out(tmp_path: Path) -> None:
    notes = [{"text": "x"}, {"place": ["a", 0, 1, 1]}, {"place": [0, 0, 5]}]
    flow = Workflow.load(write(tmp_path / "flow.json", document({}, annotations=notes)))
    assert not drawn(flow).findall(f".//{SVG}rect[@class='note']")
