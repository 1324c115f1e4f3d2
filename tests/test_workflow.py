"""The workflow file: one canonical text, and nothing of it lost."""

from __future__ import annotations

import itertools
import json
import resource
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.engine import NODES, component, document, write
from test_strict_json import JSON

from flowengine.api import validate
from flowengine.errors import FlowEngineError, WorkflowError
from flowengine.workflow import Workflow

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBER = st.integers(-9999, 9999) | st.floats(allow_nan=False, allow_infinity=False)
OBJECT = st.dictionaries(TEXT, JSON, max_size=4)
PARTS = {
    "variables": OBJECT,
    "connections": st.lists(st.fixed_dictionaries({"from": TEXT, "to": TEXT}), max_size=4),
    "layout": st.dictionaries(TEXT, st.lists(NUMBER, min_size=2, max_size=2), max_size=3),
    "annotations": st.lists(OBJECT, max_size=2),
}


def entries(depth: int) -> st.SearchStrategy[dict[str, Any]]:
    parts: dict[str, Any] = {
        "version": st.integers(1, 99),
        "settings": OBJECT,
        "timeout": st.floats(0.001, 1e9),
        "comment": TEXT,
    }
    if depth:
        parts |= {**PARTS, "nodes": st.dictionaries(TEXT, entries(depth - 1), max_size=2)}
    return st.fixed_dictionaries({"type": TEXT}, optional=parts)


DOCUMENTS = st.fixed_dictionaries(
    {"flowengine": st.just(1)},
    optional={
        "name": TEXT,
        "description": TEXT,
        "seed": st.integers(-(2**31), 2**31),
        "nodes": st.dictionaries(TEXT, entries(2), max_size=4),
        **PARTS,
    },
)


@given(DOCUMENTS)
def test_load_and_save_change_no_byte(data: dict[str, Any]) -> None:
    once = Workflow.loads(json.dumps(data)).dumps()
    assert Workflow.loads(once).dumps() == once
    assert json.loads(once) == data


def test_the_order_of_keys_is_fixed() -> None:
    data = document({"b": "x.y", "a": ("x.y", {"z": 1, "a": 2})}, ["b.out a.x"])
    data |= {"description": "d", "name": "n", "layout": {"a": [1, 2]}, "annotations": []}
    shuffled = dict(sorted(data.items()))
    shuffled["nodes"] = {name: dict(reversed(node.items())) for name, node in data["nodes"].items()}
    text = Workflow.loads(json.dumps(shuffled)).dumps()
    assert text == Workflow.loads(json.dumps(data)).dumps()
    assert list(json.loads(text)) == [
        "flowengine", "name", "description", "nodes", "connections", "layout", "annotations",
    ]  # fmt: skip
    assert list(json.loads(text)["nodes"]["a"]) == ["type", "settings"]


def test_nodes_and_settings_keep_the_order_in_which_they_were_written() -> None:
    text = Workflow.loads(
        json.dumps(document({"z": ("x.y", {"b": 1, "a": 2}), "a": "x.y"}))
    ).dumps()
    assert list(json.loads(text)["nodes"]) == ["z", "a"]
    assert list(json.loads(text)["nodes"]["z"]["settings"]) == ["b", "a"]


def test_the_text_is_as_people_like_to_read_it() -> None:
    inner = component({"conv": ("layer.conv2d", {"filters": 32})}, ["in.out conv.network"])
    data = document({"images": "image.image_reader", "block": inner}, ["a.out b.x", "c.out b.y"])
    data |= {"name": "Größe ☃", "variables": {"epochs": 3}, "layout": {"images": [40.0, 80.5]}}
    data["nodes"]["long"] = {"type": "x.y", "settings": {f"setting_{i}": [i] * 5 for i in range(9)}}
    assert Workflow.loads(json.dumps(data)).dumps() == (
        """{
  "flowengine": 1,
  "name": "Größe ☃",
  "variables": {"epochs": 3},
  "nodes": {
    "images": {"type": "image.image_reader"},
    "block": {
      "type": "flow.component",
      "nodes": {
        "conv": {"type": "layer.conv2d", "settings": {"filters": 32}}
      },
      "connections": [
        {"from": "in.out", "to": "conv.network"}
      ]
    },
    "long": {
      "type": "x.y",
      "settings": {
"""
        + ",\n".join(f'        "setting_{i}": [{i}, {i}, {i}, {i}, {i}]' for i in range(9))
        + """
      }
    }
  },
  "connections": [
    {"from": "a.out", "to": "b.x"},
    {"from": "c.out", "to": "b.y"}
  ],
  "layout": {"images": [40, 80.5]}
}
"""
    )


