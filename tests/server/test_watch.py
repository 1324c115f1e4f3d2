"""An open workflow: what an editor is told when it comes."""

from __future__ import annotations

import time
from pathlib import Path

from support.samples import copy

from flowengine.events import Event
from flowengine.server.documents.watch import Watch
from flowengine.server.site import Site


def test_a_run_that_ends_while_an_editor_opens_is_in_its_report(tmp_path: Path) -> None:
    copy(tmp_path, "iris.json", "data/iris.csv")
    site = Site(tmp_path)
    keys = {path: node.key for path, node in site.study("iris.json").plan.nodes.items()}
    running, failed = (
        Event("state", "learner", {"state": state, "error": error}, time.time())
        for state, error in (("running", None), ("failed", "it broke"))
    )
    site.store.start_run("r", "iris", str(site.place("iris.json")), keys=keys)
    site.store.add_events("r", [running])
    watch = Watch(site, "iris.json")
    assert watch.report.nodes["learner"].state != "failed"
    site.store.finish_run("r", "failed", 1.0, [failed])
    snapshot, _ = watch.snapshot()
    assert snapshot.run is not None
    assert snapshot.run.status == "failed"
    assert snapshot.report.nodes["learner"].state == "failed"
    site.close()
