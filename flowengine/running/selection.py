"""What a run has to do: works back from what is wanted and stops at what the store has."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flowengine.planning.expansion import Source
from flowengine.planning.plan import Plan, PlannedNode
from flowengine.store import Record, Store


@dataclass(frozen=True)
class Selection:
    """Which nodes run, and which are known already.

    Args:
        run: Paths to execute, in topological order.
        known: Record of each node whose result is in the store; some of them run all the same,
            because their value was not worth keeping and somebody needs it now.
        seen: Every record there was for the keys, by key, also those that do not count.
    """

    run: tuple[str, ...]
    known: Mapping[str, Record]
    seen: Mapping[str, Record]


def select(
    plan: Plan, store: Store, *, until: Collection[str], values: Collection[str], fresh: bool
) -> Selection:
    """Return what has to run.

    Args:
        plan: The plan, with keys.
        store: Where results are.
        until: Paths that are wanted (components stand for all in them); empty: everything.
        values: Paths whose values must be there afterwards, also where the result is known.
        fresh: Whether to compute everything anew.
    """
    wanted = _wanted(plan, until)
    keys = {path: plan.nodes[path].key for path in wanted}
    found = store.lookup([key for key in keys.values() if key is not None])
    known = {
        path: found[key]
        for path, key in keys.items()
        if not fresh and key is not None and key in found and is_good(found[key], store)
    }
    run: set[str] = set()
    needed: set[Source] = {
        Source(path, port) for path in values for port in plan.nodes[path].signature.outputs
    }
    for path in reversed(plan.nodes):
        if path not in wanted:
            continue
        planned = plan.nodes[path]
        if path not in known or any(
            Source(path, port) in needed and not store.has_value(planned.key or "", port)
            for port in planned.signature.outputs
        ):
            run.add(path)
            needed.update(planned.sources)
    return Selection(tuple(path for path in plan.nodes if path in run), known, found)


def ends(plan: Plan, among: Collection[str]) -> list[str]:
    """Return the nodes whose results none of these takes, among these."""
    taken = {source.path for path in among for source in plan.nodes[path].sources}
    return [path for path in among if path not in taken]


def _wanted(plan: Plan, until: Collection[str]) -> set[str]:
    if not until:
        return set(plan.nodes)
    pending = [
        path
        for path in plan.nodes
        if any(path == name or path.startswith(f"{name}/") for name in until)
    ]
    wanted: set[str] = set()
    while pending:
        path = pending.pop()
        if path not in wanted:
            wanted.add(path)
            pending += [source.path for source in plan.nodes[path].sources]
    return wanted


def is_good(record: Record, store: Store) -> bool:
    """Return whether a result still stands: complete, and the files it wrote are untouched."""
    if record.state != "done":
        return False
    for name, digest in record.files.items():
        path = store.folder.parent / name
        if not path.is_file() or store.file_digest(path) != digest:
            return False
    return True


def reason(planned: PlannedNode, old: Record | None, *, is_known: bool) -> str:
    """Return in words why a node has to run: which part of its key is new.

    Args:
        planned: The node.
        old: Its latest record.
        is_known: Whether that still stands.
    """
    if old is None:
        return "it has not run before"
    if old.key == planned.key:
        if old.state != "done":
            return "it was stopped early"
        return "its value was not kept" if is_known else "the file it wrote is gone or was changed"
    before, now = old.provenance.get("parts", {}), planned.key_parts
    changes = []
    for part in now:
        if before.get(part) == now[part]:
            continue
        if part == "settings" and isinstance(before.get(part), dict):
            changes += [
                f"setting {name}: {before[part].get(name)} → {value}"
                for name, value in now[part].items()
                if before[part].get(name) != value
            ]
        elif part == "inputs":
            ports = [
                port for port in now[part] if before.get(part, {}).get(port) != now[part][port]
            ]
            changes.append(f"input {', '.join(ports)} changed")
        elif part == "files":
            old_files = before.get(part, {})
            names = [name for name in now[part] if old_files.get(name) != now[part][name]]
            changes.append(f"file of setting {', '.join(names)} changed")
        else:
            changes.append(f"its {part} changed")
    return "; ".join(changes) or "its result is no longer in the store"
