"""The command line as people and programs meet it: answers, exit codes, what it imports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from support.engine import NODES, flow

import flowengine as fe
from flowengine.cli.main import main

HEAVY = ("torch", "numpy", "networkx", "pyarrow", "starlette", "uvicorn", "rich", "sklearn", "h5py")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWENGINE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def call(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from flowengine.cli.main import main; exit(main())", *words],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def imported_by(*words: str) -> set[str]:
    program = f"""
import contextlib, io, sys
from flowengine.cli.main import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    main({list(words)!r})
print(*sorted({{name.partition(".")[0] for name in sys.modules}}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


MNIST = str(Path(__file__).parents[1] / "workflows" / "mnist.json")


@pytest.mark.parametrize(
    "words",
    [("--help",), ("run", "--help"), ("data", "list"), ("nodes",), ("validate", MNIST)],
    ids=" ".join,
)
def test_quick_commands_import_nothing_heavy(words: tuple[str, ...]) -> None:
    imported_by("nodes")  # the first time it fills the catalogue's cache
    assert not imported_by(*words) & set(HEAVY)


def test_help_names_every_command() -> None:
    answer = call("--help")
    assert answer.returncode == 0
    for command in ("run", "validate", "nodes", "data", "store", "packs", "schema", "new"):
        assert f"\n    {command} " in answer.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["rnu"], 'there is no "rnu" here. Did you mean "run"?'),
        ([], "COMMAND"),
        (["run"], "FILE"),
        (["run", "x.json", "--workers", "many"], '"many" is no number of processes'),
        (["run", "x.json", "--device", "gpu"], 'there is no "gpu" here. Expected auto, cpu, cuda'),
        (["run", "x.json", "--fesh"], "--fesh"),
        (["data", "fetch"], "NAME"),
        (["store", "gc", "--limit", "much"], '"much" is no size'),
        (["store", "gc", "--limit=-5GB"], '"-5GB" is no size'),
    ],
)
def test_wrong_call_is_one_sentence_and_code_2(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    said = capsys.readouterr()
    assert caught.value.code == 2
    assert sentence in said.err
    assert "Traceback" not in said.err
    assert said.out == ""


def test_a_wrong_call_for_a_program_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", "x.json", "--json", "--fesh"])
    said = capsys.readouterr()
    assert caught.value.code == 2
    assert json.loads(said.out) == {
        "status": "wrong",
        "error": "unrecognized arguments: --fesh",
    }
    assert said.err == ""


def test_ctrl_c_before_the_run_is_one_object_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("flowengine.workflow.Workflow.load", interrupt)
    assert main(["run", "x.json", "--json"]) == 130
    assert json.loads(capsys.readouterr().out) == {
        "status": "cancelled",
        "seconds": 0.0,
        "nodes": {},
    }
    assert main(["run", "x.json"]) == 130
    assert capsys.readouterr().err == "flowengine: cancelled\n"


def test_what_a_file_says_cannot_steer_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "w.json"
    file.write_text('{"flowengine": 1, "name": "\\u001b[2J", "nodes": {"\\u202ex\\u0007": {}}}')
    assert main(["validate", str(file)]) == 2
    said = capsys.readouterr()
    assert "␛[2J" in said.out
    assert "/nodes/␦x␇" in said.out + said.err
    assert not set("\x1b\u202e\x07") & set(said.out + said.err)


def test_internal_error_is_one_sentence_without_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("broken inside")

    monkeypatch.setattr("flowengine.registry.Registry.default", fail)
    monkeypatch.delenv("FLOWENGINE_DEBUG", raising=False)
    assert main(["packs"]) == 1
    said = capsys.readouterr().err
    assert "RuntimeError: broken inside" in said
    assert "FLOWENGINE_DEBUG=1" in said
    assert "Traceback" not in said
    monkeypatch.setenv("FLOWENGINE_DEBUG", "1")
    assert main(["packs"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_reader_that_leaves_early_is_no_error() -> None:
    command = f"{sys.executable} -c 'from flowengine.cli.main import main; exit(main())' schema"
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1; exit ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    assert done.returncode == 0


def test_nodes_are_found_by_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "row", "filter"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("table.row_filter") for line in lines)
    assert all("filter" in line.casefold() for line in lines)


def test_node_is_shown_with_ports_and_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "show", "row_filter"]) == 0
    page = capsys.readouterr().out
    assert page.startswith("Row Filter  (table.row_filter)\n")
    for word in ("Inputs", "Outputs", "Settings", "column  (required)", 'operator  ("is")'):
        assert word in page


