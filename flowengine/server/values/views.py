"""What is at a port, in the form in which the editor shows that kind of value."""

from __future__ import annotations

from typing import Any

import orjson

from flowengine.network import Network, NetworkSpec
from flowengine.planning.plan import Plan
from flowengine.server.values.columns import column_infos
from flowengine.server.values.lookup import (
    Found,
    LoadedValues,
    NoSuchPlace,
    NotThere,
    Place,
    place_of,
)
from flowengine.server.values.networks import network_view
from flowengine.server.wire.value import (
    ChartView,
    Missing,
    ModelView,
    TableView,
    ValueView,
    VariableView,
)
from flowengine.store import Store
from flowengine.store.record import LENIENT
from flowengine.values import Chart, Model

CHART_ROWS = 100_000
"""Rows of a chart that a browser draws; of more, every so many-th is taken."""


def value_view(values: LoadedValues, store: Store, plan: Plan, node: str, port: str) -> ValueView:
    """Return what is at a port; a network is shown before it ran.

    A node that the file does not have is no fault of whoever asks: an editor is a moment ahead of
    the file where a node was just added, and behind it where one was taken back.

    Raises:
        StoreError: The value is damaged.
    """
    try:
        place = place_of(plan, node, port)
    except (NoSuchPlace, NotThere) as error:
        return Missing(reason=str(error))
    try:
        return _view(values.find(store, place))
    except NotThere as error:
        if isinstance(place.spec, NetworkSpec):
            return network_view(place.spec, trained=False)
        return Missing(reason=str(error), node=error.node)


def network_at(values: LoadedValues, store: Store, place: Place) -> NetworkSpec:
    """Return the description of a network at a port, also before it ran.

    Raises:
        NotThere: It is no network, or none is known yet.
    """
    if place.type.id != "network":
        raise NotThere(f'"{place.source}" is a {place.type.id}; only networks have a diagram')
    if isinstance(place.spec, NetworkSpec):
        return place.spec
    network: Network = values.find(store, place).value
    return network.spec


def _view(found: Found) -> ValueView:
    value, kind = found.value, found.place.type.id
    if kind == "table":
        return TableView(rows=value.height, columns=column_infos(value.schema))
    if isinstance(value, Network):
        return network_view(value.spec, trained=value.is_trained)
    if isinstance(value, Model):
        return _model(value)
    if isinstance(value, Chart):
        return chart_view(value)
    if kind == "variable":
        return VariableView(value=plain(value))
    return VariableView(value=plain(found.place.type.summary(value)))


def chart_view(chart: Chart) -> ChartView:
    """Return a chart with its rows as JSON."""
    table = chart.table
    if table.height > CHART_ROWS:
        table = table.gather_every(-(-table.height // CHART_ROWS))
    rows = orjson.loads(orjson.dumps(table.to_dicts(), option=LENIENT, default=str))
    return ChartView(specification=plain(dict(chart.specification)), rows=tuple(rows))


def plain(value: Any) -> Any:
    """Return JSON data without what JSON has no number for."""
    return orjson.loads(orjson.dumps(value, option=LENIENT, default=str))


def _model(model: Model) -> ModelView:
    tensors = {
        name: f"{array.dtype} {'×'.join(map(str, array.shape)) or 'scalar'}"
        for name, array in model.tensors.items()
    }
    return ModelView(model=model.kind, settings=plain(dict(model.settings)), tensors=tensors)
