"""The store's folder is deleted while a workflow runs: what is said afterwards is true."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.engine import NODES, document, flow, write, write_node

import flowengine as fe
from flowengine import api

COMMAND = [sys.executable, "-c", "import flowengine_command as c; exit(c.main())"]


@pytest.fixture
def nodes(tmp_path: Path) -> Path:
    write_node(
        tmp_path / "n",
        "vandal",
        '''
        import shutil
        from pathlib import Path


        @node(title="Vandal")
        class Vandal(Node):
            """Remove the store."""

            folder: str = ""

            def execute(self) -> int:
                shutil.rmtree(Path(self.folder) / ".flowengine")
                return 5
        ''',
    )
    return tmp_path / "n"


def test_the_run_ends_and_nothing_is_said_to_be_kept(tmp_path: Path, nodes: Path) -> None:
    work = document({"v": ("local.vandal", {"folder": str(tmp_path)}), "n": "local.number"})
    path = write(tmp_path / "flow.json", work)
    command = [*COMMAND, "run", path, "--nodes", str(nodes), "--nodes", str(NODES)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "nothing is kept, .flowengine was removed meanwhile" in done.stdout
    assert "results kept" not in done.stdout


def test_a_program_hears_of_it_and_has_its_values(tmp_path: Path, nodes: Path) -> None:
    work = flow({"v": ("local.vandal", {"folder": str(tmp_path)})})
    result = fe.run(work, nodes=[nodes], workspace=tmp_path)
    assert result.status == "done"
    assert not result.kept
    assert result["v"].out == 5
    assert fe.run(flow({"n": "local.number"}), nodes=[NODES], workspace=tmp_path).kept


def test_a_workspace_that_cannot_be_written_keeps_its_results_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, options = flow({"n": "local.number"}), {"nodes": [NODES], "workspace": tmp_path}
    (tmp_path / ".flowengine").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(fe.StoreError, match="kept elsewhere: --store DIR, in Python store="):
        fe.run(work, **options)
    elsewhere = tmp_path / "made" / "here"
    assert fe.run(work, store=elsewhere, **options).kept
    assert fe.start(work, store=str(elsewhere), **options).wait().nodes["n"].cached
    assert api.explain(work, store=elsewhere, **options) == {"n": ""}
    with pytest.raises(fe.FlowEngineError, match="store is an int; expected a folder"):
        fe.run(work, store=5, **options)  # type: ignore[arg-type]


def test_a_worker_that_comes_later_has_another_store_and_fails_its_node(
    tmp_path: Path, nodes: Path
) -> None:
    work = flow(
        {
            "v": ("local.vandal", {"folder": str(tmp_path)}),
            "n": {"type": "local.add", "timeout": 30},
        },
        ["v.out n.numbers"],
    )
    result = fe.run(work, nodes=[nodes, NODES], workspace=tmp_path, check=False)
    assert (result.nodes["v"].state, result.nodes["n"].state) == ("done", "failed")
    assert "has no record of" in (result.nodes["n"].error or "")
