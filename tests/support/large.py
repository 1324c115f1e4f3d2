"""A workflow of many nodes: networks side by side, placed as the editor would place them."""

from __future__ import annotations

from typing import Any

from support.engine import document

LENGTH = 25
"""Nodes of one network."""


def large(count: int) -> dict[str, Any]:
    """Return a workflow of about so many nodes."""
    nodes: dict[str, Any] = {}
    wires: list[str] = []
    layout: dict[str, list[int]] = {}
    for row in range(count // LENGTH):
        before = f"input_{row}"
        nodes[before] = ("layer.input", {"shape": [8]})
        layout[before] = [0, row * 120]
        for column in range(1, LENGTH):
            name = f"dense_{row}_{column}"
            nodes[name] = ("layer.dense", {"units": 8, "activation": "relu"})
            layout[name] = [column * 240, row * 120]
            wires.append(f"{before}.out {name}.network")
            before = name
    return document(nodes, wires, name="Large", layout=layout)
