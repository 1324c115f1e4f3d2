"""A workflow that ran in a folder, and its store, for tests of what the server shows of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.engine import NODES, document, write

import flowengine as fe
from flowengine.planning.plan import Plan
from flowengine.running.job import Job
from flowengine.server.values.lookup import Found, LoadedValues, place_of
from flowengine.server.values.tables import Tables
from flowengine.server.values.views import value_view
from flowengine.server.wire.value import ValueView
from flowengine.store import Store


@dataclass
class Shown:
    """A workflow as the server sees it."""

    plan: Plan
    store: Store
    values: LoadedValues = field(default_factory=LoadedValues)
    tables: Tables = field(default_factory=Tables)

    def view(self, node: str, port: str = "out") -> ValueView:
        return value_view(self.values, self.store, self.plan, node, port)

    def found(self, node: str, port: str = "out") -> Found:
        return self.values.find(self.store, place_of(self.plan, node, port))


def show(
    folder: Path, nodes: Mapping[str, Any], connections: Sequence[str] = (), **rest: Any
) -> Shown:
    """Return a workflow's plan and store; nothing has run."""
    path = write(folder / "flow.json", document(nodes, connections, **rest))
    job = Job(
        path,
        settings=None,
        variables=None,
        inputs=None,
        nodes=[NODES],
        workspace=folder,
    )
    return Shown(job.plan, job.store)


def show_run(
    folder: Path, nodes: Mapping[str, Any], connections: Sequence[str] = (), **rest: Any
) -> Shown:
    """Return a workflow's plan and store after a run."""
    path = write(folder / "flow.json", document(nodes, connections, **rest))
    fe.run(path, nodes=[NODES], workspace=folder)
    return show(folder, nodes, connections, **rest)
