"""A component that several tests use, and words on what was found in it."""

from __future__ import annotations

from typing import Any

from support.engine import component

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
