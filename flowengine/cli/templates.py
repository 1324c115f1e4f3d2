"""The files that ``flowengine new`` writes; tests run what comes out."""

from __future__ import annotations

NODE = '''from __future__ import annotations

from typing import Annotated

import polars as pl
from flowengine import Column, Context, Node, node


@node(title="{title}")
class {cls}(Node):
    """Keep the rows whose value is at least a threshold.

    The first line is the tooltip in the editor, what follows is the help page. Say what the node
    does with missing values: here, rows without a value are left out.
    """

    column: Annotated[str, Column("table", kind="number")]
    """Numeric column to test."""
    minimum: float = 0.0
    """Smallest value that is kept."""

    def configure(self, table: pl.Schema) -> pl.Schema:
        """Return what is known of the result before there is data."""
        return table

    def execute(self, table: pl.DataFrame, ctx: Context) -> pl.DataFrame:
        """Return the result; never change what comes in."""
        kept = table.filter(pl.col(self.column) >= self.minimum)
        if kept.is_empty():
            ctx.warn(f"no row has {{self.column}} >= {{self.minimum}}")
        return kept
'''

TEST = """from __future__ import annotations

from pathlib import Path

import polars as pl
from flowengine.testing import check_node

from {module} import {cls}


def test_rows_below_the_minimum_go(tmp_path: Path) -> None:
    table = pl.DataFrame({{"a": [1.0, 2.0, 3.0]}})
    settings = {{"column": "a", "minimum": 2.0}}
    out = check_node({cls}, folder=tmp_path, settings=settings, inputs={{"table": table}})["out"]
    assert out["a"].to_list() == [2.0, 3.0]
"""

PYPROJECT = """[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "{dashed}"
version = "0.1.0"
description = "A pack of nodes for flowengine"
requires-python = ">=3.11"
dependencies = ["flowengine"]

# The name on the left is the prefix of the pack's types: {name}.{example}
[project.entry-points."flowengine.nodes"]
{name} = "{package}"

[tool.hatch.build.targets.wheel]
packages = ["{package}"]
"""

README = """# {dashed}

A pack of nodes for flowengine.

    pip install -e .
    flowengine nodes {name}
    python -m pytest

One node per file in `{package}/`; the file's name is the type's name.
"""

INIT = '"""Nodes of the pack {name}."""\n'
