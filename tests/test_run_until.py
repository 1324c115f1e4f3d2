"""A run until a node asks of the workflow only what that node needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.engine import NODES, component, plan_of, write_node
from support.runs import DIAMOND, DIAMOND_WIRES, Run

import flowengine as fe
from flowengine.planning.relevance import startable


def test_a_fault_elsewhere_does_not_stop_a_run_until_a_node(run: Run) -> None:
    nodes = {**DIAMOND, "wrong": ("local.scale", {"colum": "x"}), "alien": "no.such"}
    result = run(nodes, [*DIAMOND_WIRES, "sum.out wrong.table"], until=["sum"])
    assert result["sum"].out == 112


def test_a_fault_on_the_way_stops_it_with_that_fault_alone(run: Run) -> None:
    nodes = {**DIAMOND, "left": ("local.add", {"plus": "ten"}), "alien": "no.such"}
    with pytest.raises(fe.WorkflowError) as error:
        run(nodes, DIAMOND_WIRES, until=["sum"])
    assert [problem.pointer for problem in error.value.problems] == ["/nodes/left/settings/plus"]


def test_a_wrong_connection_into_a_needed_node_stops_it(run: Run) -> None:
    wires = [*DIAMOND_WIRES, "one.out left.nowhere"]
    with pytest.raises(fe.WorkflowError, match='has no input "nowhere"'):
        run(DIAMOND, wires, until=["sum"])
    assert run(DIAMOND, wires, until=["right"])["right"].out == 101


@pytest.mark.parametrize(
    ("alien", "wire", "pointer"),
    [
        ("no.such", "alien.out sum.numbers", "/nodes/alien/type"),
        ("no.such", "alien.out right.plus", "/nodes/alien/type"),
        ({"type": 7}, "alien.out sum.numbers", "/nodes/alien/type"),
        (component({"out": "flow.output"}), "alien.out sum.numbers", "/nodes/alien/nodes/out"),
    ],
    ids=["unknown type", "into a setting", "unreadable", "output that nothing feeds"],
)
def test_a_node_that_is_connected_to_what_nobody_knows_never_runs_without_it(
    run: Run, alien: Any, wire: str, pointer: str
) -> None:
    nodes, wires = {**DIAMOND, "alien": alien}, [*DIAMOND_WIRES, wire]
    with pytest.raises(fe.WorkflowError) as error:
        run(nodes, wires, until=["sum"])
    assert [problem.pointer for problem in error.value.problems] == [pointer]
    assert run(nodes, wires, until=["left"])["left"].out == 11
    assert "sum" not in startable(plan_of(nodes, wires))


OPEN = {"optional": True, "port_type": "variable"}
TAKING = {"port_type": "variable"}


def handing(settings: dict[str, Any]) -> dict[str, Any]:
    """Return a component that hands its input on, as its output, and does nothing else."""
    nodes = {"maybe": ("flow.input", settings), "on": "flow.output"}
    return component(nodes, ["maybe.out on.value"])


HANDED = [*DIAMOND_WIRES, "handing.on sum.numbers"]


def test_an_input_left_open_cuts_nothing_off(run: Run) -> None:
    nodes = {**DIAMOND, "handing": handing(OPEN), "alien": "no.such"}
    assert run(nodes, HANDED, until=["sum"])["sum"].out == 112
    assert "sum" in startable(plan_of(nodes, HANDED))


@pytest.mark.parametrize(
    ("settings", "wires", "pointer"),
    [
        (TAKING, [], "/nodes/handing"),
        (OPEN, ["table.out handing.maybe"], "/connections/5"),
        (OPEN, ["one.out handing.mabe"], "/connections/5"),
        (OPEN, ["one.out handing.maybe.1"], "/connections/5"),
        ({**OPEN, "port_type": "varable"}, [], "/nodes/handing/nodes/maybe/settings/port_type"),
    ],
    ids=["needs a value", "of another type", "misspelt", "with a place", "of no type"],
)
@pytest.mark.parametrize("target", ["sum.numbers", "sum.plus"])
def test_what_is_wrong_with_a_component_stops_what_it_hands_a_value_to(
    run: Run, settings: dict[str, Any], wires: list[str], pointer: str, target: str
) -> None:
    extra = {"table": "local.table", "handing": handing(settings), "alien": "no.such"}
    nodes, connections = {**DIAMOND, **extra}, [*DIAMOND_WIRES, f"handing.on {target}", *wires]
    with pytest.raises(fe.WorkflowError) as error:
        run(nodes, connections, until=["sum"])
    assert [problem.pointer for problem in error.value.problems] == [pointer]
    assert run(nodes, connections, until=["left"])["left"].out == 11
    found = startable(plan_of(nodes, connections))
    assert "sum" not in found
    assert "left" in found


def test_what_is_wrong_with_a_component_stops_a_run_until_it(run: Run) -> None:
    with pytest.raises(fe.WorkflowError, match='the input "maybe" of the component is not'):
        run({**DIAMOND, "handing": handing(TAKING)}, DIAMOND_WIRES, until=["handing"])


def test_what_is_wrong_with_a_component_stops_what_takes_it_through_another(run: Run) -> None:
    outer = component(
        {"in": ("flow.input", OPEN), "handing": handing(OPEN), "out": "flow.output"},
        ["in.out handing.mabe", "handing.on out.value"],
    )
    nodes, wires = {**DIAMOND, "outer": outer}, [*DIAMOND_WIRES, "outer.out sum.numbers"]
    with pytest.raises(fe.WorkflowError) as error:
        run(nodes, wires, until=["sum"])
    assert [item.pointer for item in error.value.problems] == ["/nodes/outer/connections/0"]
    assert "sum" not in startable(plan_of(nodes, wires))


def test_what_components_pass_round_stops_what_it_is_handed_to(run: Run) -> None:
    handers = {name: handing(OPEN) for name in ("first", "second", "third")}
    nodes = {**DIAMOND, **handers}
    wires = [
        *DIAMOND_WIRES,
        "first.on third.maybe",
        "first.on second.maybe",
        "second.on first.maybe",
        "first.on sum.numbers",
    ]
    with pytest.raises(fe.WorkflowError, match="goes round in a circle of components"):
        run(nodes, wires, until=["sum"])
    assert "sum" not in startable(plan_of(nodes, wires))
    assert run(nodes, wires, until=["left"])["left"].out == 11


def test_a_circle_elsewhere_does_not_stop_it(run: Run) -> None:
    nodes = {**DIAMOND, "a": "local.add", "b": "local.add", "c": "local.add"}
    wires = [*DIAMOND_WIRES, "a.out b.numbers", "b.out a.numbers", "b.out c.numbers"]
    assert run(nodes, wires, until=["sum"])["sum"].out == 112
    for name in ("a", "c"):
        with pytest.raises(fe.WorkflowError, match="in a circle: a → b → a"):
            run(nodes, wires, until=[name])


def test_a_missing_file_elsewhere_does_not_stop_it(run: Run, log: Callable[[], list[str]]) -> None:
    nodes = {**DIAMOND, "file": ("local.scan", {"path": "missing.txt"})}
    with pytest.raises(fe.WorkflowError, match=r"missing\.txt"):
        run(nodes, DIAMOND_WIRES)
    assert run(nodes, DIAMOND_WIRES, until=["sum"])["sum"].out == 112


def test_a_wrong_name_is_named(run: Run) -> None:
    with pytest.raises(fe.WorkflowError, match=r'no node "summ".*Did you mean "sum"'):
        run(DIAMOND, DIAMOND_WIRES, until=["summ"])


def test_a_file_that_cannot_be_read_elsewhere_does_not_stop_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "round").symlink_to("round")
    look = """
        @node(title="Look")
        class Look(Node):
            path: Annotated[str, File("read_any")]

            def execute(self) -> int:
                return 1
    """
    write_node(tmp_path / "nodes", "look", look)
    nodes = {**DIAMOND, "look": ("local.look", {"path": "pictures"})}
    folders = [NODES, tmp_path / "nodes"]
    with pytest.raises(fe.WorkflowError, match="Too many levels") as error:
        run(nodes, DIAMOND_WIRES, nodes=folders)
    assert [problem.pointer for problem in error.value.problems] == ["/nodes/look/settings/path"]
    assert run(nodes, DIAMOND_WIRES, nodes=folders, until=["sum"])["sum"].out == 112


def test_an_output_is_told_with_the_node_that_feeds_it(run: Run) -> None:
    nodes = {**DIAMOND, "result": "flow.output"}
    wires = [*DIAMOND_WIRES, "sum.out result.value"]
    with pytest.raises(fe.WorkflowError, match=r'"result" is an output; .* such as "sum"'):
        run(nodes, wires, until=["result"])
