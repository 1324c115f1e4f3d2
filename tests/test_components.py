"""Components: workflows used as nodes, in line and by file, nested."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.engine import NODES, component, document, flow, plan_of, problems, told, write

import flowengine as fe
from flowengine.api import run, validate
from flowengine.events import Event
from flowengine.expand import DEEPEST
from flowengine.plan import Plan

# in → scale → out
SCALING = component(
    {
        "rows": "flow.input",
        "scale": ("local.scale", {"column": "x", "by": {"$variable": "by"}}),
        "scaled": "flow.output",
    },
    ["rows.out scale.table", "scale.out scaled.value"],
    variables={"by": 2.0},
)
USE = {"data": "local.table", "block": SCALING, "count": "local.count"}
WIRES = ["data.out block.rows", "block.scaled count.table"]


def only(found: dict[str, str]) -> tuple[str, str]:
    [(pointer, message)] = found.items()
    return pointer, message


def changed(block: dict[str, Any], **nodes: Any) -> dict[str, Any]:
    return {**block, "nodes": {**block["nodes"], **nodes}}


def test_a_component_is_expanded_into_paths() -> None:
    plan = plan_of(USE, WIRES)
    assert not plan.problems
    assert list(plan.nodes) == ["data", "block/scale", "count"]
    assert plan.nodes["block/scale"].inputs == {"table": ("data", "out")}
    assert plan.nodes["count"].inputs == {"table": ("block/scale", "out")}
    assert plan.components == {"block": {"scaled": ("block/scale", "out")}}
    assert plan.nodes["block/scale"].pointer == "/nodes/block/nodes/scale"


def test_specs_flow_through_a_component() -> None:
    plan = plan_of(
        {**USE, "last": ("local.scale", {"column": "y"})}, [*WIRES[:1], "block.scaled last.table"]
    )
    assert told(plan)["/nodes/last/settings/column"].endswith('It has "x"')


def test_a_variable_of_a_component_has_a_value_and_can_have_another() -> None:
    def factor(plan: Plan) -> float:
        assert not plan.problems
        node = plan.nodes["block/scale"].node
        assert node is not None
        return float(node.model_dump()["by"])

    assert factor(plan_of(USE, WIRES)) == 2.0
    other = {**USE, "block": {**SCALING, "settings": {"variables": {"by": 5.0}}}}
    assert factor(plan_of(other, WIRES)) == 5.0
    bound = {**USE, "block": {**SCALING, "settings": {"variables": {"by": {"$variable": "top"}}}}}
    assert factor(plan_of(bound, WIRES, variables={"top": 7.0})) == 7.0
    given = validate(flow(USE, WIRES), nodes=[NODES], settings={"block.variables.by": 3.0})
    assert factor(given) == 3.0
    inner = validate(flow(USE, WIRES), nodes=[NODES], settings={"block/scale.by": 4.0})
    assert factor(inner) == 4.0


def test_a_variable_the_component_does_not_have_is_told() -> None:
    nodes = {**USE, "block": {**SCALING, "settings": {"variables": {"bye": 5.0}}}}
    assert problems(nodes, WIRES) == {
        "/nodes/block/settings/variables/bye": 'the component has no variable "bye". '
        'Did you mean "by"?'
    }


def test_faults_inside_have_the_whole_pointer() -> None:
    block = changed(SCALING, scale={"type": "local.scale", "settings": {"column": "x", "by": "2"}})
    outer = component(
        {"rows": "flow.input", "deep": block, "n": "local.count"},
        ["rows.out deep.rows", "deep.scaled n.table"],
    )
    found = problems({"data": "local.table", "outer": outer}, ["data.out outer.rows"])
    assert found == {
        "/nodes/outer/nodes/deep/nodes/scale/settings/by": 'expected a number, got "2"'
    }


def test_an_unreadable_node_inside_leaves_the_rest_to_be_checked() -> None:
    block = changed(
        SCALING, scale={"type": 5}, other={"type": "local.number", "settings": {"v": 1}}
    )
    found = problems({**USE, "block": block}, WIRES)
    assert found == {
        "/nodes/block/nodes/scale/type": "expected text, got 5",
        "/nodes/block/nodes/other/settings/v": 'there is no setting "v". Known are "value"',
    }


@pytest.mark.parametrize(
    ("wires", "pointer", "message"),
    [
        (
            ["data.out block.row", "block.scaled count.table", "data.out block.rows"],
            "/connections/0",
            '"block" has no input "row". Did you mean "rows"? It has "rows"',
        ),
        (
            ["data.out block.rows", "block.scald count.table"],
            "/connections/1",
            '"block" has no output "scald". Did you mean "scaled"? It has "scaled"',
        ),
        (
            [*WIRES, "data.out block.rows"],
            "/connections/2",
            '"block.rows" is fed twice; it takes one connection',
        ),
        (
            WIRES[1:],
            "/nodes/block",
            'the input "rows" of the component is not connected; it needs a table',
        ),
    ],
)
def test_a_faulty_connection_of_a_component_is_told(
    wires: list[str], pointer: str, message: str
) -> None:
    assert problems(USE, wires) == {pointer: message}


def test_the_input_of_a_component_has_a_type() -> None:
    found = problems({**USE, "data": "local.number"}, WIRES)
    assert found == {
        "/connections/0": '"data.out" gives a variable, but "block.rows" takes a table'
    }


def test_what_a_component_gives_has_the_type_of_what_is_inside() -> None:
    found = problems({**USE, "count": "local.add"}, [WIRES[0], "block.scaled count.numbers"])
    assert found == {
        "/connections/1": '"block.scaled" gives a table, but "count.numbers" takes a variable'
    }


@pytest.mark.parametrize(
    ("wire", "message"),
    [
        ("rows.value scale.table", '"block/rows" has no output "value". It has "out"'),
        ("scale.out scaled.table", '"block/scaled" has no input "table". Did you mean "value"?'),
        ("scale.out rows.value", '"block/rows" is an input: it takes no connection'),
        ("scaled.out scale.table", '"block/scaled" is an output: it gives nothing to other nodes'),
    ],
)  # fmt: skip
def test_faulty_connections_of_inputs_and_outputs_are_told(wire: str, message: str) -> None:
    block = {**SCALING, "connections": [*SCALING["connections"]]}
    for number, item in enumerate(SCALING["connections"]):
        if (
            item["to"] == wire.split()[1]
            or item["to"].partition(".")[0] == wire.split()[1].partition(".")[0]
        ):
            block["connections"][number] = dict(zip(("from", "to"), wire.split(), strict=True))
            break
    else:
        block["connections"].append(dict(zip(("from", "to"), wire.split(), strict=True)))
    found = problems({**USE, "block": block}, WIRES)
    assert any(text.startswith(message) for text in found.values()), found


def test_an_output_without_a_connection_is_told() -> None:
    block = {**SCALING, "connections": SCALING["connections"][:1]}
    assert problems({**USE, "block": block}, WIRES) == {
        "/nodes/block/nodes/scaled": 'nothing is connected to the output "block/scaled"'
    }


def test_an_output_takes_one_connection() -> None:
    block = {**SCALING, "connections": [*SCALING["connections"], SCALING["connections"][1]]}
    assert problems({**USE, "block": block}, WIRES) == {
        "/nodes/block/connections/2": '"block/scaled.value" is fed twice; it takes one connection'
    }


def test_settings_of_inputs_outputs_and_components_are_checked() -> None:
    block = changed(
        SCALING,
        rows={"type": "flow.input", "settings": {"port_type": "tabel", "optinal": True}},
        scaled={"type": "flow.output", "settings": {"name": "x"}},
    )
    found = problems({**USE, "block": {**block, "settings": {"variable": {}}}}, WIRES)
    assert found == {
        "/nodes/block/settings/variable": 'there is no setting "variable". '
        'Did you mean "variables"?',
        "/nodes/block/nodes/rows/settings/port_type": 'expected "table", "network", "model", '
        '"chart" or "variable", got "tabel". Did you mean "table"?',
        "/nodes/block/nodes/rows/settings/optinal": 'there is no setting "optinal". '
        'Did you mean "optional"?',
        "/nodes/block/nodes/scaled/settings/name": 'there is no setting "name".',
    }


def optional(inner: str) -> dict[str, Any]:
    wires = {"local.count": "maybe.out n.table", "local.concat": "maybe.out n.more"}
    more = ["always.out n.tables"] if inner == "local.concat" else []
    return component(
        {
            "maybe": ("flow.input", {"optional": True}),
            "always": "flow.input",
            "n": inner,
        },
        [wires[inner], *more],
    )


def test_an_optional_input_may_stay_open_where_it_is_not_needed() -> None:
    nodes = {"data": "local.table", "block": optional("local.concat")}
    assert not problems(nodes, ["data.out block.always"])
    fed = plan_of(nodes, ["data.out block.always", "data.out block.maybe"])
    assert fed.nodes["block/n"].inputs["more"] == ("data", "out")


def test_an_optional_input_that_stays_open_is_missed_where_it_is_needed() -> None:
    nodes = {"data": "local.table", "block": optional("local.count")}
    assert problems(nodes, ["data.out block.always"]) == {
        "/nodes/block/nodes/n": 'the input "table" needs a table, but "block/maybe" is optional '
        "and gets none"
    }
    outer = component(
        {"maybe": ("flow.input", {"optional": True}), "always": "flow.input", "in": nodes["block"]},
        ["maybe.out in.maybe", "always.out in.always"],
    )
    found = problems({"data": "local.table", "o": outer}, ["data.out o.always"])
    assert list(found) == ["/nodes/o/nodes/in/nodes/n"]


def test_a_value_that_components_pass_round_is_told() -> None:
    through = component({"a": "flow.input", "b": "flow.output"}, ["a.out b.value"])
    found = problems({"one": through, "two": through}, ["one.b two.a", "two.b one.a"])
    pointer, message = only(found)
    assert pointer.startswith("/")
    assert "goes round in a circle of components; nobody makes it" in message


def test_a_component_passes_a_value_straight_through() -> None:
    through = component({"a": "flow.input", "b": "flow.output"}, ["a.out b.value"])
    plan = plan_of(
        {"data": "local.table", "one": through, "two": through, "n": "local.count"},
        ["data.out one.a", "one.b two.a", "two.b n.table"],
    )
    assert not plan.problems
    assert plan.nodes["n"].inputs == {"table": ("data", "out")}


def test_a_cycle_through_a_component_is_named_by_paths() -> None:
    block = component(
        {"a": ("flow.input", {"port_type": "variable"}), "plus": "local.add", "b": "flow.output"},
        ["a.out plus.numbers", "plus.out b.value"],
    )
    found = problems(
        {"block": block, "more": "local.add"}, ["block.b more.numbers", "more.out block.a"]
    )
    assert found == {
        "/nodes/block/nodes/plus": "these nodes feed each other in a circle: "
        "block/plus → more → block/plus"
    }


def test_an_empty_component_is_told() -> None:
    assert problems({"block": "flow.component"}) == {
        "/nodes/block": 'the component is empty; it needs "nodes", or the setting "path"'
    }


def test_components_stand_in_each_other_only_so_deep() -> None:
    def nested(levels: int) -> dict[str, str]:
        block: dict[str, Any] = component({"n": "local.number"})
        for _ in range(levels - 1):
            block = component({"c": block})
        return problems({"c": block})

    assert not nested(DEEPEST)
    pointer, message = only(nested(DEEPEST + 1))
    assert message == f"components stand in each other deeper than {DEEPEST}"
    assert pointer.count("/nodes/c") == DEEPEST + 1


# By file


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
    monkeypatch.setattr("flowengine.expand.MOST", 2_000)
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
            'the input "rows" of the workflow was given no value',
        ),
        (
            {"rows": 5},
            "/nodes/rows",
            'the input "rows" of the workflow takes a table, got a int',
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
