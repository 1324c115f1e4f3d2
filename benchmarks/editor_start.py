"""Start of the editor's server: from the command to each first answer, and a report of 200 layers.

Each turn is a fresh process on a workspace with the samples, Python's bytecode and the catalogue
cached as on anybody's second start.

Run: ``python benchmarks/editor_start.py [--turns 7]``.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.request import Request, urlopen

from _measure import FLOWENGINE, ROOT, machine, spread, verdict

from flowengine.workflow import Workflow

BAR_SECONDS = 2.0
REPORT_SECONDS = 0.1
ADDRESS = re.compile(r"(http://\S+/)\?token=([^\s#]+)")
ASKED = ("api/catalogue", "api/workflows/mnist.json", "api/report/mnist.json")
"""What a page asks for before its canvas can be used."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        shutil.copyfile(ROOT / "workflows/mnist.json", workspace / "mnist.json")
        layers().save(workspace / "layers.json")
        take(workspace)
        turns = [take(workspace) for _ in range(options.turns)]
    print(f"start of the editor's server, {options.turns} turns; {machine()}")
    for name in turns[0]:
        print(f"  {name}: {spread((turn[name] for turn in turns), 's')}")
    ready = statistics.median(turn["all a page asks for"] for turn in turns)
    print(f"  bar {BAR_SECONDS} s {verdict(met=ready <= BAR_SECONDS)}")
    report = statistics.median(turn["report of 200 layers, again"] for turn in turns)
    print(f"  bar {REPORT_SECONDS} s for the report {verdict(met=report <= REPORT_SECONDS)}")


def layers() -> Workflow:
    """Return a workflow of 200 layers."""
    flow = Workflow("layers")
    last = flow.add("layer.input", "input", shape=[64])
    for number in range(199):
        last = flow.add("layer.dense", f"dense_{number}", network=last.out, units=64)
    return flow


def take(workspace: Path) -> Mapping[str, float]:
    """Start a server, ask what a page asks, and return the seconds from the start."""
    started = time.perf_counter()
    found: dict[str, float] = {}
    command = [FLOWENGINE, "ui", str(workspace), "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = next(filter(None, map(ADDRESS.search, process.stdout)))
            found["address printed"] = time.perf_counter() - started
            for path in ASKED:
                ask(address[1] + path, address[2])
            found["all a page asks for"] = time.perf_counter() - started
            for name in ("report of 200 layers", "report of 200 layers, again"):
                before = time.perf_counter()
                ask(f"{address[1]}api/report/layers.json", address[2])
                found[name] = time.perf_counter() - before
        finally:
            process.terminate()
    return found


def ask(url: str, token: str) -> None:
    request = Request(url, headers={"Authorization": f"Bearer {token}"})
    with urlopen(request, timeout=60) as answer:
        answer.read()


if __name__ == "__main__":
    main()
