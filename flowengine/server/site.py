"""A workspace as the server holds it: folder, registry, store, and plans that were made lately."""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

from flowengine.errors import FlowEngineError
from flowengine.paths import check_name
from flowengine.planning.graph import Planner
from flowengine.planning.plan import Plan
from flowengine.registry import Registry
from flowengine.server.documents.places import workflow_in
from flowengine.server.documents.versions import Text, read_text
from flowengine.server.inside.looker import Looker
from flowengine.server.runs.book import RunBook
from flowengine.server.runs.processes import Runs
from flowengine.server.token import read_token
from flowengine.server.values.lookup import LoadedValues
from flowengine.server.values.tables import Tables
from flowengine.store import Store
from flowengine.store_folder import STORE
from flowengine.workflow import Workflow

Made = TypeVar("Made")

FRESH_SECONDS = 2.0
"""A plan stands for so long without a look at the files that its nodes read."""


class OtherWorkspace(FlowEngineError):
    """Raised where a page speaks to the server of another workspace than its own."""


@dataclass(frozen=True)
class Study:
    """A workflow as it stood: its text, and the plan of it.

    Args:
        text: The file.
        flow: What was read from it.
        plan: The plan, with keys.
        made: When, by the monotonic clock.
    """

    text: Text
    flow: Workflow
    plan: Plan
    made: float


class Site:
    """The workspace that a server serves.

    Args:
        folder: The workspace.
        nodes: Loose folders of nodes.

    Raises:
        FlowEngineError: It cannot be used.
    """

    def __init__(self, folder: Path, *, nodes: Sequence[Path] = ()) -> None:
        if not folder.is_dir():
            raise FlowEngineError(f'"{folder}" is not a folder')
        self.folder = folder.resolve()
        check_name(self.folder)
        self.identity = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        self.nodes = tuple(path.resolve() for path in nodes)
        self.registry = Registry.default(self.nodes)
        self.store = Store(self.folder / STORE, lambda *layer: self.registry.load_layer(*layer))
        self.token = read_token(self.store.folder)
        self.book = RunBook(self.store)
        self.runs = Runs(self.store, self.book, self.nodes)
        self.values = LoadedValues()
        self.tables = Tables()
        self.looker = Looker(self.store.folder, self.nodes)
        self.saving = threading.Lock()
        self.changes = 0
        self._planning = threading.Lock()
        self._making = threading.Lock()
        self._studies: dict[str, Study] = {}
        self._made: dict[str, Any] = {}

    def touch(self) -> None:
        """Say that something changed, so that open editors are told at once."""
        self.changes += 1

    def require(self, identity: str) -> None:
        """Refuse a page of a workspace that was served at this address before.

        Args:
            identity: The workspace it belongs to; empty: it does not know yet.

        Raises:
            OtherWorkspace: It is not this one.
        """
        if identity and identity != self.identity:
            raise OtherWorkspace(
                f'"{self.folder.name}" is served at this address now, and this page belongs to '
                f"another workspace; what it changes is kept until that is served here again"
            )

    def close(self) -> None:
        """Close the store, and end the process that looks inside networks."""
        self.looker.close()
        self.store.close()

    def place(self, name: str) -> Path:
        """Return where the workflow of that name lies, or would lie.

        Raises:
            PathError: It cannot be one, or leaves the workspace.
        """
        return workflow_in(self.folder, name)

    def name_of(self, path: Path) -> str:
        """Return the name in the workspace of a file; of one elsewhere, its bare name."""
        inside = path.is_relative_to(self.folder)
        return path.relative_to(self.folder).as_posix() if inside else path.name

    def study(self, name: str, *, fresh: bool = False) -> Study:
        """Return the plan of a workflow in the workspace.

        Args:
            name: Its path.
            fresh: Whether to look at the files its nodes read even if that was done just now.

        Raises:
            FlowEngineError: It is not there, or no workflow at all.
        """
        place = self.place(name)
        text = read_text(place)
        known = self._studies.get(name)
        is_same = known is not None and known.text.etag == text.etag and not fresh
        if known is not None and is_same and time.monotonic() - known.made < FRESH_SECONDS:
            return known
        made = self.plan(text, place)
        with self._planning:
            self._studies[name] = made
        return made

    def plan(self, text: Text, place: Path) -> Study:
        """Return the plan of a text as if it stood in a file."""
        with self._planning:
            flow = Workflow.loads(text.text, name=place.name)
            flow.path = place
            planner = Planner(self.registry, workspace=self.folder, digest=self.store.file_digest)
            return Study(text, flow, planner.plan(flow), time.monotonic())

    def remembered(self, name: str, make: Callable[[], Made]) -> Made:
        """Return what was made under a name since the nodes changed last, made where it is not."""
        with self._making:
            if name not in self._made:
                self._made[name] = make()
            return cast(Made, self._made[name])

    def reload(self) -> None:
        """Look at packs and loose folders anew; what was edited is imported anew."""
        with self._planning, self._making:
            self.registry = Registry.default(self.nodes)
            self._studies.clear()
            self._made.clear()
        self.looker.close()  # it has the code of before