@pytest.mark.parametrize("key", ["variables", "nodes", "connections", "layout", "annotations"])
def test_an_empty_section_that_was_written_stays(key: str) -> None:
    empty: Any = [] if key in ("connections", "annotations") else {}
    data = {"flowengine": 1, key: empty}
    assert json.loads(Workflow.loads(json.dumps(data)).dumps()) == data


def test_defaults_that_were_written_stay() -> None:
    text = '{"flowengine": 1, "name": "", "nodes": {"a": {"type": "x.y", "version": 1}}, "seed": 0}'
    assert json.loads(Workflow.loads(text).dumps()) == json.loads(text)


def test_the_workflows_of_the_house_are_in_canonical_form() -> None:
    files = sorted((Path(__file__).parents[1] / "workflows").glob("*.json"))
    assert files
    for file in files:
        assert Workflow.load(file).dumps() == file.read_text(), file


def test_nodes_of_a_missing_pack_survive_a_save(tmp_path: Path) -> None:
    data = document({"a": ("gone.reader", {"x": [1, {"y": None}]}), "b": "local.count"})
    data["nodes"]["a"]["version"] = 9
    flow = Workflow.load(write(tmp_path / "a.json", data))
    assert [item.pointer for item in validate(flow, nodes=[NODES]).errors] == [
        "/nodes/a/type",
        "/nodes/b",
    ]
    flow.save(tmp_path / "b.json")
    assert json.loads((tmp_path / "b.json").read_text()) == data


def test_a_workflow_with_unreadable_parts_is_not_saved(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", document({"a": {"type": 5}, "b": "x.y"}))
    before = path.read_bytes()
    flow = Workflow.load(path)
    assert list(flow.document.nodes) == ["b"]
    with pytest.raises(WorkflowError, match="/nodes/a/type: expected text, got 5"):
        flow.save(path)
    assert path.read_bytes() == before


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(document({"a": "x.y"})).encode())
    assert list(Workflow.load(path).document.nodes) == ["a"]


def test_saving_keeps_the_rights_of_the_file_and_follows_a_link(tmp_path: Path) -> None:
    real = write(tmp_path / "real.json", document({"a": "x.y"}))
    real.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(real)
    flow = Workflow.load(link)
    flow.document.name = "new"
    flow.save(link)
    assert link.is_symlink()
    assert json.loads(real.read_text())["name"] == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert sorted(item.name for item in tmp_path.iterdir()) == ["link.json", "real.json"]


def test_a_new_file_has_the_usual_rights(tmp_path: Path) -> None:
    Workflow("x").save(tmp_path / "deep" / "x.json")
    (tmp_path / "y").touch()
    usual = stat.S_IMODE((tmp_path / "y").stat().st_mode)
    assert stat.S_IMODE((tmp_path / "deep" / "x.json").stat().st_mode) == usual


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(FlowEngineError, match=r'"/proc/x\.json" cannot be written'):
        Workflow("x").save("/proc/x.json")
    with pytest.raises(FlowEngineError, match="cannot be written: Is a directory"):
        Workflow("x").save(tmp_path)


def refusal(path: Path) -> str:
    with pytest.raises(WorkflowError) as caught:
        Workflow.load(path)
    [problem] = caught.value.problems
    assert problem.pointer == ""
    return problem.message