def test_what_a_setting_may_hold_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "show", "network.learner", "optimizer"]) == 0
    text = capsys.readouterr().out
    assert "sgd – Steps along the gradient" in text
    assert "Size of a step; a schedule of the learner changes it while training." in text
    assert main(["nodes", "show", "network.learner", "early_stopping"]) == 0
    assert "Epochs without improvement that are waited for." in capsys.readouterr().out
    assert main(["nodes", "show", "network.learner", "optimiser"]) == 2
    assert 'has no setting "optimiser". Did you mean "optimizer"?' in capsys.readouterr().err


def test_nodes_as_json_is_one_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["nodes", "--json"]) == 0
    types = [item["type"] for item in json.loads(capsys.readouterr().out)]
    assert "table.row_filter" in types


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nodes", "show", "scroer"], 'Did you mean "scorer"?'),
        (["nodes", "show"], "name one type"),
        (["nodes", "xyzzy"], 'no node type fits "xyzzy"'),
        (["nodes", "--nodes", "nowhere"], '"nowhere" is not a folder'),
        (["data", "fetch", "mnits"], 'Did you mean "mnist"?'),
        (["new", "node", "Big Name"], '"Big Name" cannot be a name'),
        (["new", "node", "class"], '"class" cannot be a name'),
        (["store", "info", "--workspace", "nowhere"], '"nowhere" is not a folder'),
    ],
)
def test_mistake_is_told_with_what_is_near(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert sentence in capsys.readouterr().err


def test_data_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "list"]) == 0
    assert "mnist/train-images  47.0 MB  –" in capsys.readouterr().out
    assert main(["data", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)["data"]
    assert {item["name"]: item["cached"] for item in listed}["iris"] is True


def test_data_that_is_here_is_not_fetched(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "fetch", "iris"]) == 0
    assert "was here" in capsys.readouterr().out


def test_packs_are_listed_with_their_problems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.py").write_text("import no_such_module_at_all\n")
    assert main(["packs", "--nodes", str(tmp_path)]) == 0
    page = capsys.readouterr().out
    assert "table" in page
    assert "no_such_module_at_all" in page
    assert f"local    0 types    {tmp_path}" in page


def test_schema_accepts_a_workflow_and_names_every_setting(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    definitions = schema["$defs"]
    assert "fraction" in definitions["settings.table.partitioning"]["properties"]
    text = json.dumps(schema)
    for reference in {part.split('"')[0] for part in text.split('"$ref": "#/$defs/')[1:]}:
        assert reference in definitions


def test_store_needs_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["store", "info"]) == 2
    assert "run a workflow there first" in capsys.readouterr().err


def test_store_is_shown_and_cleared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".flowengine").mkdir()
    assert main(["store", "info", "--workspace", str(tmp_path)]) == 0
    assert "results" in capsys.readouterr().out
    assert main(["store", "clear", "--workspace", str(tmp_path), "--yes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"] == 0
    assert main(["store", "gc", "--workspace", str(tmp_path), "--limit", "1MB"]) == 0


def test_store_is_not_cleared_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / ".flowengine").mkdir()
    assert call("store", "clear", "--workspace", str(tmp_path)).returncode == 2


def test_store_is_not_cleared_under_a_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = flow({"wait": ("local.pause", {"seconds": 60.0})}, name="long one")
    work.save(tmp_path / "flow.json")
    begun = threading.Event()
    handle = fe.start(
        work,
        nodes=[NODES],
        workspace=tmp_path,
        check=False,
        on_event=lambda event: begun.set() if event.node else None,
    )
    try:
        assert begun.wait(30)
        assert main(["store", "clear", "--workspace", str(tmp_path), "--yes"]) == 2
        assert '"long one" runs in this workspace' in capsys.readouterr().err
    finally:
        handle.cancel()
        handle.wait(10)
    assert list((tmp_path / ".flowengine" / "runs").iterdir())
    assert main(["store", "clear", "--workspace", str(tmp_path), "--yes"]) == 0
    assert not (tmp_path / ".flowengine" / "runs").exists()
