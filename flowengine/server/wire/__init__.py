"""What server and editor say to each other, as pydantic models.

The editor's TypeScript types are generated from these, so that the two cannot drift apart. Paths of
workflows and files are relative to the workspace, with ``/``.
"""

from __future__ import annotations

from flowengine.server.wire.base import ColumnKind, RunStatus, Wire
from flowengine.server.wire.catalogue import Catalogue, PackInfo, PortTypeInfo
from flowengine.server.wire.report import (
    ColumnInfo,
    ComponentReport,
    Fault,
    NetworkTotal,
    NodeReport,
    PortReport,
    Refusal,
    Report,
    Saved,
    SourceRef,
)
from flowengine.server.wire.run import (
    Curves,
    Message,
    NodeRun,
    Preview,
    ResetRequest,
    RunCard,
    RunRequest,
    RunState,
    StopRequest,
)
from flowengine.server.wire.socket import (
    CatalogueChanged,
    DocumentChanged,
    Events,
    Push,
    ReportChanged,
    RunChanged,
    RunEvent,
    Snapshot,
)
from flowengine.server.wire.value import (
    Bin,
    ChartView,
    ColumnStatistics,
    LayerLine,
    Missing,
    ModelView,
    NetworkView,
    Rows,
    TableView,
    ValueView,
    VariableView,
)
from flowengine.server.wire.workspace import (
    FileLine,
    Folder,
    LastRun,
    Sketch,
    WorkflowCard,
    Workspace,
)

__all__ = [
    "Bin",
    "Catalogue",
    "CatalogueChanged",
    "ChartView",
    "ColumnInfo",
    "ColumnKind",
    "ColumnStatistics",
    "ComponentReport",
    "Curves",
    "DocumentChanged",
    "Events",
    "Fault",
    "FileLine",
    "Folder",
    "LastRun",
    "LayerLine",
    "Message",
    "Missing",
    "ModelView",
    "NetworkTotal",
    "NetworkView",
    "NodeReport",
    "NodeRun",
    "PackInfo",
    "PortReport",
    "PortTypeInfo",
    "Preview",
    "Push",
    "Refusal",
    "Report",
    "ReportChanged",
    "ResetRequest",
    "Rows",
    "RunCard",
    "RunChanged",
    "RunEvent",
    "RunRequest",
    "RunState",
    "RunStatus",
    "Saved",
    "Sketch",
    "Snapshot",
    "SourceRef",
    "StopRequest",
    "TableView",
    "ValueView",
    "VariableView",
    "Wire",
    "WorkflowCard",
    "Workspace",
]
