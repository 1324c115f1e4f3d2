"""Routes of values, called as plain functions."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from support.engine import NODES, document, write

import flowengine as fe
from flowengine.server.endpoint import Answer, Call, Refused
from flowengine.server.site import Site
from flowengine.server.values.routes import ENDPOINTS
from flowengine.server.wire import ColumnStatistics, Missing, Rows, TableView

FLOW = document(
    {
        "values": "local.values",
        "input": ("layer.input", {"shape": [4]}),
        "dense": ("layer.dense", {"units": 3}),
    },
    ["input.out dense.network"],
)


class Asked:
    """Asks the routes about a workflow that ran."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.routes = {one.path.split("/")[1]: one.handle for one in ENDPOINTS}

    def __call__(self, route: str, **query: Any) -> Any:
        words = {name: str(value) for name, value in query.items()}
        return self.routes[route](self.site, Call({"path": "flow.json"}, words))


@pytest.fixture
def ask(tmp_path: Path) -> Iterator[Asked]:
    fe.run(write(tmp_path / "flow.json", FLOW), nodes=[NODES], workspace=tmp_path)
    site = Site(tmp_path, nodes=[NODES])
    yield Asked(site)
    site.close()


def test_value_is_shown(ask: Asked) -> None:
    assert isinstance(ask("value", node="values", port="table"), TableView)


def test_port_out_need_not_be_named(ask: Asked) -> None:
    assert ask("value", node="dense").kind == "network"


def test_rows_come_sorted_and_filtered(ask: Asked) -> None:
    order = {"sort": "number", "descending": "true", "limit": 2}
    rows = ask("rows", node="values", port="table", filter=json.dumps({"word": "w0"}), **order)
    assert isinstance(rows, Rows)
    assert (rows.total, rows.indices) == (3, (2, 4))


def test_column_is_told_in_numbers(ask: Asked) -> None:
    found = ask("column", node="values", port="table", column="number")
    assert isinstance(found, ColumnStatistics)
    assert found.missing == 1


def test_picture_comes_in_full_size(ask: Asked) -> None:
    answer = ask("image", node="values", port="table", column="image", row=4)
    assert answer.media_type == "image/png"
    assert Image.open(io.BytesIO(answer.body)).size == (6, 4)


def test_diagram_cannot_do_anything(ask: Asked) -> None:
    answer = ask("diagram", node="dense")
    assert answer.body.startswith(b"<svg")
    assert "sandbox" in answer.headers["content-security-policy"]


def test_download_is_always_an_attachment(ask: Asked) -> None:
    answer = ask("download", node="values", port="table", format="csv")
    assert isinstance(answer, Answer)
    assert answer.headers["content-disposition"] == 'attachment; filename="flow_values_table.csv"'


@pytest.mark.parametrize(
    ("route", "query", "reason"),
    [
        ("rows", {"node": "valeus", "port": "table"}, 'Did you mean "values"'),
        ("value", {}, 'the request needs "node="'),
        ("rows", {"node": "values", "port": "chart"}, "is a chart and has no rows"),
        ("rows", {"node": "values", "port": "table", "filter": "[1]"}, "expected JSON"),
        ("rows", {"node": "values", "port": "table", "filter": '{"word": {}}'}, "expected JSON"),
        ("rows", {"node": "values", "port": "table", "offset": "-1"}, "expected a whole number"),
        ("rows", {"node": "values", "port": "table", "sort": "nubmer"}, 'Did you mean "number"'),
        ("column", {"node": "values", "port": "table", "column": "x"}, 'no column "x"'),
        ("image", {"node": "values", "port": "table", "column": "word"}, "are no pictures"),
        (
            "image",
            {"node": "values", "port": "table", "column": "image", "row": 5},
            "there is no row 5; the table has 5 rows",
        ),
        ("diagram", {"node": "values", "port": "table"}, "only networks have a diagram"),
        ("download", {"node": "values", "port": "table", "format": "exe"}, "cannot be downloaded"),
    ],
)
def test_what_is_not_there_is_refused_in_words(
    ask: Asked, route: str, query: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as caught:
        ask(route, **query)
    assert caught.value.status in (400, 404)


def test_value_that_is_missing_says_why(ask: Asked) -> None:
    changed = {
        **FLOW,
        "nodes": {**FLOW["nodes"], "values": {"type": "local.values", "settings": {"rows": 9}}},
    }
    write(ask.site.folder / "flow.json", changed)
    assert isinstance(ask("value", node="values", port="table"), Missing)
    with pytest.raises(Refused, match="has not run with these settings"):
        ask("rows", node="values", port="table")


def test_no_route_imports_torch(tmp_path: Path) -> None:
    fe.run(write(tmp_path / "flow.json", FLOW), nodes=[NODES], workspace=tmp_path)
    program = f"""
import sys
from pathlib import Path
from flowengine.server.endpoint import Call
from flowengine.server.site import Site
from flowengine.server.values.routes import ENDPOINTS

site = Site(Path({str(tmp_path)!r}), nodes=[Path({str(NODES)!r})])
asked = {{"node": "values", "port": "table", "column": "image", "format": "csv"}}
drawn = {{"node": "dense", "format": "keras"}}
for endpoint in ENDPOINTS:
    query = drawn if "diagram" in endpoint.path else asked
    endpoint.handle(site, Call({{"path": "flow.json"}}, query))
ENDPOINTS[-1].handle(site, Call({{"path": "flow.json"}}, drawn))
assert "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
