"""Routes of runs: begun, looked at, cancelled, stopped early; results forgotten."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from flowengine.errors import Problem, WorkflowError
from flowengine.events import Event
from flowengine.planning.plan import Plan, PlannedNode
from flowengine.planning.relevance import require_nodes
from flowengine.server.endpoint import Answer, Call, Endpoint, Nothing, Refused
from flowengine.server.reports.report import faults_of, report_on
from flowengine.server.runs.processes import Busy
from flowengine.server.site import Site
from flowengine.server.wire import (
    Refusal,
    Report,
    ResetRequest,
    RunRequest,
    RunState,
    StopRequest,
    Wire,
)


def begin(site: Site, call: Call) -> RunState:
    """Begin a run of a workflow as it stands on disk."""
    wish, study = call.read(RunRequest), site.study(call.path, fresh=True)
    place = site.place(call.path)
    try:
        info, problems = site.runs.begin(study.plan, place, study.text.text.encode(), wish)
    except WorkflowError as error:
        told = _told("this cannot run yet", error.problems, study.plan)
        raise Refused(told.message, status=422, faults=told.faults) from None
    state = site.runs.state(info, call.path)[0]
    if not problems:
        return state
    return state.model_copy(update={"left_out": _told("left out", problems, study.plan)})


def _told(what: str, problems: Sequence[Problem], plan: Plan) -> Refusal:
    """Return what the first of some problems is, and how many more there are."""
    faults = faults_of(problems, plan.targets)
    where = f"{faults[0].node}: " if faults[0].node else ""
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return Refusal(message=f"{what}: {where}{faults[0].message}{more}", faults=faults)


def state(site: Site, call: Call) -> RunState:
    """Return a run as it stands, also one of the past."""
    info = site.runs.info(call.places["run"])
    return site.runs.state(info, site.name_of(Path(info.path)))[0]


def pictures(site: Site, call: Call) -> list[Wire]:
    """Return the pictures that a node of a run showed while it learned."""
    info = site.runs.info(call.places["run"])
    return list(site.book.fold(info.id).pictures(call.needed("node")))


def document(site: Site, call: Call) -> Answer:
    """Return the workflow as it was."""
    return Answer(site.runs.document(call.places["run"]))


def cancel(site: Site, call: Call) -> Nothing:
    """Ask a run to end."""
    call.read(Nothing)
    site.runs.cancel(call.places["run"])
    return Nothing()


def stop(site: Site, call: Call) -> Nothing:
    """Ask a node to end early and keep what it has."""
    site.runs.stop(call.places["run"], call.read(StopRequest).node)
    return Nothing()


def reset(site: Site, call: Call) -> Report:
    """Forget the results of nodes, and of those that come after them."""
    wish, study = call.read(ResetRequest), site.study(call.path, fresh=True)
    place = site.place(call.path)
    if site.runs.active(place) is not None:
        raise Busy("the workflow runs; cancel the run before you reset it")
    require_nodes(study.plan, wish.nodes, "to reset")
    paths = _with_followers(study.plan.nodes, wish.nodes)
    runs = site.book.runs_of(place)
    for path in paths:
        planned = study.plan.nodes[path]
        for key in {planned.key, *(info.keys.get(path) for info in runs)}:
            if key is not None:
                site.store.forget(key)
        if planned.resume_key is not None:
            site.store.forget_checkpoints(planned.resume_key)
    now = time.time()
    for info in runs[:1]:
        events = [
            Event("state", path, {"state": "ready", "forgotten": True}, now) for path in paths
        ]
        site.store.add_events(info.id, events)
    return report_on(site, call.path)


def _with_followers(nodes: Mapping[str, PlannedNode], names: Collection[str]) -> list[str]:
    """Return nodes, all in components of these names, and all that take something from them."""
    chosen: set[str] = set()
    for path, planned in nodes.items():  # in topological order
        is_named = not names or any(path == name or path.startswith(f"{name}/") for name in names)
        if is_named or any(source.path in chosen for source in planned.sources):
            chosen.add(path)
    return [path for path in nodes if path in chosen]


ENDPOINTS = (
    Endpoint("POST", "api/run/{path:path}", begin, body="json"),
    Endpoint("POST", "api/runs/{run}/cancel", cancel, body="json"),
    Endpoint("POST", "api/runs/{run}/stop", stop, body="json"),
    Endpoint("GET", "api/runs/{run}/document", document),
    Endpoint("GET", "api/runs/{run}/pictures", pictures),
    Endpoint("GET", "api/runs/{run}", state),
    Endpoint("POST", "api/reset/{path:path}", reset, body="json"),
)
