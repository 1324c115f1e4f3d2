"""Components: workflows used as nodes, in line and by file, nested."""

from __future__ import annotations

from typing import Any

import pytest

# in → scale → out
from support.blocks import SCALING, USE, WIRES, changed, only
from support.engine import NODES, component, flow, plan_of, problems, told

from flowengine.api import validate
from flowengine.planning.expand import DEEPEST
from flowengine.planning.plan import Plan


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


def test_an_input_that_stays_open_is_missed_where_another_component_hands_it_on() -> None:
    handing = component(
        {"maybe": ("flow.input", {"optional": True}), "on": "flow.output"}, ["maybe.out on.value"]
    )
    found = problems({"handing": handing, "n": "local.count"}, ["handing.on n.table"])
    assert found == {
        "/nodes/n": 'the input "table" needs a table, but "handing/maybe" is optional and gets none'
    }


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
