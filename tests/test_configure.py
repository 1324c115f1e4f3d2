"""What flows through the graph before anything runs: columns, shapes, files, seeds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import polars as pl
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

from flowengine.api import validate
from flowengine.markers import ColumnKind
from flowengine.planning.plan import Plan

MYSTERY = '''
@node(title="Mystery")
class Mystery(Node):
    """Make a table whose columns are known only afterwards."""

    def execute(self) -> pl.DataFrame:
        return pl.DataFrame({"x": [1]})
'''


def states(plan: Plan) -> dict[str, str]:
    return {path: node.state for path, node in plan.nodes.items()}


def test_schemas_flow_through_the_graph() -> None:
    plan = plan_of(
        {"t": "local.table", "s": ("local.scale", {"column": "x"}), "p": "local.split"},
        ["t.out s.table", "s.out p.table"],
    )
    assert plan.nodes["t"].specs["out"] == pl.Schema({"x": pl.Int64})
    assert plan.nodes["p"].specs["second"] == pl.Schema({"x": pl.Float64})
    assert set(states(plan).values()) == {"ready"}


def test_what_is_known_only_afterwards_makes_others_wait(tmp_path: Path) -> None:
    write_node(tmp_path, "mystery", MYSTERY)
    plan = validate(
        flow(
            {
                "m": "local.mystery",
                "s": ("local.scale", {"column": "anything"}),
                "n": "local.count",
                "t": "local.table",
                "k": "local.number",
            },
            ["m.out s.table", "s.out n.table", "n.out t.rows"],
        ),
        nodes=[tmp_path, NODES],
    )
    assert not plan.problems
    assert states(plan) == {
        "m": "ready", "s": "waiting", "n": "waiting", "t": "waiting", "k": "ready",
    }  # fmt: skip


def test_what_cannot_be_configured_does_not_stop_the_rest() -> None:
    plan = plan_of(
        {
            "t": "local.table",
            "bad": ("local.scale", {"column": "y"}),
            "after": "local.count",
            "good": ("local.scale", {"column": "x"}),
        },
        ["t.out bad.table", "bad.out after.table", "t.out good.table"],
    )
    assert list(told(plan)) == ["/nodes/bad/settings/column"]
    assert states(plan) == {
        "t": "ready", "bad": "not configured", "good": "ready", "after": "not configured",
    }  # fmt: skip


def test_configure_may_warn(tmp_path: Path) -> None:
    write_node(
        tmp_path,
        "careful",
        '''
        @node(title="Careful")
        class Careful(Node):
            """Warn."""

            def configure(self, ctx: ConfigureContext) -> str:
                ctx.warn(f"{ctx.node} is slow")
                ctx.warn(f"{ctx.node} is slow")
                return "int"

            def execute(self) -> int:
                return 1
        ''',
    )
    plan = validate(flow({"a": "local.careful"}), nodes=[tmp_path])
    assert plan.nodes["a"].warnings == ["a is slow"]
    assert not plan.problems


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("number", [pl.Int8(), pl.Float32(), pl.UInt64()], [pl.String(), pl.Boolean()]),
        ("integer", [pl.Int8(), pl.UInt64()], [pl.Float64(), pl.String(), pl.Boolean()]),
        ("text", [pl.String()], [pl.Int8(), pl.Enum(["a"])]),
        ("category", [pl.Enum(["a"]), pl.Categorical(), pl.String()], [pl.Int8()]),
        ("boolean", [pl.Boolean()], [pl.Int8()]),
        ("image", [pl.Array(pl.UInt8, (4, 4, 1))], [pl.Array(pl.UInt8, 4), pl.List(pl.UInt8)]),
        ("list", [pl.List(pl.Int8), pl.Array(pl.Int8, 3)], [pl.Int8(), pl.String()]),
        ("any", [pl.Int8(), pl.String(), pl.List(pl.Int8)], []),
    ],
)
def test_a_column_has_a_kind(
    tmp_path: Path, kind: ColumnKind, good: list[pl.DataType], bad: list[pl.DataType]
) -> None:
    from flowengine.errors import ConfigureError
    from flowengine.planning.configure import PlanContext, configure_node
    from flowengine.registry import Registry

    write_node(
        tmp_path,
        "pick",
        f'''
        @node(title="Pick")
        class Pick(Node):
            """Pick a column."""

            column: Annotated[str, Column("table", kind="{kind}")]

            def execute(self, table: pl.DataFrame) -> None: ...
        ''',
    )
    node = Registry.default([tmp_path]).load("local.pick")(column="c")  # type: ignore[call-arg]
    context = PlanContext("a", tmp_path, tmp_path, Registry.default().load_layer)
    for dtype in good:
        configure_node(node, {"table": pl.Schema({"c": dtype})}, context)
    for dtype in bad:
        schema = pl.Schema({"c": dtype, "fits": good[0]})
        with pytest.raises(ConfigureError, match='is needed; such columns are "fits"') as caught:
            configure_node(node, {"table": schema}, context)
        assert caught.value.setting == "column"


@pytest.mark.parametrize(
    ("hint", "value", "pointer"),
    [
        ('Annotated[str, Column("table")]', "z", "/nodes/a/settings/c"),
        ('Annotated[str | None, Column("table")] = None', "z", "/nodes/a/settings/c"),
        ('Annotated[str, Column("table")] | None = None', "z", "/nodes/a/settings/c"),
        ('Annotated[tuple[str, ...], Column("table")] = ()', ["x", "z"], "/nodes/a/settings/c"),
        ('tuple[Annotated[str, Column("table")], ...] = ()', ["x", "z"], "/nodes/a/settings/c"),
        (
            'Annotated[str, Column("table")] | dict[str, Annotated[str, Column("table")]] = "x"',
            {"any": "x", "name": "z"},
            "/nodes/a/settings/c",
        ),
    ],
)
def test_a_column_marker_is_found_wherever_it_stands(
    tmp_path: Path, hint: str, value: Any, pointer: str
) -> None:
    write_node(
        tmp_path,
        "pick",
        f'''
        @node(title="Pick")
        class Pick(Node):
            """Pick a column."""

            c: {hint}

            def execute(self, table: pl.DataFrame) -> None: ...
        ''',
    )
    nodes = {"t": "local.table", "a": ("local.pick", {"c": value})}
    plan = validate(flow(nodes, ["t.out a.table"]), nodes=[tmp_path, NODES])
    assert list(told(plan)) == [pointer]
    if "None" in hint or "()" in hint:
        plan = validate(
            flow({**nodes, "a": "local.pick"}, ["t.out a.table"]), nodes=[tmp_path, NODES]
        )
        assert not plan.problems


# Files

FILES = '''
@node(title="Copy")
class Copy(Node):
    """Copy a file."""

    source: Annotated[str, File("read")] = "a.txt"
    anything: Annotated[str, File("read_any")] | None = None
    target: Annotated[str, File("write")] | None = None

    def execute(self, ctx: Context) -> str:
        return ctx.path(self.source).read_text()
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_node(tmp_path / "nodes", "copy", FILES)
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "a.txt").write_text("hello")
    (tmp_path / "work" / "folder").mkdir()
    return tmp_path


def plan_in(folder: Path, **settings: Any) -> Plan:
    path = write(folder / "work" / "flow.json", document({"c": ("local.copy", settings)}))
    return validate(path, nodes=[folder / "nodes"])


def test_files_that_fit_are_no_problem(folder: Path) -> None:
    assert not plan_in(folder).problems
    assert not plan_in(folder, anything="a.txt", target="new/b.txt").problems
    assert not plan_in(folder, anything="folder").problems


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("source", "folder", '"folder" is a folder; expected a file'),
        ("source", "../x.txt", "leads out of the workspace"),
        ("source", "/etc/passwd", "leads out of the workspace"),
        ("source", "http://x.y/z", "is an address, expected a path"),
        ("source", "", "the path is empty"),
        ("anything", "../x", "leads out of the workspace"),
        ("target", "folder", '"folder" is a folder; expected the name of a file'),
        ("target", "../x.txt", "leads out of the workspace"),
        ("source", "data://mnits/train-images", 'Did you mean "mnist'),
    ],
)
def test_a_path_that_cannot_be_is_an_error(
    folder: Path, setting: str, value: str, message: str
) -> None:
    plan = plan_in(folder, **{setting: value})
    [problem] = plan.problems
    assert problem.severity == "error"
    assert problem.pointer == f"/nodes/c/settings/{setting}"
    assert message in problem.message


def test_a_file_that_is_not_there_is_a_warning_and_no_error(folder: Path) -> None:
    plan = plan_in(folder, source="b.txt")
    assert not plan.errors
    [problem] = plan.problems
    assert (problem.severity, problem.pointer) == ("warning", "/nodes/c/settings/source")
    assert problem.message.startswith('"b.txt" does not exist in the workflow\'s folder.')
    assert plan.nodes["c"].state == "waiting"
    assert plan.nodes["c"].missing == problem.message


# Seeds and networks


def test_seeds_are_derived_from_workflow_and_path() -> None:
    nodes = {"a": "local.number", "b": "local.number"}
    one, two, other = plan_of(nodes), plan_of(nodes), plan_of(nodes, seed=5)
    assert one.nodes["a"].seed == two.nodes["a"].seed
    assert one.nodes["a"].seed != one.nodes["b"].seed
    assert one.nodes["a"].seed != other.nodes["a"].seed
    assert 0 <= one.nodes["a"].seed < 2**31


def test_shapes_and_parameters_are_known_without_torch(tmp_path: Path) -> None:
    path = write(
        tmp_path / "flow.json",
        document(
            {
                "input": ("layer.input", {"shape": [28, 28, 1]}),
                "conv": ("layer.conv2d", {"filters": 8, "kernel_size": 3}),
                "flat": "layer.flatten",
                "dense": ("layer.dense", {"units": 10}),
            },
            ["input.out conv.network", "conv.out flat.network", "flat.out dense.network"],
        ),
    )
    program = f"""
