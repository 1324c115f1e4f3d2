"""``flowengine export`` and ``flowengine run --report``."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file
from support.engine import NODES, document, write

from flowengine.cli.main import main

DENSE = {
    "input": ("layer.input", {"shape": [4]}),
    "dense": ("layer.dense", {"units": 3}),
    "count": "local.number",
}
WIRES = ["input.out dense.network"]


@pytest.fixture
def flow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write(tmp_path / "flow.json", document(DENSE, WIRES, name="Small"))


def export(flow: Path, *words: str) -> int:
    return main(
        ["export", str(flow), "--nodes", str(NODES), "--workspace", str(flow.parent), *words]
    )


@pytest.mark.parametrize(
    ("format", "head"),
    [("python", b'"""A network'), ("keras", b"PK"), ("onnx", b"\x08"), ("svg", b"<svg")],
    ids=["python", "keras", "onnx", "svg"],
)
def test_file_is_named_like_the_workflow(flow: Path, format: str, head: bytes) -> None:
    assert export(flow, "--to", format) == 0
    suffix = {"python": "py"}.get(format, format)
    assert (flow.parent / f"flow.{suffix}").read_bytes().startswith(head)


def test_program_runs_alone_with_its_weights(flow: Path, tmp_path: Path) -> None:
    assert export(flow, "--to", "python", "-o", str(tmp_path / "there" / "net.py")) == 0
    program = "import net, torch; print(tuple(net.load()(torch.zeros(2, 4)).shape))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path / "there", capture_output=True, text=True
    )
    assert done.stdout.strip() == "(2, 3)", done.stderr


def test_weights_without_training_have_none(flow: Path) -> None:
    assert export(flow, "--to", "safetensors") == 0
    assert load_file(flow.with_name("flow.safetensors")) == {}


def test_what_was_not_trained_is_said(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export(flow, "--to", "keras")
    assert 'not trained: "dense"' in capsys.readouterr().out


def test_node_can_be_chosen(flow: Path) -> None:
    assert export(flow, "--to", "python", "--node", "input") == 0
    assert "Linear" not in flow.with_name("flow.py").read_text()


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--to", "onnx", "--node", "dnse"], 'Did you mean "dense"'),
        (["--to", "onnx", "--node", "count"], "gives no network"),
        (["--to", "onnx", "--node", "dense.x"], 'it gives "out"'),
        (["--to", "html"], "has not run yet"),
        (["--to", "svg", "-o", "."], "is a folder"),
    ],
    ids=["misspelt", "no network", "no port", "not run", "folder"],
)
def test_what_cannot_be_written_is_refused(
    flow: Path, capsys: pytest.CaptureFixture[str], words: list[str], reason: str
) -> None:
    assert export(flow, *words) == 2
    assert reason in capsys.readouterr().err


def test_file_that_exists_is_left_alone(flow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flow.with_name("flow.svg").write_text("mine")
    assert export(flow, "--to", "svg") == 2
    assert "exists already" in capsys.readouterr().err
    assert flow.with_name("flow.svg").read_text() == "mine"
    assert export(flow, "--to", "svg", "-o", "flow.svg") == 0
    assert flow.with_name("flow.svg").read_text() != "mine"


def learner() -> dict[str, Any]:
    nodes = {
        **DENSE,
        "reader": ("io.file_reader", {"path": "rows.csv"}),
        "learner": ("network.learner", {"target_columns": ["y"], "loss": "mean_squared_error"}),
    }
    wires = [*WIRES, "dense.out learner.network", "reader.out learner.training_data"]
    return document(nodes, wires)


def test_nothing_is_trained_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "rows.csv").write_text("a,b,c,d,y\n" + "1,2,3,4,5\n" * 8)
    work = learner()
    work["nodes"]["dense"]["settings"]["units"] = 1
    path = write(tmp_path / "flow.json", work)
    target = str(tmp_path / "net.onnx")
    assert export(path, "--to", "onnx", "-o", target) == 2
    assert "--until learner" in capsys.readouterr().err
    assert main(["run", str(path), "--workspace", str(tmp_path), "--nodes", str(NODES)]) == 0
    assert export(path, "--to", "onnx", "-o", target) == 0


def test_run_writes_a_report(flow: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "report.html"
    common = ["--nodes", str(NODES), "--workspace", str(tmp_path)]
    assert main(["run", str(flow), "--report", str(target), *common]) == 0
    assert "<h1>Small</h1>" in target.read_text()
    assert export(flow, "--to", "html", "-o", str(tmp_path / "again.html")) == 0
