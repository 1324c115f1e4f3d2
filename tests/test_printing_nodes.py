"""What nodes print never stands between a program and its answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.engine import NODES, document, write


@pytest.mark.parametrize("workers", ["0", "1"])
def test_json_output_is_one_object_whatever_nodes_print(tmp_path: Path, workers: str) -> None:
    path = write(tmp_path / "flow.json", document({"s": "local.shout"}))
    done = subprocess.run(
        [sys.executable, "-c", "from flowengine.cli.main import main; exit(main())",
         "run", path, "--json", "--nodes", NODES, "--workers", workers],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["status"] == "done"
    for text in ("printed by a node", "written by a node", "printed by a child", "an error of"):
        assert text in done.stderr
