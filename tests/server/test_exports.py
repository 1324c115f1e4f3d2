"""The report of a run, from the editor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.engine import NODES, document, write

import flowengine as fe
from flowengine.errors import FlowEngineError
from flowengine.server.endpoint import Answer, Call, Refused
from flowengine.server.runs.exports import export
from flowengine.server.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    for name in ("one", "other"):
        path = write(tmp_path / f"{name}.json", document({"a": "local.table"}, name=name))
        fe.run(path, nodes=[NODES], workspace=tmp_path)
    write(tmp_path / "new.json", document({}))
    opened = Site(tmp_path, nodes=[NODES])
    yield opened
    opened.close()


def asked(site: Site, path: str, **wish: Any) -> Answer:
    return export(site, Call({"path": path}, body=json.dumps(wish).encode()))


def test_latest_run_is_reported_as_an_attachment(site: Site) -> None:
    answer = asked(site, "one.json")
    assert answer.headers["content-disposition"] == 'attachment; filename="one_report.html"'
    assert b"<h1>one</h1>" in answer.body


def test_an_earlier_run_is_reported_by_its_id(site: Site) -> None:
    [first] = site.book.runs_of(site.place("one.json"))
    fe.run(site.folder / "one.json", nodes=[NODES], workspace=site.folder, settings={"a.rows": 9})
    page = asked(site, "one.json", run=first.id).body.decode()
    assert first.id[:8] in page
    assert "<dt>rows</dt>" not in page


def test_run_of_another_workflow_is_refused(site: Site) -> None:
    [run] = site.book.runs_of(site.place("other.json"))
    with pytest.raises(Refused, match="this was no run of"):
        asked(site, "one.json", run=run.id)


def test_workflow_without_a_run_is_refused(site: Site) -> None:
    with pytest.raises(FlowEngineError, match="has not run yet"):
        asked(site, "new.json")
