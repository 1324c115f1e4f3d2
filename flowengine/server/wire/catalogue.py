"""The catalogue: everything the editor knows of nodes."""

from __future__ import annotations

from flowengine.info import NodeInfo
from flowengine.server.wire.base import Wire


class PackInfo(Wire):
    """A pack of nodes; ``icon`` is SVG text of 24×24 drawn in ``currentColor``, or empty."""

    id: str
    title: str
    summary: str
    icon: str = ""
    fault: str = ""


class PortTypeInfo(Wire):
    """How ports of a type look."""

    id: str
    shape: str
    colour: str


class Catalogue(Wire):
    """Everything the editor knows of nodes."""

    packs: tuple[PackInfo, ...]
    port_types: tuple[PortTypeInfo, ...]
    nodes: tuple[NodeInfo, ...]
