"""Faults of a node's author, told while a workflow is configured."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.engine import NODES, flow, told, write_node

from flowengine.api import run, validate


def test_an_author_s_fault_in_configure_is_told_with_its_line(tmp_path: Path) -> None:
    write_node(
        tmp_path,
        "bad",
        '''
        @node(title="Bad")
        class Bad(Node):
            """Bad."""

            def configure(self) -> str:
                return [][1]

            def execute(self) -> int:
                return 1
        ''',
    )
    write_node(
        tmp_path,
        "worse",
        '''
        @node(title="Worse")
        class Worse(Node):
            """Worse."""

            def configure(self) -> pl.Schema:
                return "text"

            def execute(self) -> pl.DataFrame:
                return pl.DataFrame()
        ''',
    )
    plan = validate(flow({"a": "local.bad", "b": "local.worse"}), nodes=[tmp_path])
    assert told(plan) == {
        "/nodes/a": "configure failed: IndexError: list index out of range (bad.py, line 16)",
        "/nodes/b": 'Worse.configure gave a str for the output "out", which is a table; '
        "expected a Mapping",
    }


MUTE = '''
from flowengine import Node, node


class Speechless(Exception):
    def __str__(self) -> str:
        raise ValueError("no text")


pass  # at import


@node(title="Mute")
class Mute(Node):
    """Fail without a word."""

    def configure(self) -> str:
        pass  # configure
        return "int"

    def execute(self) -> int:
        pass  # execute
        return 1
'''


def test_a_node_cannot_end_the_planning(tmp_path: Path) -> None:
    write_node(
        tmp_path,
        "exits",
        '''
        @node(title="Exits")
        class Exits(Node):
            """Exits."""

            def configure(self) -> str:
                raise SystemExit(4)

            def execute(self) -> int:
                return 1
        ''',
    )
    plan = validate(flow({"a": "local.exits", "b": "local.exits"}), nodes=[tmp_path])
    sentence = "configure failed: SystemExit: 4 (exits.py, line 16)"
    assert told(plan) == {"/nodes/a": sentence, "/nodes/b": sentence}


@pytest.mark.parametrize("place", ["at import", "configure", "execute"])
def test_an_error_that_cannot_tell_its_text_is_told_by_its_name(tmp_path: Path, place: str) -> None:
    (tmp_path / "mute.py").write_text(MUTE.replace(f"pass  # {place}", "raise Speechless"))
    work = flow({"a": "local.mute"})
    if place == "execute":
        result = run(work, nodes=[tmp_path], workspace=tmp_path, check=False)
        message = result.nodes["a"].error or ""
    else:
        [message] = told(validate(work, nodes=[tmp_path])).values()
    assert "Speechless: its text cannot be read (" in message
    assert "mute.py, line" in message


def test_a_node_that_changes_what_it_is_given_changes_it_for_itself(tmp_path: Path) -> None:
    write_node(
        tmp_path,
        "meddler",
        '''
        @node(title="Meddler")
        class Meddler(Node):
            """Add a column to the very table it was given."""

            def configure(self, table: pl.Schema) -> pl.Schema:
                table["more"] = pl.Int64()
                return table

            def execute(self, table: pl.DataFrame) -> pl.DataFrame:
                table.insert_column(table.width, pl.Series("more", range(table.height)))
                return table
        ''',
    )
    work = flow(
        {"data": "local.table", "a": "local.meddler", "b": "local.meddler", "n": "local.count"},
        ["data.out a.table", "data.out b.table", "data.out n.table"],
    )
    result = run(work, nodes=[NODES, tmp_path], workspace=tmp_path, fresh=True)
    columns = result["data"].out.columns
    assert "more" not in columns
    assert result["a"].out.columns == result["b"].out.columns == [*columns, "more"]
