"""What keeps a run from starting: the problems of the nodes it needs, and of no others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from flowengine.errors import FlowEngineError, Problem, listing, suggest
from flowengine.planning.expansion import VALUE
from flowengine.planning.plan import Plan, PlannedNode

_ENTRY = re.compile(r"(/nodes/[^/]+)+")


def require_nodes(plan: Plan, names: Iterable[str], purpose: str) -> None:
    """Refuse names that stand for nothing in a workflow.

    Args:
        plan: Its plan.
        names: Paths of nodes and components; inputs and outputs of the workflow may be among them.
        purpose: What was to be done with the node, such as ``to reset``.

    Raises:
        FlowEngineError: One is unknown; says which, and what is near.
    """
    known = {**plan.nodes, **plan.components, **plan.expansion.passages, **plan.expansion.sinks}
    for name in names:
        if name not in known and name not in plan.unplanned:
            hint = suggest(name, known) or (f" Its nodes are {listing(known)}" if known else "")
            raise FlowEngineError(f'there is no node "{name[:80]}" {purpose}.{hint}')


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


def obstacles(plan: Plan, until: Collection[str], inputs: Collection[str] = ()) -> list[Problem]:
    """Return what keeps a run until these nodes from starting; empty: a run of everything.

    An error that belongs to no node, such as one of the workflow's variables, concerns every run;
    so does all where a node is needed that could not be planned, for example one of a circle, or
    that is cut off from what feeds it by nothing nearer. What is wrong with a component is in the
    way of all that it holds and of all that it hands on.
    A file that is not there is in the way of the node that reads it, and an input of the workflow
    in its own, unless it is one of those that are given a value.
    """
    paths = needed(plan, until)
    problems = list(plan.errors)
    if until and paths <= plan.nodes.keys():
        nodes = [plan.nodes[path] for path in paths]
        own = _concerning(plan, paths.union(until, *(planned.passed for planned in nodes)))
        if own or not any(planned.is_cut_off for planned in nodes):
            problems = own
    for path, planned in plan.nodes.items():
        if path in paths:
            problems += _lacks(planned, plan, inputs)
    return problems


def startable(plan: Plan) -> list[str]:
    """Return the nodes that nothing keeps from running, whatever is wrong with others; in order."""
    found = dict[str, None]()
    for path, planned in plan.nodes.items():  # what feeds a node comes before it
        is_faulty = bool(_concerning(plan, {path, *planned.passed}))
        is_fed = not planned.is_cut_off and all(item.path in found for item in planned.sources)
        if is_fed and not is_faulty and not _lacks(planned, plan, ()):
            found[path] = None
    return list(found)


def _lacks(planned: PlannedNode, plan: Plan, inputs: Collection[str]) -> list[Problem]:
    """Return what a node that may be configured well still lacks."""
    problems = []
    if planned.missing:
        problems.append(Problem(planned.pointer, planned.missing))
    if planned.path in plan.inputs and planned.path not in inputs:
        text = (
            f'the input "{planned.path}" of the workflow was given no value; it gets one in '
            f'Python: inputs={{"{planned.path}": …}}'
        )
        problems.append(Problem(planned.pointer, text))
    return problems


def _concerning(plan: Plan, paths: set[str]) -> list[Problem]:
    """Return the errors of the nodes, components and ports of these paths, and of all above."""
    pointers = ["".join(f"/nodes/{name}" for name in path.split("/")) for path in paths]
    found = []
    for problem in plan.errors:
        entry = _ENTRY.match(problem.pointer)
        if problem.pointer in plan.targets:
            concerns = any(_is_at(path, plan.targets[problem.pointer]) for path in paths)
        else:
            concerns = entry is None or any(_is_at(item, entry[0]) for item in pointers)
        if concerns:
            found.append(problem)
    return found


def _is_at(place: str, above: str) -> bool:
    return place == above or place.startswith(f"{above}/")
