"""The gate for old files: one table of steps, each from one file format to the next.

Nodes state their own past beside their class (``Node.upgrade``); only the format's steps are here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from flowengine.errors import Problem

FORMAT = 1
"""The file format this flowengine writes."""

STEPS: Mapping[int, Callable[[dict[str, Any]], dict[str, Any]]] = {}
"""From a format to the step that turns it into the next one."""


def migrate(data: dict[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Return a document in today's format, or as it came with the problem."""
    if "flowengine" not in data:
        return data, [
            Problem(
                "/flowengine",
                f'the key "flowengine" is missing, so this is no workflow; '
                f'expected "flowengine": {FORMAT}',
            )
        ]
    version = data["flowengine"]
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        text = f"{json.dumps(version)} is no file format; expected a whole number from 1 on"
        return data, [Problem("/flowengine", text)]
    if version > FORMAT:
        return data, [
            Problem(
                "/flowengine",
                f"the file has format {version}, written by a newer flowengine; "
                f"this one reads formats up to {FORMAT}",
            )
        ]
    while version < FORMAT:
        data = STEPS[version](data)
        version += 1
    return {**data, "flowengine": FORMAT}, []
