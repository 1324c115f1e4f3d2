"""Routes of values at ports: looked at, paged through, drawn, downloaded."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from flowengine.diagram import network_diagram
from flowengine.errors import NodeError
from flowengine.pictures import png
from flowengine.planning.plan import Plan
from flowengine.server.endpoint import Answer, Call, Endpoint, Handler, Refused
from flowengine.server.site import Site
from flowengine.server.values.columns import kind_of
from flowengine.server.values.downloads import MEDIA_TYPES, file_name, write_download
from flowengine.server.values.lookup import Found, NoSuchPlace, NotThere, place_of
from flowengine.server.values.tables import LARGEST_PAGE, as_table, column_of
from flowengine.server.values.views import network_at, value_view
from flowengine.server.wire import ColumnStatistics, Rows, Wire

SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""Policy of a picture that is made of a user's words: it may be drawn and nothing else."""


def value(site: Site, call: Call) -> Wire:
    """Return what is at a port."""
    return value_view(site.values, site.store, _plan(site, call), *_place(call))


def rows(site: Site, call: Call) -> Rows:
    """Return a page of a table."""
    return site.tables.rows(
        _found(site, call),
        offset=call.number("offset", 0),
        limit=call.number("limit", 200, most=LARGEST_PAGE),
        sort=call.query.get("sort", ""),
        descending=call.query.get("descending", "") in ("1", "true"),
        chosen=_chosen(call.query.get("filter", "")),
        search=call.query.get("search", ""),
    )


def column(site: Site, call: Call) -> ColumnStatistics:
    """Return a column in numbers."""
    return site.tables.column(_found(site, call), call.needed("column"))


def image(site: Site, call: Call) -> Answer:
    """Return a picture of a table in its full size."""
    found = _found(site, call)
    data = _picture(found, call.needed("column"), call.number("row", 0))
    return Answer(data, "image/png")


def diagram(site: Site, call: Call) -> Answer:
    """Return a network as a picture."""
    place = place_of(_plan(site, call), *_place(call))
    text = network_diagram(network_at(site.values, site.store, place))
    return Answer(text.encode(), "image/svg+xml", headers={"content-security-policy": SANDBOX})


def download(site: Site, call: Call) -> Answer:
    """Return a value as a file."""
    (node, port), format = _place(call), call.needed("format")
    name = file_name(call.path, node, port, format)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / name
        plan = _plan(site, call)
        write_download(site.values, site.store, plan, node, port, format, target)
        return Answer.download(target.read_bytes(), name, MEDIA_TYPES[format])


def _refusing(handle: Handler) -> Handler:
    """Return a route that refuses what is not there as such."""

    def handled(site: Site, call: Call) -> Wire | list[Wire] | Answer:
        try:
            return handle(site, call)
        except (NoSuchPlace, NotThere) as error:
            raise Refused(str(error), status=404) from error
        except NodeError as error:
            raise Refused(error.message) from error

    return handled


def _place(call: Call) -> tuple[str, str]:
    return call.needed("node"), call.query.get("port", "out")


def _plan(site: Site, call: Call) -> Plan:
    return site.study(call.path).plan


def _found(site: Site, call: Call) -> Found:
    return site.values.find(site.store, place_of(_plan(site, call), *_place(call)))


def _chosen(text: str) -> dict[str, Any]:
    """Return the values by column that rows must have."""
    if not text:
        return {}
    try:
        chosen = json.loads(text)
    except (ValueError, RecursionError):
        chosen = None
    if not isinstance(chosen, dict) or any(isinstance(one, dict | list) for one in chosen.values()):
        raise Refused(
            f'"filter={text[:80]}": expected JSON with a value by column, such as {{"label": 4}}'
        )
    return chosen


def _picture(found: Found, name: str, row: int) -> bytes:
    column = column_of(as_table(found), name)
    if kind_of(column.dtype) != "image":
        raise NoSuchPlace(f'column "{name}" holds {column.dtype}, which are no pictures')
    if row >= column.len():
        raise NoSuchPlace(f"there is no row {row:,}; the table has {column.len():,} rows")
    one = column.slice(row, 1).drop_nulls()
    if one.is_empty():
        raise NotThere(f'row {row:,} has no picture in "{name}"')
    return png(one.to_numpy()[0])


ENDPOINTS = (
    Endpoint("GET", "api/value/{path:path}", _refusing(value), room="slow"),
    Endpoint("GET", "api/rows/{path:path}", _refusing(rows), room="slow"),
    Endpoint("GET", "api/column/{path:path}", _refusing(column), room="slow"),
    Endpoint("GET", "api/image/{path:path}", _refusing(image), room="slow"),
    Endpoint("GET", "api/diagram/{path:path}", _refusing(diagram)),
    Endpoint("GET", "api/download/{path:path}", _refusing(download), room="slow"),
)
