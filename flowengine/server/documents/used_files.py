"""The files that a workflow reads, to see when one of them changes on disk."""

from __future__ import annotations

from pathlib import Path

from flowengine.errors import FlowEngineError
from flowengine.paths import DATA_SCHEME, resolve
from flowengine.planning.configure import file_settings
from flowengine.planning.plan import Plan

Stamp = tuple[int, int] | None


def stamps(paths: tuple[Path, ...]) -> tuple[Stamp, ...]:
    """Return size and time of files, ``None`` for one that is not there."""
    return tuple(map(stamp, paths))


def stamp(path: Path) -> Stamp:
    """Return size and time of a file, ``None`` where there is none."""
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_size, facts.st_mtime_ns


def used_files(plan: Plan) -> tuple[Path, ...]:
    """Return the files that nodes read and those that components lie in."""
    named: list[tuple[str, Path]] = []
    for planned in plan.nodes.values():
        for name, mark in file_settings(planned.cls) if planned.cls else ():
            value = planned.settings_given.get(name)
            if mark.mode != "write" and isinstance(value, str):
                named.append((value, planned.base))
    for interface in plan.expansion.components.values():
        vertex = interface.vertex
        if vertex is not None and isinstance(vertex.settings.get("path"), str):
            named.append((vertex.settings["path"], vertex.base))
    found: dict[Path, None] = {}
    for value, base in named:
        if value.startswith(DATA_SCHEME):
            continue
        try:
            # as if to be written: a file that is not there yet may come
            found[resolve(value, base=base, workspace=plan.workspace, write=True)] = None
        except FlowEngineError:
            continue  # the report says what is wrong with it
    return tuple(found)
