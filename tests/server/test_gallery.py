"""The pictures that a node showed while it learned, one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.engine import document, write, write_node

import flowengine as fe
from flowengine.events import Event
from flowengine.server.endpoint import Call, Refused
from flowengine.server.runs.fold import MOST_PICTURES, RunFold
from flowengine.server.runs.routes import pictures
from flowengine.server.site import Site
from flowengine.server.wire import Preview

PAINTER = """
    @node(title="Painter")
    class Painter(Node):
        \"\"\"Show a picture.\"\"\"

        def execute(self, ctx: Context) -> pl.DataFrame:
            import numpy as np

            ctx.preview("made", 1, np.zeros((2, 2)))
            return pl.DataFrame({"x": [1]})
"""


def shown(count: int) -> RunFold:
    fold = RunFold()
    for step in range(1, count + 1):
        data = {"name": "made", "step": step, "image": f"data:,{step}"}
        fold.take(Event("preview", "gan", data, 0.0))
    return fold


def test_pictures_come_in_order() -> None:
    assert [one.step for one in shown(3).pictures("gan")] == [1, 2, 3]


@pytest.mark.parametrize("count", [MOST_PICTURES, MOST_PICTURES + 1, 1000])
def test_of_many_some_are_sent_with_the_last(count: int) -> None:
    found = shown(count).pictures("gan")
    assert len(found) <= MOST_PICTURES
    assert found[-1].step == count


def test_node_without_pictures_has_none() -> None:
    assert shown(3).pictures("learner") == []


def test_pictures_of_a_run_can_be_asked_for(tmp_path: Path) -> None:
    write_node(tmp_path / "nodes", "painter", PAINTER)
    path = write(tmp_path / "flow.json", document({"p": "local.painter"}))
    fe.run(path, nodes=[tmp_path / "nodes"], workspace=tmp_path)
    site = Site(tmp_path, nodes=[tmp_path / "nodes"])
    [run] = site.store.runs()
    [found] = pictures(site, Call({"run": run.id}, {"node": "p"}))
    with pytest.raises(Refused, match="needs"):
        pictures(site, Call({"run": run.id}))
    site.close()
    assert isinstance(found, Preview)
    assert (found.name, found.step) == ("made", 1)
