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


def test_an_input_left_open_cuts_nothing_off(run: Run) -> None:
    handing = component(
        {"maybe": ("flow.input", {"optional": True, "port_type": "variable"}), "on": "flow.output"},
        ["maybe.out on.value"],
    )
    nodes = {**DIAMOND, "handing": handing, "alien": "no.such"}
    wires = [*DIAMOND_WIRES, "handing.on sum.numbers"]
    assert run(nodes, wires, until=["sum"])["sum"].out == 112
    assert "sum" in startable(plan_of(nodes, wires))


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
