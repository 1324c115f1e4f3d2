"""The server answers without what only runs need: torch would cost seconds and half a gigabyte."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from support.samples import copy

import flowengine as fe

PROGRAM = """
import sys
from pathlib import Path
from flowengine.server.app import create_app
from flowengine.server.endpoint import Call
from flowengine.server.endpoints import ENDPOINTS
from flowengine.server.door import address
from flowengine.server.site import Site
from flowengine.server.documents.watch import Watch

site = Site(Path(sys.argv[1]))
create_app(site, cookie="x")
[run, *_] = site.store.runs()
asked = 0
for node, port in (("scorer", "statistics"), ("learner", "network"), ("reader", "out")):
    query = {"workflow": "iris.json", "node": node, "port": port, "column": "species",
             "format": "json", "folder": "", "layer": "hidden"}
    places = {"path": "iris.json", "run": run.id, "id": run.id}
    for route in ENDPOINTS:
        if route.method == "GET":
            try:
                route.handle(site, Call(places, query))
                asked += 1
            except Exception as error:
                print("refused", route.path, error)
Watch(site, "iris.json").snapshot()
site.close()
print("asked", asked)
print("heavy", *({"torch", "keras", "onnx", "h5py", "sklearn"} & set(sys.modules)))
"""


def test_no_reading_request_imports_torch(tmp_path: Path) -> None:
    copy(tmp_path, "iris.json", "data/iris.csv")
    (tmp_path / ".flowengine").mkdir()
    fe.run(tmp_path / "iris.json", variables={"epochs": 1}, workspace=tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert int(lines[-2].split()[1]) > 20, done.stdout
    assert lines[-1] == "heavy"
