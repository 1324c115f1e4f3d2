"""What is known of a workflow before and after it ran."""

from __future__ import annotations

from typing import Literal

from flowengine.events import NodeState
from flowengine.info import PortInfo
from flowengine.server.wire.base import ColumnKind, Wire


class Fault(Wire):
    """One problem, with the place it belongs to."""

    pointer: str
    message: str
    severity: Literal["error", "warning"]
    node: str = ""
    setting: str = ""


class ColumnInfo(Wire):
    """A column of a table."""

    name: str
    type: str
    kind: ColumnKind


class PortReport(Wire):
    """What is known of a port's value.

    Args:
        type: Id of the port type.
        text: In a few words, for the wire's chip: ``26×26×32`` or ``60,000 × 2``; empty: unknown.
        columns: Columns of a table.
        shapes: Shape of each output of a network, by name, in words.
        parameters: Parameters of the network.
        flops: Operations of the network for one row.
        kept: Whether the store has the value, so that it can be looked at.
    """

    type: str
    text: str = ""
    columns: tuple[ColumnInfo, ...] | None = None
    shapes: dict[str, str] | None = None
    parameters: int | None = None
    flops: int | None = None
    kept: bool = False


class SourceRef(Wire):
    """An output port by node path and port."""

    node: str
    port: str


class NodeReport(Wire):
    """What is known of a node. ``path`` is like ``block_1/conv_1``.

    Args:
        key: What its values follow from, in short; empty where that cannot be known.
        inputs: Sources of each connected input port, through components.
        parameters: Parameters of the layer the node adds, ``None`` where it adds none.
        flops: Its operations for one row, likewise.
        seconds: How long it took when it was computed.
        error: Why it failed at last.
        details: The trace of that failure.
    """

    path: str
    pointer: str
    type: str
    title: str
    essence: str
    state: NodeState
    key: str = ""
    inputs: dict[str, tuple[SourceRef, ...]]
    outputs: dict[str, PortReport]
    parameters: int | None = None
    flops: int | None = None
    seconds: float | None = None
    warnings: tuple[str, ...] = ()
    error: str = ""
    details: str = ""


class ComponentReport(Wire):
    """What is known of a component: its ports, and the sources of its outputs inside."""

    path: str
    state: NodeState
    inputs: tuple[PortInfo, ...]
    outputs: tuple[PortInfo, ...]
    sources: dict[str, SourceRef | None]


class NetworkTotal(Wire):
    """The largest network of a workflow."""

    layers: int
    parameters: int
    flops: int


class Report(Wire):
    """Everything known of a workflow before and after it ran, by node path."""

    nodes: dict[str, NodeReport]
    components: dict[str, ComponentReport]
    faults: tuple[Fault, ...]
    total: NetworkTotal | None


class Saved(Wire):
    """Answer to a save; ``text`` is the file as it now stands."""

    etag: str
    report: Report


class Refusal(Wire):
    """Answer to a request that was refused."""

    message: str
    faults: tuple[Fault, ...] = ()
