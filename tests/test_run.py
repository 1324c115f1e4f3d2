"""Runs: what is computed, in which order, what fails with whom; the same in worker processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from support.engine import NODES, write_node
from support.runs import DIAMOND, DIAMOND_WIRES, Run, cached

import flowengine as fe
from flowengine.running.result import Result

# Values and keys


def test_values_pass_through_the_graph(run: Run, log: Callable[[], list[str]]) -> None:
    result = run(DIAMOND, DIAMOND_WIRES)
    assert result.status == "done"
    assert result["sum"].out == 112
    assert result["left"].out == 11
    order = log()
    assert sorted(order) == ["left", "one", "right", "sum"]
    assert (order[0], order[-1]) == ("one", "sum")


def test_tables_pass_through_the_graph(run: Run) -> None:
    result = run(
        {
            "t": ("local.table", {"rows": 5}),
            "s": ("local.scale", {"column": "x", "by": 2.0}),
            "p": ("local.split", {"at": 2}),
            "c": "local.concat",
        },
        ["t.out s.table", "s.out p.table", "p.second c.tables.0", "p.first c.tables.1"],
    )
    assert result["c"].out["x"].to_list() == [4.0, 6.0, 8.0, 0.0, 2.0]
    assert result["p"].first.height == 2
    assert isinstance(result["c"].out, pl.DataFrame)


def test_results_are_found_again(run: Run, log: Callable[[], list[str]]) -> None:
    run(DIAMOND, DIAMOND_WIRES)
    log()
    again = run(DIAMOND, DIAMOND_WIRES)
    assert log() == []
    assert set(cached(again).values()) == {True}
    assert again["sum"].out == 112


def test_a_changed_setting_reruns_exactly_what_lies_below(
    run: Run, log: Callable[[], list[str]]
) -> None:
    run(DIAMOND, DIAMOND_WIRES)
    log()
    changed = run(DIAMOND, DIAMOND_WIRES, settings={"left.plus": 20})
    assert sorted(log()) == ["left", "sum"]
    assert cached(changed) == {"one": True, "left": False, "right": True, "sum": False}
    assert changed["sum"].out == 122


def test_a_value_written_another_way_reruns_nothing(run: Run, log: Callable[[], list[str]]) -> None:
    run({"s": ("local.pause", {"seconds": 0.01, "number": 0})})
    log()
    run({"s": ("local.pause", {"number": 0, "seconds": 1e-2, "listens": True})})
    assert log() == []


def test_a_renamed_node_is_the_same_work(run: Run, log: Callable[[], list[str]]) -> None:
    run({"a": "local.number", "b": "local.add"}, ["a.out b.numbers"])
    log()
    run({"x": "local.number", "y": "local.add"}, ["x.out y.numbers"])
    assert log() == []


def test_fresh_computes_everything_anew(run: Run, log: Callable[[], list[str]]) -> None:
    run(DIAMOND, DIAMOND_WIRES)
    log()
    result = run(DIAMOND, DIAMOND_WIRES, fresh=True)
    assert sorted(log()) == ["left", "one", "right", "sum"]
    assert not any(cached(result).values())


def test_until_runs_only_what_is_needed(run: Run, log: Callable[[], list[str]]) -> None:
    result = run(DIAMOND, DIAMOND_WIRES, until=["left"])
    assert sorted(log()) == ["left", "one"]
    assert list(result.nodes) == ["one", "left"]
    with pytest.raises(fe.FlowEngineError, match='"sum" has no value: it is not part of this run'):
        _ = result["sum"].out


def test_until_an_unknown_node_is_refused(run: Run) -> None:
    with pytest.raises(fe.WorkflowError, match='there is no node "lft" to run until'):
        run(DIAMOND, DIAMOND_WIRES, until=["lft"])


def test_variables_are_given_for_a_run(run: Run) -> None:
    nodes = {"n": ("local.number", {"value": {"$variable": "start"}})}
    assert run(nodes, written={"start": 4})["n"].out == 4
    assert run(nodes, written={"start": 4}, variables={"start": 5})["n"].out == 5


def test_a_setting_can_come_from_a_connection(run: Run, log: Callable[[], list[str]]) -> None:
    nodes = {"n": ("local.number", {"value": 4}), "t": "local.table", "c": "local.count"}
    wires = ["n.out t.rows", "t.out c.table"]
    result = run(nodes, wires)
    assert result["c"].out == 4
    assert sorted(log()) == ["c", "n", "t"]
    assert all(cached(run(nodes, wires)).values())
    assert run(nodes, wires, settings={"n.value": 6})["c"].out == 6


def test_a_connected_setting_that_does_not_fit_is_an_error_of_the_node(run: Run) -> None:
    result = run(
        {
            "t": "local.table",
            "n": ("local.number", {"value": -4}),
            "s": ("local.scale", {"column": "x"}),
        },
        ["t.out s.table", "n.out s.by"],
        check=False,
    )
    assert result.nodes["s"].error == 'the setting "by": expected a number of more than 0, got -4'


def test_a_seed_counts_where_settings_come_from_connections(run: Run, tmp_path: Path) -> None:
    write_node(
        tmp_path / "n",
        "seeded",
        """
        @node(title="Seeded", random=True)
        class Seeded(Node):
            seed: int | None = None
            times: int = 1

            def execute(self, ctx: Context) -> int:
                return ctx.seed * self.times
        """,
    )
    nodes = {
        "two": ("local.number", {"value": 2}),
        "written": ("local.seeded", {"seed": 7}),
        "connected": "local.seeded",
    }
    wires = ["two.out written.times", "two.out connected.seed"]
    result = run(nodes, wires, nodes=[NODES, tmp_path / "n"])
    assert (result["written"].out, result["connected"].out) == (14, 2)


def test_equal_nodes_are_computed_once(run: Run, log: Callable[[], list[str]]) -> None:
    names = [f"n{number}" for number in range(5)]
    result = run(
        {**dict.fromkeys(names, "local.number"), "a": "local.add", "b": "local.add"},
        [
            *(f"{name}.out a.numbers" for name in names),
            *(f"{name}.out b.numbers" for name in names),
        ],
    )
    assert (result["a"].out, result["b"].out) == (5, 5)
    assert len(log()) == 2
    assert [result[name].out for name in names] == [1] * 5
    assert {result.nodes[name].state for name in names} == {"done"}


def test_equal_nodes_fail_together(run: Run) -> None:
    result = run(
        {"t": "local.table", "a": "local.broken", "b": "local.broken", "c": "local.count"},
        ["t.out a.table", "t.out b.table", "b.out c.table"],
        check=False,
    )
    states = {path: node.state for path, node in result.nodes.items()}
    assert states == {"t": "done", "a": "failed", "b": "failed", "c": "skipped"}
    assert sorted(error.node for error in result.errors) == ["a", "b"]


# Failures


def test_a_failure_hurts_only_what_depends_on_it(run: Run) -> None:
    result = run(
        {
            "t": "local.table",
            "bad": "local.broken",
            "after": "local.count",
            "far": "local.add",
            "good": "local.count",
        },
        ["t.out bad.table", "bad.out after.table", "after.out far.numbers", "t.out good.table"],
        check=False,
    )
    assert result.status == "failed"
    assert {path: node.state for path, node in result.nodes.items()} == {
        "t": "done", "bad": "failed", "after": "skipped", "far": "skipped", "good": "done",
    }  # fmt: skip
    assert result["good"].out == 3
    with pytest.raises(fe.FlowEngineError, match='"after" has no value: it is skipped'):
        _ = result["after"].out


def test_an_author_s_error_names_the_author_s_line(run: Run) -> None:
    with pytest.raises(fe.RunError) as caught:
        run({"t": "local.table", "bad": "local.broken"}, ["t.out bad.table"])
    line = (
        (NODES / "broken.py")
        .read_text()
        .splitlines()
        .index("        raise ValueError(self.message)")
    )
    text = f'node "bad" (Broken): ValueError: this is wrong (broken.py, line {line + 1})'
    assert str(caught.value) == text
    [error] = caught.value.errors
    assert (error.node, error.title) == ("bad", "Broken")
    assert "Traceback" in error.detail
    assert isinstance(caught.value.result, Result)


def test_a_failed_node_is_tried_again(run: Run, log: Callable[[], list[str]]) -> None:
    nodes, wires = {"t": "local.table", "bad": "local.broken"}, ["t.out bad.table"]
    run(nodes, wires, check=False)
    log()
    run(nodes, wires, check=False)
    assert log() == ["bad"]


@pytest.mark.parametrize(
    ("gives", "message"),
    [
        ("y", 'configure promised a column "x", which execute did not give'),
        ("x", 'configure promised column "x" as Int64, execute gave Float64'),
    ],
)
def test_a_result_that_breaks_its_promise_is_an_error(run: Run, gives: str, message: str) -> None:
    result = run({"a": ("local.lie", {"gives": gives})}, check=False)
    error = result.nodes["a"].error
    assert error == f"{message} (a fault of the node, not of the workflow)"


def test_a_result_of_another_type_is_an_error(run: Run, tmp_path: Path) -> None:
    write_node(
        tmp_path / "n",
        "wrong",
        '''
        @node(title="Wrong")
        class Wrong(Node):
            """Give text as a table."""

            def execute(self) -> pl.DataFrame:
                return "text"
        ''',
    )
    write_node(
        tmp_path / "n",
        "pair",
        '''
        class Two(NamedTuple):
            one: int
            two: int


        @node(title="Pair")
        class Pair(Node):
            """Give one value for two."""

            def execute(self) -> Two:
                return 5
        ''',
    )
    result = run({"a": "local.wrong"}, nodes=[tmp_path / "n"], check=False)
    assert result.nodes["a"].error == (
        'execute gave a str for the output "out", which is a table '
        "(a fault of the node, not of the workflow)"
    )
    result = run({"a": "local.pair"}, nodes=[tmp_path / "n"], check=False)
    assert result.nodes["a"].error == (
        'execute must return a NamedTuple with "one", "two"; it gave an int '
        "(a fault of the node, not of the workflow)"
    )


def test_a_panic_of_a_library_fails_only_its_node(run: Run, tmp_path: Path) -> None:
    write_node(
        tmp_path / "n",
        "panics",
        '''
        @node(title="Panics")
        class Panics(Node):
            """Ask polars for what it cannot do: it raises what is no Exception."""

            def execute(self) -> str:
                return pl.DataFrame({"a": [b"x"]}).write_json()
        ''',
    )
    work = {"a": "local.panics", "b": "local.number"}
    result = run(work, nodes=[NODES, tmp_path / "n"], check=False)
    assert "PanicException" in (result.nodes["a"].error or "")
    assert result["b"].out == 1


def test_bytes_are_no_trouble_for_what_is_told_of_a_table(run: Run, tmp_path: Path) -> None:
    write_node(
        tmp_path / "n",
        "raw",
        '''
        @node(title="Raw")
        class Raw(Node):
            """Give bytes."""

            def execute(self) -> pl.DataFrame:
                return pl.DataFrame({"a": [b"x"], "b": [1]})
        ''',
    )
    result = run({"a": "local.raw"}, nodes=[tmp_path / "n"])
    assert result["a"].out.rows() == [(b"x", 1)]
    assert result.nodes["a"].outputs["out"]["rows"] == [{"b": 1}]


def test_a_node_cannot_end_the_process(run: Run) -> None:
    result = run({"a": ("local.die", {"how": "exit"}), "b": "local.number"}, check=False)
    assert result.nodes["a"].error is not None
    assert result.nodes["a"].error.startswith("SystemExit: 3 (die.py, line ")
    assert result["b"].out == 1


def test_a_node_cannot_cancel_the_run(run: Run, tmp_path: Path) -> None:
    write_node(
        tmp_path / "n",
        "quit",
        """
        from flowengine.errors import Cancelled

        @node(title="Quit")
        class Quit(Node):
            def execute(self) -> int:
                raise Cancelled
        """,
    )
    nodes = {"q": "local.quit", "a": "local.add", "b": "local.number"}
    result = run(nodes, ["q.out a.numbers"], nodes=[NODES, tmp_path / "n"], check=False)
    assert result.nodes["q"].error == "it raised Cancelled, though nobody has cancelled the run"
    assert (result.nodes["a"].state, result["b"].out) == ("skipped", 1)


def test_what_is_known_only_afterwards_is_configured_then(run: Run, tmp_path: Path) -> None:
    write_node(
        tmp_path / "n",
        "mystery",
        '''
        @node(title="Mystery")
        class Mystery(Node):
            """Make a table whose columns are known only afterwards."""

            column: str = "x"
            """Its column."""

            def execute(self) -> pl.DataFrame:
                return pl.DataFrame({self.column: [1, 2]})
        ''',
    )
    nodes = {"m": "local.mystery", "s": ("local.scale", {"column": "x", "by": 3.0})}
    options: dict[str, Any] = {"nodes": [tmp_path / "n", NODES], "check": False}
    assert run(nodes, ["m.out s.table"], **options)["s"].out["x"].to_list() == [3.0, 6.0]
    wrong = run({**nodes, "m": ("local.mystery", {"column": "y"})}, ["m.out s.table"], **options)
    assert wrong.nodes["s"].error == 'no column "x" in the table at "table". It has "y"'


# Events, warnings, contexts
