"""What nodes print never stands between a program and its answer."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.engine import NODES, document, write, write_node


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


@pytest.mark.parametrize("words", [(), ("--json",)])
def test_a_node_that_takes_the_streams_away_takes_them_from_itself(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    write_node(
        tmp_path / "n",
        "mute",
        '''
        import sys


        @node(title="Mute")
        class Mute(Node):
            """Leave nothing to print to."""

            def execute(self) -> int:
                sys.stdout = sys.stderr = None
                return 1
        ''',
    )
    path = write(tmp_path / "flow.json", document({"s": "local.mute"}))
    done = subprocess.run(
        [sys.executable, "-c", "from flowengine.cli.main import main; exit(main())",
         "run", path, "--nodes", str(tmp_path / "n"), *words],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"status": "done"' in done.stdout if words else "Done in" in done.stdout


def test_names_of_other_bytes_than_utf8_may_be_printed_and_told(tmp_path: Path) -> None:
    write_node(
        tmp_path / "n",
        "odd",
        '''
        from flowengine import Context


        @node(title="Odd")
        class Odd(Node):
            """Tell of a file whose name is no UTF-8."""

            def execute(self, ctx: Context) -> int:
                print("read \\udcff")
                ctx.progress(0.5, "half of \\udcff")
                ctx.warn("\\udcff is empty")
                raise ValueError("\\udcff is no table")
        ''',
    )
    path = write(tmp_path / "flow.json", document({"s": "local.odd"}))
    done = subprocess.run(
        [sys.executable, "-c", "from flowengine.cli.main import main; exit(main())",
         "run", path, "--nodes", str(tmp_path / "n"), "--json"],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    told = json.loads(done.stdout)["nodes"]["s"]
    assert "\\udcff is no table" in str(told)
