"""What keeps a run from starting: the problems of the nodes it needs, and of no others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from flowengine.errors import Problem, listing, suggest
from flowengine.planning.expansion import VALUE
from flowengine.planning.plan import Plan

_ENTRY = re.compile(r"(/nodes/[^/]+)+")


def unknown_targets(plan: Plan, until: Collection[str]) -> list[Problem]:
    """Return a problem for each name of ``until`` that stands for no node."""
    known = [*plan.nodes, *plan.components, *plan.unplanned]
    return [Problem("", _unknown(name, known, plan)) for name in until if name not in known]


def _unknown(name: str, known: Collection[str], plan: Plan) -> str:
    if name in plan.expansion.sinks:
        link = plan.expansion.feeding(name, VALUE)
        source = plan.expansion.maker(link.source) if link else None
        feeding = f', such as "{source.path}", which feeds it' if source else ""
        return f'"{name}" is an output; a run goes until a node{feeding}'
    owner = name.rpartition(".")[0]
    if owner in known:
        return f'"{name}" is a port; a run goes until a node, such as "{owner}"'
    hint = suggest(name, known) or (f" Its nodes are {listing(known)}" if known else "")
    return f'there is no node "{name}" to run until.{hint}'


def needed(plan: Plan, until: Collection[str]) -> set[str]:
    """Return the paths of the nodes that a run until these needs; empty: all.

    Among them may be paths of nodes that could not be planned.
    """
    if not until:
        return set(plan.nodes)
    paths = [*plan.nodes, *plan.unplanned]
    pending = [path for path in paths if any(_is_at(path, name) for name in until)]
    found: set[str] = set()
    while pending:
        path = pending.pop()
        if path not in found:
            found.add(path)
            if path in plan.nodes:
                pending += [source.path for source in plan.nodes[path].sources]
    return found


def obstacles(plan: Plan, until: Collection[str]) -> list[Problem]:
    """Return the errors that keep a run until these nodes from starting; empty: all errors.

    An error that belongs to no node, such as one of the workflow's variables, concerns every run;
    so does all where a node is needed that could not be planned, for example one of a circle.
    """
    paths = needed(plan, until)
    if not until or not paths <= plan.nodes.keys():
        return list(plan.errors)
    pointers = [plan.nodes[path].pointer for path in paths]
    return [problem for problem in plan.errors if _concerns(problem, plan, paths, pointers)]


def _concerns(problem: Problem, plan: Plan, paths: set[str], pointers: Iterable[str]) -> bool:
    if problem.pointer in plan.targets:
        return any(_is_at(path, plan.targets[problem.pointer]) for path in paths)
    entry = _ENTRY.match(problem.pointer)
    return entry is None or any(_is_at(pointer, entry[0]) for pointer in pointers)


def _is_at(place: str, above: str) -> bool:
    return place == above or place.startswith(f"{above}/")