import json, sys
import flowengine as fe
plan = fe.validate({str(path)!r})
print(json.dumps([
    [str(node.specs["out"].output_spec) for node in plan.nodes.values()],
    plan.nodes["dense"].specs["out"].parameters,
    [name for name in ("torch", "pyarrow", "starlette") if name in sys.modules],
    len(plan.problems),
]))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert json.loads(done.stdout) == [
        ["28×28×1", "26×26×8", "5408", "10"], 80 + 54090, [], 0,
    ], done.stderr  # fmt: skip


def test_a_layer_that_does_not_fit_is_told_at_its_node() -> None:
    plan = plan_of(
        {
            "input": ("layer.input", {"shape": [28]}),
            "conv": ("layer.conv2d", {"filters": 8, "kernel_size": 3}),
        },
        ["input.out conv.network"],
    )
    [(pointer, message)] = told(plan).items()
    assert pointer == "/nodes/conv"
    assert "28" in message


def test_two_nodes_cannot_write_one_file() -> None:
    nodes = {
        "t": "local.table",
        "a": ("local.save", {"path": "x/out.csv"}),
        "b": ("local.save", {"path": "x/../x/out.csv"}),
        "c": ("local.save", {"path": "out.csv"}),
    }
    assert problems(nodes, ["t.out a.table", "t.out b.table", "t.out c.table"]) == {
        "/nodes/b/settings/path": (
            '"x/../x/out.csv" is written by "a" too; give each a file of its own'
        )
    }


def test_a_time_limit_belongs_to_nodes_that_run() -> None:
    block = component({"n": "local.number"}) | {"timeout": 5}
    assert problems({"c": block}) == {
        "/nodes/c/timeout": (
            'a "flow.component" has no process of its own to be ended; give the nodes inside a '
            "time limit"
        )
    }
