"""Which trained networks have the layers of a node, and which tables feed them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flowengine.errors import ConfigureError, listing
from flowengine.network import Network, NetworkSpec
from flowengine.network_surgery import needed_calls
from flowengine.planning.expansion import Source
from flowengine.planning.plan import Plan, PlannedNode
from flowengine.server.values.lookup import (
    Found,
    LoadedValues,
    NoSuchPlace,
    NotThere,
    Place,
    place_of,
)
from flowengine.server.wire.inside import (
    InsideLayer,
    InsideNetwork,
    InsidePlaces,
    InsideTable,
)
from flowengine.store import Store

if TYPE_CHECKING:
    import polars as pl

NETWORKS = 4
"""Networks that are offered at most."""


def places_inside(values: LoadedValues, store: Store, plan: Plan, path: str) -> InsidePlaces:
    """Return where the inside of a node can be seen.

    Of a layer, or a component with layers, these are the trained networks further on that have it;
    of a node that makes a network, that network.

    Raises:
        NoSuchPlace: There is no such node.
    """
    if path not in plan.nodes and path not in plan.components:
        raise NoSuchPlace(f'the workflow has no node "{path}"')
    found: list[InsideNetwork] = []
    missing: list[tuple[Place, NotThere]] = []
    trained = False
    for place in _makers(plan, path):
        try:
            there = values.find(store, place)
        except NotThere as error:
            missing.append((place, error))
            continue
        network = there.value
        layers = layers_of(network.spec, path, place.planned.path)
        trained = trained or network.is_trained
        if network.is_trained and layers:
            tables = tuple(_tables(values, store, plan, place.source, network))
            found.append(
                InsideNetwork(
                    node=place.source.path,
                    port=place.source.port,
                    version=_version(there),
                    layers=layers,
                    tables=tables,
                )
            )
    if found:
        return InsidePlaces(networks=tuple(found[:NETWORKS]))
    if missing:
        place, why = missing[0]
        if why.node:
            return InsidePlaces(reason=str(why), node=why.node)
        first = place.planned.path
        return InsidePlaces(reason=f'Run "{first}" to see what happens inside.', run=first)
    if trained:
        return InsidePlaces(reason="This adds no layer, so there is nothing to see inside.")
    return InsidePlaces(
        reason="There is something to see once a network with this is trained: connect a learner."
    )


def layers_of(spec: NetworkSpec, path: str, maker: str) -> tuple[InsideLayer, ...]:
    """Return the layers of a network that belong to a node.

    Args:
        spec: The network.
        path: A layer, a component with layers, or the node that made the network.
        maker: The node that made it.
    """
    calls = needed_calls(spec)
    if path != maker:
        calls = {
            name: call
            for name, call in calls.items()
            if path in (name, call.layer) or name.startswith(f"{path}/")
        }
    return tuple(
        InsideLayer(
            name=name,
            title=spec.layers[call.layer].__node__.title,
            shape=str(spec.tensors[call.outputs[0]]),
        )
        for name, call in calls.items()
    )


def _makers(plan: Plan, path: str) -> Iterator[Place]:
    """Yield the ports further on where a network with a node's layers may stand, trained.

    Nodes that only add a layer train nothing; they are passed over.
    """
    inside = {name for name in plan.nodes if name == path or name.startswith(f"{path}/")}
    reached: set[str] = set()
    for name, planned in plan.nodes.items():  # in topological order
        if name not in inside and not any(one.path in reached for one in planned.sources):
            continue
        reached.add(name)
        for port, info in planned.signature.outputs.items():
            if info.type.id == "network" and not _adds_layer(planned):
                yield place_of(plan, name, port)


def _adds_layer(planned: PlannedNode) -> bool:
    """Return whether a node adds a layer, or an input, of its own name."""
    return any(
        isinstance(spec, NetworkSpec) and planned.path in spec.tensors
        for spec in planned.specs.values()
    )


def _tables(
    values: LoadedValues, store: Store, plan: Plan, network: Source, value: Network
) -> Iterator[InsideTable]:
    """Yield the tables that the network is applied to, then those it was trained on."""
    takers = [node for node in plan.nodes.values() if network in node.sources]
    seen: set[Source] = set()
    for node in (*takers, plan.nodes[network.path]):
        for source in node.sources:
            if source in seen or source.path not in plan.nodes:
                continue
            seen.add(source)
            place = place_of(plan, source.path, source.port)
            if place.type.id != "table":
                continue
            try:
                there = values.find(store, place)
            except NotThere:
                continue
            table = there.value
            if table.height and feeds(value, table.schema):
                yield InsideTable(
                    node=source.path,
                    port=source.port,
                    version=_version(there),
                    rows=table.height,
                )


def _version(found: Found) -> str:
    key, _, created = found.identity
    return f"{key} {created}"


def feeds(network: Network, schema: pl.Schema) -> bool:
    """Return whether a table has what feeds a network: the columns it learned from, or such."""
    if network.binding is not None and network.binding.inputs:
        return not missing_columns(network, schema.names())
    # imported here, as polars and numpy come with it: the server is to start without them
    from flowengine.nn.feeds.binding import plan_inputs

    try:
        plan_inputs(network.spec, schema, binding=network.binding)
    except ConfigureError:
        return False
    return True


def missing_columns(network: Network, columns: list[str]) -> list[str]:
    """Return the columns that feed a network and that a table does not have."""
    feeds = network.binding.inputs.values() if network.binding else ()
    return [name for feed in feeds for name in feed.columns if name not in columns]


def require_columns(network: Network, columns: list[str], table: str) -> None:
    """Refuse a table that lacks columns.

    Raises:
        NotThere: It does.
    """
    if lacking := missing_columns(network, columns):
        raise NotThere(f'"{table}" lacks what feeds the network: {listing(lacking)}')