def test_a_missing_file_is_told_with_what_is_there(tmp_path: Path) -> None:
    write(tmp_path / "iris.json", {})
    missing = f'there is no file "{tmp_path}/'
    assert refusal(tmp_path / "irs.json") == f'{missing}irs.json". Did you mean "iris.json"?'
    assert refusal(tmp_path / "x") == f'{missing}x"; in "{tmp_path}" there is iris.json'
    assert refusal(tmp_path / "no" / "a.json") == f'there is no file "{tmp_path}/no/a.json"'


def test_a_folder_is_no_workflow(tmp_path: Path) -> None:
    assert refusal(tmp_path) == f'"{tmp_path}" is a folder; a workflow is a JSON file'


def test_what_is_not_utf8_is_no_workflow(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b'{"name": "\xff"}')
    assert "is not UTF-8 text (byte 10), so it is no workflow" in refusal(path)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", {}) / "b.json"
    assert "cannot be read: Not a directory" in refusal(path)


@pytest.mark.parametrize(
    ("text", "kind"),
    [("[]", "a list"), ("3", "a number"), ('"x"', "text"), ("null", "null"), ("true", "true or")],
)
def test_a_workflow_is_an_object(tmp_path: Path, text: str, kind: str) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    assert refusal(path).startswith(f"a workflow is a JSON object, this is {kind}")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        (None, 'the key "flowengine" is missing, so this is no workflow; expected "flowengine": 1'),
        ("1", '"1" is no file format; expected a whole number from 1 on'),
        (0, "0 is no file format; expected a whole number from 1 on"),
        (1.5, "1.5 is no file format; expected a whole number from 1 on"),
        (True, "true is no file format; expected a whole number from 1 on"),
        (
            99,
            "the file has format 99, written by a newer flowengine; this one reads formats up to 1",
        ),
    ],
)
def test_the_gate_lets_only_known_formats_through(version: object, expected: str) -> None:
    data = {"nodes": {}} if version is None else {"flowengine": version}
    with pytest.raises(WorkflowError) as caught:
        Workflow.loads(json.dumps(data))
    [problem] = caught.value.problems
    assert (problem.pointer, problem.message) == ("/flowengine", expected)


def test_old_formats_pass_through_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flowengine.migrate.FORMAT", 3)
    steps = {
        1: lambda data: {**data, "name": data["title"]},
        2: lambda data: {key: value for key, value in data.items() if key != "title"},
    }
    monkeypatch.setattr("flowengine.migrate.STEPS", steps)
    flow = Workflow.loads('{"flowengine": 1, "title": "old"}')
    assert (flow.name, flow.document.flowengine, flow.problems) == ("old", 3, ())


def test_a_key_that_stands_twice_is_a_problem_and_the_rest_is_read() -> None:
    flow = Workflow.loads(
        '{"flowengine": 1, "nodes": {"a": {"type": "x.y"}, "a": {"type": "x.z"}}, "name": "n"}'
    )
    assert [(item.pointer, item.message) for item in flow.problems] == [
        ("/nodes/a", 'the key "a" stands twice; keep one of the two')
    ]
    with pytest.raises(WorkflowError):
        flow.dumps()


def test_1000_levels_are_refused_in_one_sentence() -> None:
    deep: Any = 1
    for _ in range(1000):
        deep = [deep]
    for text in (
        '{"flowengine": 1, "nodes": {"a": {"type": "x.y", "settings": {"x": ' + "[" * 1000,
        '{"a":' * 1000 + "1" + "}" * 1000,
        "[" * 1000 + "]" * 1000,
    ):
        with pytest.raises(WorkflowError):
            Workflow.loads(text)
    data = {"flowengine": 1, "nodes": {"a": {"type": "x.y", "settings": {"x": "DEEP"}}}}
    text = json.dumps(data).replace('"DEEP"', "[" * 990 + "]" * 990)
    with pytest.raises(WorkflowError, match="deeper than 200 levels"):
        Workflow.loads(text)


