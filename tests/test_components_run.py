"""Components in files, components that run, and workflows with inputs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

# in → scale → out
from support.blocks import SCALING, USE, WIRES, changed, only
from support.engine import NODES, component, document, flow, plan_of, told, write

import flowengine as fe
from flowengine.api import run, validate
from flowengine.events import Event
from flowengine.planning.plan import Plan


def by_file(path: str, **settings: Any) -> dict[str, Any]:
    return {"type": "flow.component", "settings": {"path": path, **settings}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    body = {key: SCALING[key] for key in ("nodes", "connections", "variables")}
    write(tmp_path / "parts" / "scaling.json", {"flowengine": 1, **body})
    return tmp_path


def check(folder: Path, nodes: dict[str, Any], wires: list[str]) -> Plan:
    return validate(write(folder / "main.json", document(nodes, wires)), nodes=[NODES])


def test_a_component_may_lie_in_a_file(folder: Path) -> None:
    plan = check(folder, {**USE, "block": by_file("parts/scaling.json")}, WIRES)
    assert not plan.problems
    assert list(plan.nodes) == ["data", "block/scale", "count"]
    assert plan.nodes["block/scale"].base == folder / "parts"


def test_a_file_knows_only_its_own_variables(folder: Path) -> None:
    nodes = {**USE, "block": by_file("parts/scaling.json", variables={"by": 9.0})}
    plan = check(folder, nodes, WIRES)
    assert plan.nodes["block/scale"].settings_given["by"] == 9.0
    nodes = {**USE, "block": by_file("parts/scaling.json", variables={"other": 9.0})}
    assert list(told(check(folder, nodes, WIRES))) == ["/nodes/block/settings/variables/other"]


def test_faults_in_a_component_s_file_are_told_at_the_node(folder: Path) -> None:
    write(
        folder / "parts" / "faulty.json",
        document({"a": {"type": 7}, "n": "local.count", "t": ("local.table", {"row": 1})}),
    )
    found = told(check(folder, {"block": by_file("parts/faulty.json")}, []))
    assert found == {
        "/nodes/block/nodes/a/type": "expected text, got 7 (in faulty.json)",
        "/nodes/block/nodes/n": 'the input "table" is not connected; it needs a table',
        "/nodes/block/nodes/t/settings/row": 'there is no setting "row". Did you mean "rows"?',
    }


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("gone.json", None, '"gone.json" does not exist in the workflow\'s folder.'),
        ("main.json", None, 'the component "main.json" contains itself'),
        ("bad.json", "{", "the file is not JSON: "),
        ("bad.json", "[]", "a workflow is a JSON object, this is a list (bad.json)"),
        ("bad.json", '{"flowengine": 9}', "written by a newer flowengine"),
        ("parts", None, "is a folder; a workflow is a JSON file"),
        ("../out.json", None, "leads out of the workspace"),
        ("/etc/passwd", None, "leads out of the workspace"),
        ("", None, "the path is empty"),
    ],
)
def test_a_file_that_is_no_component_is_told(
    folder: Path, name: str, text: str | None, message: str
) -> None:
    if text is not None:
        (folder / name).write_text(text)
    pointer, said = only(told(check(folder, {**USE, "block": by_file(name)}, WIRES)))
    assert pointer == "/nodes/block/settings/path"
    assert message in said


def test_files_that_contain_each_other_are_told(folder: Path) -> None:
    write(folder / "a.json", document({"b": by_file("b.json")}))
    write(folder / "b.json", document({"a": by_file("a.json")}))
    found = told(check(folder, {"first": by_file("a.json")}, []))
    assert found == {
        "/nodes/first/nodes/b/nodes/a/settings/path": 'the component "a.json" contains itself'
    }


def test_a_component_is_in_line_or_in_a_file(folder: Path) -> None:
    both = {**SCALING, "settings": {"path": "parts/scaling.json"}}
    assert only(told(check(folder, {**USE, "block": both}, WIRES))) == (
        "/nodes/block/settings/path",
        "a component is held in line or in a file, not both",
    )


def test_files_that_use_each_other_cannot_grow_without_end(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flowengine.planning.expand.MOST", 2_000)
    for number in range(25):
        inner = {name: by_file(f"f{number + 1}.json") for name in ("a", "b")}
        write(folder / f"f{number}.json", document(inner))
    write(folder / "f25.json", document({"n": "local.number"}))
    found = told(check(folder, {"all": by_file("f0.json")}, []))
    assert found
    assert all("the workflow has over 2,000 nodes" in text for text in found.values())


# Runs


def test_a_component_runs_like_its_nodes(tmp_path: Path) -> None:
    events: list[Event] = []
    result = run(flow(USE, WIRES), nodes=[NODES], workspace=tmp_path, on_event=events.append)
    assert result["block"].scaled["x"].to_list() == [0.0, 2.0, 4.0]
    assert result["block/scale"].out["x"].to_list() == [0.0, 2.0, 4.0]
    assert result["count"].out == 3
    assert {event.node for event in events} == {"", "data", "block/scale", "count"}
    assert result.nodes["block"].state == "done"
    assert result.nodes["block"].outputs["scaled"]["row_count"] == 3
    assert list(result.to_json()["nodes"]) == ["data", "block/scale", "count", "block"]


def test_a_run_may_end_at_a_component(tmp_path: Path) -> None:
    result = run(flow(USE, WIRES), nodes=[NODES], workspace=tmp_path, until=["block"])
    assert list(result.nodes) == ["data", "block/scale", "block"]


def test_a_failure_inside_is_told_with_its_path(tmp_path: Path) -> None:
    block = changed(SCALING, scale={"type": "local.broken"})
    with pytest.raises(fe.RunError) as caught:
        run(flow({**USE, "block": block}, WIRES), nodes=[NODES], workspace=tmp_path)
    result = caught.value.result
    assert isinstance(result, fe.Result)
    assert str(caught.value).startswith('node "block/scale" (Broken): ValueError: this is wrong')
    assert result.nodes["block"].state == "failed"
    assert result.nodes["count"].state == "skipped"


def test_two_equal_blocks_of_layers_stay_two() -> None:
    block = component(
        {
            "features": ("flow.input", {"port_type": "network"}),
            "dense": ("layer.dense", {"units": 4}),
            "out": "flow.output",
        },
        ["features.out dense.network", "dense.out out.value"],
    )
    plan = plan_of(
        {"input": ("layer.input", {"shape": [3]}), "one": block, "two": block},
        ["input.out one.features", "one.out two.features"],
    )
    assert not plan.problems
    spec = plan.nodes["two/dense"].specs["out"]
    assert list(spec.layers)[-2:] == ["one/dense", "two/dense"]
    assert spec.parameters == (3 * 4 + 4) + (4 * 4 + 4)


def test_a_change_inside_reruns_what_hangs_on_it(tmp_path: Path) -> None:
    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path}
    run(flow(USE, WIRES), **options)
    again = run(flow(USE, WIRES), **options)
    assert all(node.cached for node in again.nodes.values())
    other = run(flow(USE, WIRES), settings={"block/scale.by": 3.0}, **options)
    assert {path: node.cached for path, node in other.nodes.items()} == {
        "data": True, "block/scale": False, "count": False, "block": False,
    }  # fmt: skip


# The workflow's own inputs and outputs

TYPED = {
    "rows": "flow.input",
    "scale": ("local.scale", {"column": "x", "by": 2.0}),
    "extra": ("flow.input", {"optional": True}),
    "all": "local.concat",
    "scaled": "flow.output",
}
TYPED_WIRES = [
    "rows.out scale.table",
    "scale.out all.tables",
    "extra.out all.more",
    "all.out scaled.value",
]


def table(*values: float) -> Any:
    import polars as pl

    return pl.DataFrame({"x": list(values)})


def test_a_workflow_with_inputs_is_a_function(tmp_path: Path) -> None:
    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path}
    work = flow(TYPED, TYPED_WIRES)
    assert not told(validate(work, nodes=[NODES]))
    one = run(work, inputs={"rows": table(1.0, 2.0)}, **options)
    assert one.outputs.scaled["x"].to_list() == [2.0, 4.0]
    both = run(work, inputs={"rows": table(1.0), "extra": table(7.0)}, **options)
    assert both.outputs.scaled["x"].to_list() == [2.0, 7.0]
    again = run(work, inputs={"rows": table(1.0, 2.0)}, **options)
    assert again.nodes["scale"].cached
    lazy = run(work, inputs={"rows": table(1.0, 2.0).lazy()}, **options)
    assert lazy.nodes["scale"].cached
    with pytest.raises(AttributeError, match='no output "scald"'):
        _ = one.outputs.scald


@pytest.mark.parametrize(
    ("inputs", "pointer", "message"),
    [
        (
            {},
            "/nodes/rows",
            'the input "rows" of the workflow was given no value; it gets one in Python: '
            'inputs={"rows": …}',
        ),
        (
            {"rows": 5},
            "/nodes/rows",
            'the input "rows" of the workflow takes a table, got an int; pl.DataFrame(…) makes a '
            "table of columns, pl.from_pandas(…) of pandas'",
        ),
        (
            {"rows": table(1.0), "row": table(1.0)},
            "",
            'the workflow has no input "row". Did you mean "rows"?',
        ),
    ],
)
def test_inputs_that_do_not_fit_are_told(
    tmp_path: Path, inputs: dict[str, Any], pointer: str, message: str
) -> None:
    with pytest.raises(fe.WorkflowError) as caught:
        run(flow(TYPED, TYPED_WIRES), inputs=inputs, nodes=[NODES], workspace=tmp_path)
    assert [(item.pointer, item.message) for item in caught.value.problems] == [(pointer, message)]


def test_the_columns_of_an_input_are_checked(tmp_path: Path) -> None:
    import polars as pl

    with pytest.raises(fe.WorkflowError, match='no column "x" in the table'):
        run(
            flow(TYPED, TYPED_WIRES),
            inputs={"rows": pl.DataFrame({"y": [1.0]})},
            nodes=[NODES],
            workspace=tmp_path,
        )


def test_a_component_s_file_is_also_a_workflow(folder: Path) -> None:
    result = run(
        folder / "parts" / "scaling.json", inputs={"rows": table(1.0)}, nodes=[NODES],
        variables={"by": 10.0},
    )  # fmt: skip
    assert result.outputs.scaled["x"].to_list() == [10.0]
    assert json.loads(json.dumps(result.to_json()))["status"] == "done"


def test_what_is_set_for_a_run_counts_for_inputs_too(tmp_path: Path) -> None:
    inner = {"i": ("flow.input", {"port_type": "variable"}), "a": "local.add"}
    nodes = {"n": "local.number", "c": component(inner, ["i.out a.numbers"])}
    options: dict[str, Any] = {"nodes": [NODES], "workspace": tmp_path}
    assert run(flow(nodes, ["n.out c.i"]), **options)["c/a"].out == 1
    with pytest.raises(fe.WorkflowError, match=r'gives a variable, but "c\.i" takes a table'):
        run(flow(nodes, ["n.out c.i"]), settings={"c/i.port_type": "table"}, **options)
