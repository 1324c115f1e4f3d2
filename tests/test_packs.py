"""Packs: of this distribution, of others, and of loose folders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.engine import NODES, flow, told, write_node

from flowengine.api import run, validate
from flowengine.packs import installed_packs, local_pack
from flowengine.registry import Registry

SAMPLE = Path(__file__).parent / "plugin_sample"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build and install the sample plugin into a folder of its own."""
    folder = tmp_path_factory.mktemp("site")
    subprocess.run(
        [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "install",
         "--no-deps", "--no-build-isolation", "--target", folder, SAMPLE],
        check=True,
    )  # fmt: skip
    return folder


def with_plugin(site: Path, program: str) -> Any:
    """Run a program in a process that finds the plugin, and return the JSON it prints."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_built_in_packs_come_by_the_entry_point_of_a_plugin() -> None:
    packs = {pack.prefix: pack for pack in installed_packs()}
    assert packs["layer"].origin == "flowengine"
    assert packs["layer"].module == "flowengine_nodes.layer"
    assert packs["layer"].files["dense"].group == "core"
    assert not [pack.problems for pack in packs.values() if pack.problems]


def test_an_installed_plugin_is_found_and_runs(site: Path, tmp_path: Path) -> None:
    program = f"""
import json
import flowengine as fe
flow = fe.Workflow()
hello = flow.add("sample.greeting", name="you", loud=True)
result = fe.run(flow, workspace={str(tmp_path)!r})
away = fe.run(flow, workspace={str(tmp_path)!r}, workers=1, fresh=True)
print(json.dumps([result["greeting"].out, away["greeting"].out]))
"""
    assert with_plugin(site, program) == ["HELLO, YOU!", "HELLO, YOU!"]


def test_a_plugin_is_in_the_catalogue_with_its_help(site: Path) -> None:
    info = with_plugin(
        site,
        """
import json
from flowengine.registry import Registry
info = Registry.default().catalogue()["sample.greeting"]
print(info.model_dump_json())
""",
    )
    assert info["title"] == "Greeting"
    assert info["group"] == "words"
    assert info["summary"] == "Greet somebody."
    assert info["description"] == "The greeting can be loud."
    assert [item["help"] for item in info["settings"]] == [
        "Who is greeted.",
        "Whether it is written in capitals.",
    ]


def test_broken_packs_are_reported_and_hurt_nobody(site: Path) -> None:
    packs = with_plugin(
        site,
        """
import json
from flowengine.registry import Registry
registry = Registry.default()
names = list(registry.catalogue())
packs = {pack.prefix: pack.problems for pack in registry.packs.values()}
print(json.dumps([names, packs]))
""",
    )
    names, problems = packs
    assert "sample.greeting" in names
    assert "layer.dense" in names
    assert "sample.dense" not in names
    assert "No module named 'a_library_that_is_not_there'" in problems["sample_broken"][0]
    assert problems["sample_gone"] == ['there is no package "flowengine_sample.gone"']
    assert '"Sample-Shout" cannot be a prefix of types' in problems["Sample-Shout"][0]
    assert problems["local"] == ['the prefix "local" is kept for loose folders']
    assert problems["sample"] == []
    assert problems["layer"] == [
        '"flowengine-sample" declares the prefix "layer" too; it is left out'
    ]


def test_what_is_installed_while_a_process_lives_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    assert "late" not in {pack.prefix for pack in installed_packs()}
    facts = tmp_path / "late-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: late\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[flowengine.nodes]\nlate = late_nodes\n")
    [pack] = [pack for pack in installed_packs() if pack.prefix == "late"]
    assert (pack.origin, pack.version) == ("late", "1.0")
    assert pack.problems == ['there is no package "late_nodes"']


def test_the_problems_of_a_pack_are_kept_with_the_catalogue(site: Path) -> None:
    program = """
