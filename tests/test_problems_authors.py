"""Faults of a node's author, told while a workflow is configured."""

from __future__ import annotations

from pathlib import Path

from support.engine import (
    flow,
    told,
    write_node,
)

from flowengine.api import validate


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
