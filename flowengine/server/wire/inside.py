"""The inside of networks, as people look at it."""

from __future__ import annotations

from pydantic import Field

from flowengine.server.wire.base import Wire


class InsideLayer(Wire):
    """A layer that can be looked into; ``shape`` is that of what it gives."""

    name: str
    title: str
    shape: str


class InsideTable(Wire):
    """A table whose rows the network can be shown; computed anew it has another ``version``."""

    node: str
    port: str
    version: str
    rows: int


class InsideNetwork(Wire):
    """A trained network that has the layer, its first choice first in all lists."""

    node: str
    port: str
    version: str
    layers: tuple[InsideLayer, ...]
    tables: tuple[InsideTable, ...]


class InsidePlaces(Wire):
    """Where the inside of a node can be seen.

    Args:
        networks: The trained networks that have its layers.
        reason: Why there is none, in a sentence.
        run: The node that would make one when it ran.
        node: The node that has to be configured first.
    """

    networks: tuple[InsideNetwork, ...] = ()
    reason: str = ""
    run: str = ""
    node: str = ""


class InsidePart(Wire):
    """Something inside a network, for one row.

    Args:
        layer: Name of the layer's call; of a part of a wrapper with the part's name behind it.
        kind: ``activation``, ``kernel``, a gate or a state.
        shape: Its shape: steps and units, or height, width and units; a kernel has the channels it
            reads before its units.
        shown: The shape of what is sent: of many units and channels the first.
        values: 32-bit floats, little-endian, the last axis fastest, in base 64.
        low: The lowest value of all.
        high: The highest.
        first: Of a kernel, the first channel that each unit reads; empty: channel 0.
    """

    layer: str
    kind: str
    shape: tuple[int, ...]
    shown: tuple[int, ...]
    values: str
    low: float
    high: float
    first: tuple[int, ...] = ()


class InsideWeight(Wire):
    """A weight in numbers; ``bins`` counts its values between the lowest and the highest."""

    layer: str
    name: str
    shape: tuple[int, ...]
    mean: float
    deviation: float
    norm: float
    low: float
    high: float
    bins: tuple[int, ...]


class Inside(Wire):
    """What a layer does with one row.

    Args:
        parts: What there is to see.
        weights: Its weights.
        steps: What each step of the row is, such as its word, where that is known.
        classes: Of layers whose units stand for classes, the names of these.
    """

    parts: tuple[InsidePart, ...]
    weights: tuple[InsideWeight, ...]
    steps: tuple[str, ...] = ()
    classes: dict[str, tuple[str, ...]] = Field(default_factory=dict)
