"""``flowengine new``: what it writes works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from flowengine.cli.main import main
from flowengine.registry import Registry
from flowengine.testing import check_node


def test_new_node_is_a_node_that_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "node", "outlier_filter", "--dir", str(tmp_path)]) == 0
    assert f"flowengine nodes show local.outlier_filter --nodes {tmp_path}" in (
        capsys.readouterr().out
    )
    cls = Registry.default(nodes=[tmp_path]).load("local.outlier_filter")
    (tmp_path / "work").mkdir()
    out = check_node(
        cls,
        folder=tmp_path / "work",
        settings={"column": "a", "minimum": 2.0},
        inputs={"table": pl.DataFrame({"a": [1.0, 2.0]})},
    )["out"]
    assert out["a"].to_list() == [2.0]
    assert main(["nodes", "show", "local.outlier_filter", "--nodes", str(tmp_path)]) == 0
    assert "Outlier Filter" in capsys.readouterr().out


def test_new_pack_passes_its_own_test(tmp_path: Path) -> None:
    assert main(["new", "pack", "finance", "--dir", str(tmp_path)]) == 0
    root = tmp_path / "finance"
    assert 'finance = "finance_nodes"' in (root / "pyproject.toml").read_text()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=root,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(root), "PATH": ""},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_new_pack_keeps_the_house_rules(tmp_path: Path) -> None:
    assert main(["new", "pack", "finance", "--dir", str(tmp_path)]) == 0
    rules = ["--isolated", "--line-length=100", "--select=E,F,I,B,UP"]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", *rules],
        cwd=tmp_path / "finance",
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_nothing_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.py").write_text("precious")
    assert main(["new", "node", "mine", "--dir", str(tmp_path)]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert (tmp_path / "mine.py").read_text() == "precious"


@pytest.mark.parametrize("name", ["table", "local"])
def test_a_prefix_that_is_taken_is_refused(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", "pack", name, "--dir", str(tmp_path)]) == 2
    assert f'the prefix "{name}" is taken by' in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
