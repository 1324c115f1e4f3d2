"""Routes of the inside of networks: where it can be seen, and what there is to see for a row."""

from __future__ import annotations

from typing import Any

from flowengine.network_surgery import needed_calls
from flowengine.server.endpoint import Call, Endpoint, Handler, Nothing, Refused
from flowengine.server.inside.looker import CannotLook
from flowengine.server.inside.places import layers_of, places_inside, require_columns
from flowengine.server.inside.steps import classes_of, steps_of
from flowengine.server.site import Site
from flowengine.server.values.lookup import Found, NoSuchPlace, NotThere, place_of
from flowengine.server.wire.inside import Inside, InsidePlaces

MOST_LAYERS = 12
"""Layers that one look shows."""


def places(site: Site, call: Call) -> InsidePlaces:
    """Return where the inside of a node can be seen."""
    plan = site.study(call.path).plan
    return places_inside(site.values, site.store, plan, call.needed("node"))


def look(site: Site, call: Call) -> Inside:
    """Return what layers of a network do with a row of a table."""
    network = _found(site, call, "node", "port", "network")
    spec, path = network.value.spec, call.needed("layer")
    names = [one.name for one in layers_of(spec, path, network.place.planned.path)]
    if not names:
        raise NoSuchPlace(f'the network has no layer "{path}"')
    calls = needed_calls(spec)
    question: dict[str, Any] = {
        "network": network.identity,
        "layers": {name: calls[name].layer for name in names[:MOST_LAYERS]},
        "table": None,
        "row": call.number("row", 0),
    }
    asker = call.query.get("asker", "")
    if "table" not in call.query:
        return site.looker.look(question, asker)
    table, row = _found(site, call, "table", "table_port", "table"), question["row"]
    if row >= table.value.height:
        raise NoSuchPlace(f"there is no row {row:,}; the table has {table.value.height:,} rows")
    require_columns(network.value, table.value.columns, call.needed("table"))
    inside = site.looker.look({**question, "table": table.identity}, asker)
    steps = steps_of(
        site.values,
        site.store,
        site.study(call.path).plan,
        network.value,
        table.place.source.path,
        table.value.slice(row, 1),
    )
    return inside.model_copy(update={"steps": steps, "classes": classes_of(network.value)})


def cancel(site: Site, call: Call) -> Nothing:
    """End a look that takes too long for whoever asked."""
    call.read(Nothing)
    site.looker.cancel(call.places["id"])
    return Nothing()


def _found(site: Site, call: Call, node: str, port: str, kind: str) -> Found:
    """Return the value at a port that the request names."""
    plan = site.study(call.path).plan
    place = place_of(plan, call.needed(node), call.query.get(port, "out"))
    if place.type.id != kind:
        raise NoSuchPlace(f'"{place.source}" is a {place.type.id}; expected a {kind}')
    return site.values.find(site.store, place)


def _refusing(handle: Handler) -> Handler:
    """Return a route that refuses what is not there, or cannot be shown, as such."""

    def handled(site: Site, call: Call) -> Any:
        try:
            return handle(site, call)
        except (NoSuchPlace, NotThere) as error:
            raise Refused(str(error), status=404) from error
        except CannotLook as error:
            raise Refused(str(error), status=422) from error

    return handled


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "api/inside/{path:path}", _refusing(places)),
    Endpoint("GET", "api/look/{path:path}", _refusing(look), room="looks"),
    Endpoint("POST", "api/looks/{id}/cancel", cancel, body="json"),
)
