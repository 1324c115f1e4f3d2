"""Writers of files under kill -9: under a file's name stands what was there before or all of it.

``make soak`` raises the number of kills by FLOWENGINE_SOAK_FILE_KILLS.
"""

from __future__ import annotations

import gzip
import http.server
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from safetensors.numpy import load_file
from support import file_writer
from support.engine import document, write, write_node

import flowengine as fe
from flowengine.ports import TablePort
from flowengine.registry import Registry
from flowengine.store import Store

KILLS = int(os.environ.get("FLOWENGINE_SOAK_FILE_KILLS", "4"))
COMMAND = [sys.executable, "-c", "from flowengine.cli.main import main; exit(main())"]


def kill_while_writing(kind: str, folder: Path, *more: str, seconds: float) -> None:
    child = subprocess.Popen(
        [sys.executable, file_writer.__file__, kind, folder, *more],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "FLOWENGINE_DATA": str(folder / "data")},
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "writing\n"
    time.sleep(seconds)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    child.stdout.close()


def check(kind: str, folder: Path) -> None:
    """Check what stands under the final name."""
    if kind == "table":
        rows = pl.read_csv(folder / "out.csv")
        assert rows.height == file_writer.ROWS
        assert rows["n"].n_unique() == 1
    elif kind == "component":
        path = folder / "block.json"
        if path.exists():
            assert len(json.loads(path.read_text())["nodes"]) == file_writer.NODES
    else:
        arrays = load_file(folder / "out.safetensors")
        numbers = {float(value) for array in arrays.values() for value in set(array.flat)}
        assert len(numbers) == 1
        assert all(array.size == file_writer.UNITS for array in arrays.values())


@pytest.mark.timeout(120 + 10 * KILLS)
@pytest.mark.parametrize("kind", ["table", "model", "network", "component"])
def test_a_file_is_never_half_written(tmp_path: Path, kind: str) -> None:
    dice = random.Random(0)
    for _ in range(KILLS):
        kill_while_writing(kind, tmp_path, seconds=dice.uniform(0, 0.1))
        check(kind, tmp_path)


class _Source(http.server.BaseHTTPRequestHandler):
    packed = gzip.compress(file_writer.CONTENT)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.packed)))
        self.end_headers()
        self.wfile.write(self.packed)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def source() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Source)
    # Whoever is killed leaves the line without a word, which is no error of the server.
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.timeout(120 + 10 * KILLS)
def test_fetched_data_is_whole_or_not_there(tmp_path: Path, source: str) -> None:
    dice = random.Random(1)
    folder = tmp_path / "data"
    for _ in range(KILLS):
        kill_while_writing("data", tmp_path, source, seconds=dice.uniform(0, 0.1))
        path = folder / "test/it"
        assert not path.exists() or path.read_bytes() == file_writer.CONTENT
        # One that was left by a kill before is gone with the first fetch after it.
        assert len(list(folder.rglob(".writing-*"))) <= 1


def workers_of(folder: Path) -> list[int]:
    """Return the processes whose command line names a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes()
        except OSError:
            continue
        if b"flowengine.running.worker" in words and str(folder).encode() in words:
            found.append(int(entry.parent.name))
    return found


@pytest.mark.slow
@pytest.mark.timeout(180 + 30 * KILLS)
def test_a_run_with_workers_is_killed_and_goes_on(tmp_path: Path) -> None:
    write_node(
        tmp_path / "n",
        "fill",
        '''
        @node(title="Fill")
        class Fill(Node):
            """Make a table of one number, and another one of it."""

            number: int = 0

            def execute(self, table: pl.DataFrame | None = None) -> pl.DataFrame:
                before = 0 if table is None else table["n"][0]
                return pl.DataFrame({"n": [self.number + before] * 60_000})
        ''',
    )
    names = [f"n{place}" for place in range(24)]
    nodes = {name: ("local.fill", {"number": place}) for place, name in enumerate(names)}
    wires = [f"n{place}.out n{place + 4}.table" for place in range(20)]
    path = write(tmp_path / "flow.json", document(nodes, wires))
    dice = random.Random(2)
    for _ in range(min(KILLS, 10)):
        child = subprocess.Popen(
            [*COMMAND, "run", path, "--nodes", tmp_path / "n", "--workers", "2", "--json"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while not workers_of(tmp_path) and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(dice.uniform(0, 1.0))
        child.kill()
        assert child.communicate()[1] == ""
        while workers_of(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not workers_of(tmp_path), "workers outlive their run"
        check_tables(tmp_path)
    result = fe.run(path, nodes=tmp_path / "n", workers=2)
    assert result.status == "done"
    for place, name in enumerate(names):
        assert set(result[name].out["n"]) == {sum(range(place % 4, place + 1, 4))}


def check_tables(folder: Path) -> None:
    """Check that each table whose row is in the store is whole."""
    registry = Registry.default()
    with Store(folder / ".flowengine", registry.load_layer, memory_limit=0) as store:
        keys = {key for run in store.runs() for key in run.keys.values() if key}
        for key in store.lookup(keys):
            table = store.load(key, "out", TablePort())
            assert table.height == 60_000
            assert table["n"].n_unique() == 1