import json
from flowengine.registry import Registry
registry = Registry.default()
registry.catalogue()
print(json.dumps(registry.packs["sample_broken"].problems))
"""
    assert with_plugin(site, program) == with_plugin(site, program) != []


# Loose folders

SOURCE = '''
@node(title="One")
class One(Node):
    """Give one."""

    def execute(self) -> int:
        return 1
'''


def test_a_loose_folder_is_a_pack(tmp_path: Path) -> None:
    write_node(tmp_path, "one", SOURCE)
    write_node(tmp_path / "deep" / "er", "two", SOURCE.replace("One", "Two"))
    write_node(tmp_path, "_helper", "x = 1 / 0")
    write_node(tmp_path / ".hidden", "three", SOURCE)
    write_node(tmp_path / "__pycache__", "four", SOURCE)
    (tmp_path / "notes.txt").touch()
    pack = local_pack([tmp_path])
    assert list(pack.files) == ["two", "one"]
    assert pack.files["two"].group == "deep/er"
    assert not pack.problems


def test_several_loose_folders_are_one_pack(tmp_path: Path) -> None:
    write_node(tmp_path / "a", "one", SOURCE)
    write_node(tmp_path / "b", "two", SOURCE.replace("One", "Two"))
    write_node(tmp_path / "c", "one", SOURCE)
    registry = Registry.default([tmp_path / "a", tmp_path / "b", tmp_path / "a"])
    assert registry.load("local.one").__name__ == "One"
    assert registry.load("local.two").__name__ == "Two"
    assert not registry.packs["local"].problems
    [problem] = local_pack([tmp_path / "a", tmp_path / "c"]).problems
    assert problem.startswith('two files are called "one.py"')


def test_a_folder_that_is_none_is_a_problem_of_the_pack(tmp_path: Path) -> None:
    assert local_pack([tmp_path / "no"]).problems == [f'"{tmp_path}/no" is not a folder']


def test_a_loose_node_may_import_its_neighbours(tmp_path: Path) -> None:
    (tmp_path / "_values.py").write_text("ONE = 41\n")
    write_node(
        tmp_path,
        "one",
        "from ._values import ONE\n" + SOURCE.replace("return 1", "return ONE + 1"),
    )
    result = run(flow({"a": "local.one"}), nodes=[tmp_path], workspace=tmp_path)
    assert result["a"].out == 42


def test_an_edited_loose_node_is_imported_anew_in_the_same_process(tmp_path: Path) -> None:
    nodes, work = tmp_path / "nodes", tmp_path / "work"
    work.mkdir()
    helper = nodes / "_values.py"
    write_node(
        nodes, "one", "from ._values import ONE\n" + SOURCE.replace("return 1", "return ONE")
    )
    for value in (1, 22, 333):
        helper.write_text(f"ONE = {value}\n")
        result = run(flow({"a": "local.one"}), nodes=[nodes], workspace=work)
        assert result["a"].out == value
        assert not result.nodes["a"].cached
    assert run(flow({"a": "local.one"}), nodes=[nodes], workspace=work).nodes["a"].cached


def test_of_two_quick_edits_the_second_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    nodes, work = tmp_path / "nodes", tmp_path / "work"
    work.mkdir()
    source = "from .deep._values import ONE\n" + SOURCE.replace("return 1", "return ONE + 1")
    helper = nodes / "deep" / "_values.py"
    helper.parent.mkdir(parents=True)
    for number in range(1, 4):  # in one second, and of one size
        path = write_node(nodes, "one", source.replace("+ 1", f"+ {number}"))
        helper.write_text(f"ONE = {number}\n")
        for place in (path, helper):
            os.utime(place, ns=(0, 10**18 + number))
        result = run(flow({"a": "local.one"}), nodes=[nodes], workspace=work)
        assert result["a"].out == 2 * number


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("import nothing_of_that_name", "ModuleNotFoundError: No module named"),
        ("x = (", "'(' was never closed"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("", "found: none; a file that is no node is called _one.py"),
        (SOURCE + SOURCE.replace("One", "Two"), "exactly one class with @node; found: One, Two"),
        (
            SOURCE.replace("class One", "class Other"),
            "the class must be the file's name in CamelCase, One",
        ),
        (SOURCE.replace("-> int", "-> complex"), "the result has the hint complex"),
        (SOURCE.replace(" -> int", ""), "execute needs a return hint"),
        (SOURCE.replace("self)", "self, x)"), 'the port "x" needs a type hint'),
        (SOURCE.replace("    def", "    execute: int = 1\n    def"), 'cannot be called "execute"'),
        (SOURCE.replace("    def", "    ctx: int = 1\n    def"), 'cannot be called "ctx"'),
        (SOURCE.replace("    def", "    model_x: int = 1\n    def"), 'cannot be called "model_x"'),
        (SOURCE.replace("    def", "    copy: int = 1\n    def"), 'cannot be called "copy"'),
        (
            SOURCE.replace("    def", "    x: int = '1'\n    def"),
            "the default of the setting \"x\" is '1', which the setting does not take: Input "
            "should be a valid integer",
        ),
        (
            SOURCE.replace("    def", "    x: tuple[int, ...] = (1, 2.5)\n    def"),
            'the default of the setting "x" is (1, 2.5)',
        ),
        (
            SOURCE.replace("    def", "    x: int = 1\n    def").replace("self)", "self, x: int)"),
            '"x" is both a setting and an input port',
        ),
        (SOURCE.replace("    def", "    async def"), "One.execute cannot be async"),
        (SOURCE.replace("(Node)", "(Layer)"), "a layer needs a method outputs(self, *inputs)"),
        (SOURCE.replace("return 1", "yield 1"), "One.execute must return its result, not yield it"),
        (SOURCE.replace("(self)", "()"), "execute must be a plain method, whose first parameter"),
        (SOURCE.replace("self)", "self, x: int = 3)"), 'the port "x" cannot have the default 3'),
        (SOURCE.replace("self)", "self, x: int | None = 3)"), "cannot have the default 3"),
        (SOURCE.replace("self)", "self, *x: int)"), '"x" is no port; ports are named'),
        (
            SOURCE + "\n    def __init__(self) -> None:\n        super().__init__()\n",
            "a node has no __init__ of its own",
        ),
        (
            SOURCE.replace("    def", '    c: Annotated[str, Column("tabel")]\n    def').replace(
                "self)", "self, table: pl.DataFrame)"
            ),
            'a column of the port "tabel", which is none of execute\'s. Did you mean "table"?',
        ),
    ],
)
def test_a_broken_node_is_reported_with_its_file(tmp_path: Path, source: str, message: str) -> None:
    path = write_node(tmp_path, "one", source)
    write_node(tmp_path, "good", SOURCE.replace("One", "Good"))
    plan = validate(flow({"a": "local.one", "b": "local.good"}), nodes=[tmp_path])
    [(pointer, text)] = told(plan).items()
    assert pointer == "/nodes/a/type"
    assert text.startswith('type "local.one" cannot be loaded: ')
    assert message in text
    assert str(path) in text
    registry = Registry.default([tmp_path])
    assert "local.good" in registry.catalogue()
    assert "local.one" not in registry.catalogue()
    assert len(registry.packs["local"].problems) == 1


def test_the_shared_test_nodes_load() -> None:
    registry = Registry.default([NODES])
    names = [name for name in registry.catalogue() if name.startswith("local.")]
    assert "local.table" in names
    assert not registry.packs["local"].problems
