"""What is wrong with a workflow: all of it, each at its place, in words people understand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.engine import (
    NODES,
    component,
    document,
    flow,
    plan_of,
    problems,
    told,
    write,
    write_node,
)

from flowengine.api import run, validate
from flowengine.errors import WorkflowError
from flowengine.workflow import Workflow


def only(found: dict[str, str]) -> tuple[str, str]:
    [(pointer, message)] = found.items()
    return pointer, message


TABLE = {"data": "local.table"}


def test_a_workflow_in_order_has_no_problem() -> None:
    assert not problems({**TABLE, "by": ("local.scale", {"column": "x"})}, ["data.out by.table"])


def test_every_problem_of_a_file_stands_in_one_report() -> None:
    text = json.dumps(
        {
            "flowengine": 1,
            "nmae": "x",
            "nodes": {
                "a": {"type": "local.table", "settings": {"rows": "3", "colum": "y"}},
                "b": {"type": "local.tabel"},
                "c": {"type": "local.scale", "settings": {"by": -1}},
                "d": {"type": 5},
                "e": {"type": "local.count"},
                "F": {"type": "local.count"},
                "g": {"type": "local.table"},
                "h": {"type": "local.count", "timeout": "soon"},
            },
            "connections": [
                {"from": "a.out", "to": "c.table"},
                {"from": "g.oout", "to": "b.table"},
                {"from": "x.out", "to": "e.table"},
                {"from": "g.out"},
                {"from": "g.out", "to": "e.tabel"},
                {"from": "d.out", "to": "e.table"},
            ],
        }
    )
    plan = validate(Workflow.loads(text), nodes=[NODES])
    assert told(plan) == {
        "/nmae": 'there is no key "nmae". Did you mean "name"?',
        "/nodes/d/type": "expected text, got 5",
        "/nodes/h/timeout": 'expected a number, got "soon"',
        "/connections/3/to": 'the key "to" is required',
        "/nodes/F": '"F" is no node id; expected small letters, digits and "_", a letter first',
        "/connections/2": 'there is no node "x".',
        "/nodes/b/type": 'the pack "local" has no type "local.tabel". Did you mean "local.table"?',
        "/connections/1": '"g" has no output "oout". Did you mean "out"? It has "out"',
        "/connections/4": '"e" has no input "tabel". Did you mean "table"? It has "table"',
        "/nodes/a/settings/rows": 'expected a whole number, got "3"',
        "/nodes/a/settings/colum": 'there is no setting "colum". Did you mean "column"?',
        "/nodes/c/settings/column": 'the setting "column" is required',
        "/nodes/c/settings/by": "expected a number of more than 0, got -1",
    }


def test_a_run_refuses_with_the_same_report(tmp_path: Path) -> None:
    path = write(tmp_path / "flow.json", document({"a": "local.tabel", "b": "local.count"}))
    with pytest.raises(WorkflowError) as caught:
        run(path, nodes=[NODES])
    assert [item.pointer for item in caught.value.problems] == ["/nodes/a/type", "/nodes/b"]
    assert str(caught.value).startswith("flow: 2 problems\n  /nodes/a/type: the pack")


@pytest.mark.parametrize(
    ("type_id", "expected"),
    [
        ("local.tabel", 'the pack "local" has no type "local.tabel". Did you mean "local.table"?'),
        ("loca.table", 'no pack "loca" is installed, so there is no type "loca.table". '
                       'Did you mean "local.table"?'),
        ("table", '"table" is no node type; expected "pack.name". Did you mean "local.table"?'),
        ("layer.dens", 'Did you mean "layer.dense"?'),
        ("", '"" is no node type; expected "pack.name".'),
    ],
)  # fmt: skip
def test_an_unknown_type_is_told_with_one_near_it(type_id: str, expected: str) -> None:
    pointer, message = only(problems({"a": type_id}))
    assert pointer == "/nodes/a/type"
    assert expected in message


def test_what_hangs_on_an_unknown_type_is_no_news() -> None:
    found = problems(
        {"a": "foreign.reader", "b": "local.count", "c": "foreign.writer"},
        ["a.rows b.table", "b.out c.anything"],
    )
    assert list(found) == ["/nodes/a/type", "/nodes/c/type"]


def test_a_missing_input_is_told_at_its_node() -> None:
    assert problems({"a": "local.count"}) == {
        "/nodes/a": 'the input "table" is not connected; it needs a table'
    }


def test_an_optional_input_and_an_empty_list_differ() -> None:
    found = problems({**TABLE, "all": "local.concat"}, ["data.out all.more"])
    assert only(found)[1] == 'the input "tables" is not connected; it needs a table'


def test_an_input_takes_one_connection() -> None:
    found = problems(
        {"a": "local.table", "b": "local.table", "c": "local.count"},
        ["a.out c.table", "b.out c.table"],
    )
    assert found == {"/connections/1": '"c.table" is fed twice; it takes one connection'}


def test_a_list_takes_many_connections_but_each_place_once() -> None:
    nodes = {"a": "local.table", "b": "local.table", "c": "local.concat"}
    assert not problems(nodes, ["a.out c.tables.1", "b.out c.tables.0"])
    assert not problems(nodes, ["a.out c.tables", "b.out c.tables"])
    pointer, message = only(problems(nodes, ["a.out c.tables.0", "b.out c.tables.0"]))
    assert pointer == "/connections/1"
    assert message == 'two connections have the place 0 of "c.tables"'


def test_only_a_list_has_places() -> None:
    found = problems({**TABLE, "n": "local.count"}, ["data.out n.table.0"])
    assert found["/connections/0"] == '"n.table" takes one connection; leave out ".0"'


def test_a_port_takes_its_own_type() -> None:
    found = problems({"one": "local.number", "n": "local.count"}, ["one.out n.table"])
    assert found == {"/connections/0": '"one.out" gives a variable, but "n.table" takes a table'}


def test_a_setting_takes_a_variable() -> None:
    found = problems({**TABLE, "n": "local.number"}, ["data.out n.value"])
    assert found == {"/connections/0": '"data.out" gives a table, but "n.value" takes a variable'}


def test_a_setting_is_fed_once() -> None:
    found = problems({"a": "local.number", "b": "local.number"}, ["a.out b.value", "a.out b.value"])
    assert found == {"/connections/1": '"b.value" is fed twice; it takes one connection'}


def test_the_other_settings_of_a_fed_node_are_checked() -> None:
    found = problems(
        {"n": "local.number", "t": ("local.table", {"column": 5, "rwos": 1})}, ["n.out t.rows"]
    )
    assert set(found) == {"/nodes/t/settings/column", "/nodes/t/settings/rwos"}


def test_a_required_setting_may_come_from_a_connection() -> None:
    write_text = {"n": "local.number", **TABLE, "s": "local.scale"}
    assert not problems(write_text, ["data.out s.table", "n.out s.column"])


def test_a_cycle_is_named_by_its_nodes() -> None:
    found = problems(
        {"c": "local.add", "b": "local.add", "a": "local.add", "z": "local.add"},
        ["a.out b.numbers", "b.out c.numbers", "c.out a.numbers", "a.out z.numbers"],
    )
    assert found == {"/nodes/c": "these nodes feed each other in a circle: c → a → b → c"}


def test_two_cycles_are_two_problems() -> None:
    names = [f"n{number}" for number in range(4)]
    found = problems(
        dict.fromkeys(names, "local.add"),
        ["n0.out n1.numbers", "n1.out n0.numbers", "n2.out n3.numbers", "n3.out n2.numbers"],
    )
    assert list(found) == ["/nodes/n0", "/nodes/n2"]


def test_a_cycle_goes_through_settings_too() -> None:
    found = problems({"a": "local.number", "b": "local.number"}, ["a.out b.value", "b.out a.value"])
    assert found == {"/nodes/a": "these nodes feed each other in a circle: a → b → a"}


def test_a_node_connected_to_itself_is_told_at_the_connection() -> None:
    found = problems({"a": "local.add"}, ["a.out a.numbers"])
    assert found["/connections/0"] == 'the node "a" is connected to itself'


@pytest.mark.parametrize("name", ["A", "1a", "a-b", "a b", "ä", "", "_a", "a/b", "a.b"])
def test_a_bad_node_id_is_told(name: str) -> None:
    pointer, message = only(problems({name: "local.table"}))
    assert pointer == "/nodes/" + name.replace("/", "~1")
    assert message.startswith(f'"{name}" is no node id; expected small letters')


@pytest.mark.parametrize(
    ("ends", "message"),
    [
        ("data n.table", '"data" is no output; expected "node.port"'),
        ("data. n.table", '"data." is no output; expected "node.port"'),
        ("data.out.x n.table", '"data.out.x" is no output; expected "node.port"'),
        ("data.out n", '"n" is no input; expected "node.port" or "node.setting"'),
        ("data.out n.", '"n." is no input; expected "node.port" or "node.setting"'),
        ("data.out n.table.x", '"n.table.x" is no input; expected "node.port" or "node.setting"'),
        ("data.out n.table.", '"n.table." is no input; expected "node.port" or "node.setting"'),
        ("data.out m.table", 'there is no node "m".'),
        ("dta.out n.table", 'there is no node "dta". Did you mean "data"?'),
    ],
)
def test_a_connection_that_says_nothing_is_told(ends: str, message: str) -> None:
    found = problems({**TABLE, "n": "local.count"}, [ends])
    assert found["/connections/0"] == message


def test_a_newer_node_is_told_with_both_versions() -> None:
    found = problems({"a": {"type": "local.table", "version": 7}})
    assert found == {
        "/nodes/a/version": '"local.table" was saved by its version 7, but version 1 is installed '
        "here; update its pack"
    }


def test_an_older_node_is_upgraded_with_its_name_and_ports() -> None:
    plan = plan_of(
        {**TABLE, "s": ("local.times", {"column": "x", "factor": 2.0}), "n": "local.count"},
        ["data.out s.data", "s.result n.table"],
    )
    assert not plan.problems
    assert plan.nodes["s"].type == "local.scale"
    assert plan.nodes["s"].node is not None
    assert plan.nodes["s"].node.model_dump() == {"column": "x", "by": 2.0}
    assert plan.nodes["n"].inputs == {"table": ("s", "out")}


def test_an_upgrade_that_fails_is_a_problem_of_its_node(tmp_path: Path) -> None:
    write_node(
        tmp_path,
        "old",
        '''
        @node(title="Old", version=3)
        class Old(Node):
            """Old."""

            def execute(self) -> int:
                return 1

            @classmethod
            def upgrade(cls, settings, version):
                return {"x": settings["gone"]}
        ''',
    )
    plan = validate(flow({"a": "local.old"}), nodes=[tmp_path])
    assert told(plan) == {"/nodes/a/settings": "upgrade failed: KeyError: 'gone' (old.py, line 20)"}


def test_settings_of_a_node_without_any_are_told() -> None:
    found = problems({**TABLE, "n": ("local.count", {"rows": 1})}, ["data.out n.table"])
    assert found == {"/nodes/n/settings/rows": 'there is no setting "rows".'}


def test_a_number_where_text_belongs_is_told() -> None:
    found = problems({"t": ("local.table", {"column": 5})})
    assert found == {"/nodes/t/settings/column": "expected text, got 5"}


def test_a_column_that_is_not_there_is_told_with_one_near_it() -> None:
    found = problems(
        {"t": ("local.table", {"column": "length"}), "s": ("local.scale", {"column": "lenght"})},
        ["t.out s.table"],
    )
    assert found == {
        "/nodes/s/settings/column": 'no column "lenght" in the table at "table". '
        'Did you mean "length"? It has "length"'
    }


def test_an_unknown_variable_is_told_with_one_near_it() -> None:
    nodes = {"t": ("local.table", {"rows": {"$variable": "row"}})}
    found = problems(nodes, variables={"rows": 3, "other": 1})
    message = 'there is no variable "row". Did you mean "rows"? Known are "rows", "other"'
    assert found["/nodes/t/settings/rows"] == message


def test_a_variable_stands_for_no_node_s_settings_as_a_whole() -> None:
    found = problems({"t": ("local.table", {"$variable": "a"})}, variables={"a": 1})
    assert 'there is no setting "$variable"' in found["/nodes/t/settings/$variable"]


def test_a_variable_stands_alone() -> None:
    plan = plan_of({"t": ("local.table", {"rows": {"$variable": "a", "x": 1}})}, variables={"a": 1})
    assert (
        plan.problems[0].message
        == 'a variable stands as {"$variable": "name"} with nothing beside it'
    )


def check(nodes: dict[str, Any], **options: Any) -> dict[str, str]:
    return told(validate(flow(nodes, variables={"size": 4}), nodes=[NODES], **options))


def test_a_setting_of_an_unknown_node_cannot_be_given() -> None:
    assert check({"learner": "local.number"}, settings={"lerner.value": 1}) == {
        "": '"lerner.value" cannot be set: there is no node "lerner". Did you mean "learner"?'
    }


def test_an_unknown_setting_cannot_be_given() -> None:
    assert check({"t": "local.table"}, settings={"t.row": 1}) == {
        "/nodes/t/settings/row": 'there is no setting "row". Did you mean "rows"?'
    }


@pytest.mark.parametrize("name", ["t", "t.", ".rows", ""])
def test_a_setting_is_given_by_node_and_name(name: str) -> None:
    message = f'"{name}" names no setting; expected "node.setting"'
    assert check({"t": "local.table"}, settings={name: 1}) == {"": message}


def test_a_given_setting_is_checked_like_a_written_one() -> None:
    found = check({"t": "local.table"}, settings={"t.rows": "many"})
    assert found == {"/nodes/t/settings/rows": 'expected a whole number, got "many"'}


def test_a_connected_setting_cannot_be_given() -> None:
    plan = validate(
        flow({"n": "local.number", "t": "local.table"}, ["n.out t.rows"]),
        nodes=[NODES],
        settings={"t.rows": 5},
    )
    message = 'the setting "rows" comes from a connection; it cannot be set for a run'
    assert told(plan) == {"/nodes/t": message}


def test_an_unknown_variable_cannot_be_given() -> None:
    found = check({"t": "local.table"}, variables={"sice": 1})
    message = 'the workflow has no variable "sice". Did you mean "size"? It has "size"'
    assert found == {"/variables": message}


def test_a_part_of_a_choice_can_be_given_alone() -> None:
    plan = validate(
        flow({"d": ("layer.dense", {"units": 3, "kernel_regularizer": "l2"})}),
        settings={"d.kernel_initializer.seed": 3, "d.kernel_regularizer.l2": 0.5},
    )
    node = plan.nodes["d"].node
    assert node is not None
    settings = node.model_dump()
    assert settings["kernel_initializer"]["type"] == "glorot_uniform"
    assert settings["kernel_initializer"]["seed"] == 3
    assert settings["kernel_regularizer"] == {"type": "l2", "l2": 0.5}


def test_only_a_component_holds_nodes() -> None:
    inner = component({"x": "local.table"}) | {"type": "local.table"}
    pointer, message = only(problems({"t": inner}))
    assert (pointer, message) == (
        "/nodes/t",
        'only a "flow.component" holds nodes, not a "local.table"',
    )


@pytest.mark.parametrize("place", ["9" * 5000, "-1", "²", "٣", "1.0", "1e3", ""])
def test_a_place_that_is_no_number_is_told(place: str) -> None:
    found = problems({"a": "local.number", "b": "local.add"}, [f"a.out b.numbers.{place}"])
    assert "is no input" in found["/connections/0"]


def test_connections_without_places_keep_their_order_among_those_with_one() -> None:
    nodes = {"a": "local.number", "b": "local.number", "c": "local.number", "d": "local.add"}
    wires = ["a.out d.numbers", "b.out d.numbers.3", "c.out d.numbers"]
    sources = plan_of(nodes, wires).nodes["d"].inputs["numbers"]
    assert isinstance(sources, list)
    assert [source.path for source in sources] == ["a", "b", "c"]