def test_what_is_deep_but_allowed_is_loaded_checked_and_saved() -> None:
    text = json.dumps({"flowengine": 1, "nodes": {"a": {"type": "x.y", "settings": {"x": "DEEP"}}}})
    flow = Workflow.loads(text.replace('"DEEP"', "[" * 195 + "]" * 195))
    assert Workflow.loads(flow.dumps()).dumps() == flow.dumps()
    assert [item.pointer for item in validate(flow).errors] == ["/nodes/a/type"]


def test_10000_nodes_are_loaded_planned_and_saved_in_time() -> None:
    names = [f"n{number}" for number in range(10_000)]
    ends = [f"{one}.out {two}.numbers" for one, two in itertools.pairwise(names)]
    nodes: dict[str, Any] = {name: "local.add" for name in names}
    text = json.dumps(document({**nodes, "n0": "local.number"}, ends))
    started = time.perf_counter()
    flow = Workflow.loads(text)
    plan = validate(flow, nodes=[NODES])
    assert flow.dumps().count("\n") == 20_006
    seconds = time.perf_counter() - started
    assert not plan.problems
    assert list(plan.nodes) == names
    assert seconds < 15, seconds


# Built in Python


def test_a_workflow_is_built_in_python() -> None:
    flow = Workflow("iris", "About flowers.")
    data = flow.add("io.file_reader", path=Path("iris.csv"))
    parts = flow.add("table.partitioning", table=data.out, fraction=0.8)
    flow.add("local.concat", id="both", tables=[parts.first, parts.second])
    flow.add("io.file_reader", path="b.csv")
    assert json.loads(flow.dumps()) == {
        "flowengine": 1,
        "name": "iris",
        "description": "About flowers.",
        "nodes": {
            "file_reader": {"type": "io.file_reader", "settings": {"path": "iris.csv"}},
            "partitioning": {"type": "table.partitioning", "settings": {"fraction": 0.8}},
            "both": {"type": "local.concat"},
            "file_reader_2": {"type": "io.file_reader", "settings": {"path": "b.csv"}},
        },
        "connections": [
            {"from": "file_reader.out", "to": "partitioning.table"},
            {"from": "partitioning.first", "to": "both.tables.0"},
            {"from": "partitioning.second", "to": "both.tables.1"},
        ],
    }
    assert repr(parts.first) == "partitioning.first"


def test_a_choice_is_given_as_an_object() -> None:
    from flowengine.nn.optimizers.family import Adam

    flow = Workflow()
    flow.add("network.learner", optimizer=Adam(learning_rate=0.5), metrics=("accuracy",))
    assert flow.document.nodes["learner"].settings == {
        "optimizer": {"type": "adam", "learning_rate": 0.5},
        "metrics": ["accuracy"],
    }


@pytest.mark.parametrize("name", ["A", "a-b", "", "1"])
def test_a_bad_id_is_refused(name: str) -> None:
    with pytest.raises(FlowEngineError, match="is no node id; expected small letters"):
        Workflow().add("x.y", id=name)


def test_an_id_is_taken_once() -> None:
    flow = Workflow()
    flow.add("x.y", id="a")
    with pytest.raises(FlowEngineError, match='there is a node "a" already'):
        flow.add("x.y", id="a")


@pytest.mark.parametrize("value", [object(), {1, 2}, float("nan"), [float("inf")], b"x", 2**70])
def test_what_cannot_stand_in_a_file_is_refused(value: object) -> None:
    flow = Workflow()
    with pytest.raises(FlowEngineError, match='the setting "rows" of "y"'):
        flow.add("x.y", rows=value)
    assert not flow.document.nodes


def test_a_file_that_cannot_be_written_is_not_left_empty(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    try:
        with pytest.raises(FlowEngineError, match="cannot be written: File too large"):
            Workflow("small").save(tmp_path / "flow.json")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []
