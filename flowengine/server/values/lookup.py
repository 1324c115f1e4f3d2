"""Values at ports, found in the store by the key of the node that would compute them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from flowengine.errors import FlowEngineError, listing, suggest
from flowengine.planning.expansion import Source
from flowengine.planning.plan import Plan, PlannedNode
from flowengine.ports import PortType
from flowengine.store import Store

HELD = 8
"""Values held open; tables of the store are mapped into memory and cost next to nothing."""


class NotThere(FlowEngineError):
    """Raised where a value is not there to be looked at; says what to do.

    Args:
        reason: One sentence.
        node: Path of the node that has to be configured first, which may be this one.
    """

    def __init__(self, reason: str, *, node: str = "") -> None:
        self.node = node
        super().__init__(reason)


class NoSuchPlace(FlowEngineError):
    """Raised for a node, port, column or row that does not exist."""


@dataclass(frozen=True)
class Place:
    """An output port of a node, and what is known of it without its value.

    Args:
        source: Path and port, of the node inside where a component was asked for.
        planned: The node.
        type: Type of the port.
        spec: What is known of the value; ``None``: only after running.
        obstacle: Path of the node that has to be configured before there can be a value: this one,
            or one before it; empty where nothing stands in the way.
    """

    source: Source
    planned: PlannedNode
    type: PortType
    spec: Any
    obstacle: str = ""


@dataclass(frozen=True)
class Found:
    """A value. ``identity`` is another one when the node has computed it anew."""

    place: Place
    value: Any
    identity: tuple[str, str, float]


def place_of(plan: Plan, node: str, port: str) -> Place:
    """Return the place of an output port; components stand for the nodes inside.

    Raises:
        NoSuchPlace: There is no such node or port.
        NotThere: A component's output that nothing is connected to.
    """
    if node in plan.components:
        outputs = plan.components[node]
        if port not in outputs:
            raise NoSuchPlace(_no_port(node, port, outputs))
        source = outputs[port]
        if source is None or source.path not in plan.nodes:
            raise NotThere(f'nothing is connected to the output "{port}" inside "{node}"')
        node, port = source.path, source.port
    if node not in plan.nodes:
        known = [*plan.nodes, *plan.components]
        raise NoSuchPlace(f'the workflow has no node "{node}".{suggest(node, known)}')
    planned = plan.nodes[node]
    outputs_of = planned.signature.outputs
    if port not in outputs_of:
        raise NoSuchPlace(_no_port(node, port, outputs_of))
    return Place(
        Source(node, port),
        planned,
        outputs_of[port].type,
        planned.specs.get(port),
        _obstacle(plan, node),
    )


def _obstacle(plan: Plan, node: str) -> str:
    """Return the node that has to be configured before a node can be: itself, or one before it."""
    while node in plan.nodes and plan.nodes[node].state == "not configured":
        for source in plan.nodes[node].sources:
            # what stands in a circle is in no plan
            if source.path not in plan.nodes or plan.nodes[source.path].state == "not configured":
                node = source.path
                break
        else:
            return node
    return "" if node in plan.nodes else node


class LoadedValues:
    """The values that were looked at last. Threads may share it."""

    def __init__(self) -> None:
        self._held: OrderedDict[tuple[str, str, float], Any] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, store: Store, place: Place) -> Found:
        """Return the value at a place.

        Raises:
            NotThere: It is not in the store; says why and what to do.
            StoreError: It is damaged.
        """
        key, port, planned = place.planned.key, place.source.port, place.planned
        if place.obstacle:
            raise NotThere(_unconfigured(planned.path, place.obstacle), node=place.obstacle)
        if key is None or key not in (records := store.lookup([key])):
            raise NotThere(f'"{planned.path}" has not run with these settings; run it to see this')
        if not store.has_value(key, port):
            raise NotThere(f'"{planned.path}" ran, but this was not kept; run it again to see it')
        identity = (key, port, records[key].created)
        with self._lock:
            if identity in self._held:
                self._held.move_to_end(identity)
                return Found(place, self._held[identity], identity)
        value = store.load(key, port, place.type)
        with self._lock:
            self._held[identity] = value
            while len(self._held) > HELD:
                self._held.popitem(last=False)
        return Found(place, value, identity)


def _unconfigured(node: str, obstacle: str) -> str:
    if node == obstacle:
        return f'"{node}" is not configured; its settings say what it lacks'
    return f'"{node}" waits for "{obstacle}", which is not configured'


def _no_port(node: str, port: str, outputs: Any) -> str:
    return f'"{node}" has no output "{port}".{suggest(port, outputs)} It has {listing(outputs)}'
