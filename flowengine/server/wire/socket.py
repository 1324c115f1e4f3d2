"""What the server says unasked, over the one WebSocket."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from flowengine.server.wire.base import Wire
from flowengine.server.wire.report import Report
from flowengine.server.wire.run import RunState


class Snapshot(Wire):
    """First message of every connection."""

    kind: Literal["snapshot"] = "snapshot"
    etag: str
    report: Report
    run: RunState | None


class DocumentChanged(Wire):
    """Somebody saved another version, or the file changed on disk."""

    kind: Literal["document"] = "document"
    etag: str


class ReportChanged(Wire):
    kind: Literal["report"] = "report"
    etag: str
    report: Report


class RunChanged(Wire):
    """A run began or ended; the state replaces what was known."""

    kind: Literal["run"] = "run"
    run: RunState


class RunEvent(Wire):
    """One event of a run, as ``flowengine.events.Event``."""

    kind: Literal["state", "progress", "metric", "warning", "log", "preview", "run"]
    node: str
    data: dict[str, Any]
    time: float


class Events(Wire):
    kind: Literal["events"] = "events"
    run: str
    events: tuple[RunEvent, ...]


class CatalogueChanged(Wire):
    """Files of nodes changed (``--reload``)."""

    kind: Literal["catalogue"] = "catalogue"


Push = Annotated[
    Snapshot | DocumentChanged | ReportChanged | RunChanged | Events | CatalogueChanged,
    Field(discriminator="kind"),
]
