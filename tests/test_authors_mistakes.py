"""Mistakes of a node's author: each gets one sentence at its place, and breaks nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field
from support.engine import document, flow, told, write, write_node

from flowengine import Node, node
from flowengine.api import run, validate
from flowengine.cli.main import main
from flowengine.errors import WorkflowError
from flowengine.packs import Pack
from flowengine.registry import Registry
from flowengine.testing import check_node
from flowengine.workflow import Workflow

NODE = '''
@node(title="One")
class One(Node):
    """One."""

    SETTING

    def execute(self) -> int:
        return 1
'''


def with_setting(folder: Path, text: str) -> Path:
    write_node(folder, "one", NODE.replace("SETTING", text))
    return folder


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('x: Annotated[str, Column("t", kind="numeric")]', 'no kind "numeric". Did you mean "num'),
        ('x: Annotated[str, File("reed")]', 'there is no mode "reed". Did you mean "read"?'),
        ('x: Annotated[str, File(suffixes=".csv")]', 'suffixes are a tuple, such as (".csv",)'),
        ("x: Annotated[int, File()] = 1", "is marked File, so it is a str, not <class 'int'>"),
        ("x: Annotated[tuple[str, ...], File()] = ()", "so it is a str, not tuple[str, ...]"),
        ('x: int = Field(1, alias="y")', 'the setting "x" has the alias "y"'),
        ('id: str = ""', 'a setting cannot be called "id"'),
    ],
)
def test_a_setting_that_could_not_work_is_refused(
    tmp_path: Path, setting: str, message: str
) -> None:
    plan = validate(flow({"a": "local.one"}), nodes=with_setting(tmp_path, setting))
    assert message in told(plan)["/nodes/a/type"]


@pytest.mark.parametrize(
    ("mark", "message"),
    [
        ("@node", '@node needs a title, @node(title="…")'),
        ('@node(title="One", keywords="a")', 'keywords is a tuple, such as ("a",), not a text'),
        ('@node(title="One", was="x.y")', 'was is a tuple, such as ("x.y",), not a text'),
    ],
)
def test_a_mark_that_says_nothing_is_refused(tmp_path: Path, mark: str, message: str) -> None:
    write_node(tmp_path, "one", NODE.replace("SETTING", "").replace('@node(title="One")', mark))
    plan = validate(flow({"a": "local.one"}), nodes=tmp_path)
    assert message in told(plan)["/nodes/a/type"]


def test_several_outputs_in_a_tuple_are_told_the_way(tmp_path: Path) -> None:
    write_node(tmp_path, "one", NODE.replace("SETTING", "").replace("-> int", "-> tuple[int, int]"))
    text = told(validate(flow({"a": "local.one"}), nodes=tmp_path))["/nodes/a/type"]
    assert "several outputs are a NamedTuple with a field for each" in text


def test_a_setting_without_json_takes_no_other_type_with_it(tmp_path: Path) -> None:
    with_setting(tmp_path, "x: type = int")
    write_node(tmp_path, "good", NODE.replace("SETTING", "").replace("One", "Good"))
    registry = Registry.default([tmp_path])
    assert "local.good" in registry.catalogue()
    [problem] = registry.packs["local"].problems
    assert 'One: no JSON can stand for the setting "x"' in problem
    plan = validate(flow({"a": "local.one"}), nodes=tmp_path)
    assert told(plan) == {}
    with pytest.raises(WorkflowError, match="its settings cannot be saved"):
        run(flow({"a": "local.one"}), nodes=tmp_path, workspace=tmp_path)


def test_a_faulty_validator_is_told_with_its_line(tmp_path: Path) -> None:
    write_node(
        tmp_path,
        "one",
        '''
        from pydantic import field_validator


        @node(title="One")
        class One(Node):
            """One."""

            x: int = 1

            @field_validator("x")
            @classmethod
            def _check(cls, value: int) -> int:
                return {1: 1}[value]

            def execute(self) -> int:
                return 1
        ''',
    )
    plan = validate(flow({"a": ("local.one", {"x": 2})}), nodes=tmp_path)
    text = told(plan)["/nodes/a/settings"]
    assert text.startswith("the settings cannot be checked: KeyError: 2 (one.py, line ")


GROUP = """
import pydantic


class Group(pydantic.BaseModel):
    a: int = 1
"""


@pytest.mark.parametrize(
    ("given", "message"), [({"a": "5"}, "expected a whole number"), ({"b": 5}, 'no setting "b"')]
)
def test_groups_of_settings_are_strict_without_saying_so(
    tmp_path: Path, given: dict[str, Any], message: str
) -> None:
    write_node(
        tmp_path,
        "one",
        GROUP + NODE.replace("SETTING", "group: Group = Group()"),
    )
    plan = validate(flow({"a": ("local.one", {"group": given})}), nodes=tmp_path)
    [text] = told(plan).values()
    assert message in text


def test_a_setting_that_execute_changes_is_told(tmp_path: Path) -> None:
    with_setting(tmp_path, "x: int = 1\n")
    path = tmp_path / "one.py"
    path.write_text(path.read_text().replace("return 1", "self.x = 2"))
    result = run(flow({"a": "local.one"}), nodes=tmp_path, workspace=tmp_path, check=False)
    assert '"x" is a setting, which never changes; keep' in str(result.errors[0])


def test_a_schema_may_be_a_plain_dict(tmp_path: Path) -> None:
    source = '''
        @node(title="Made")
        class Made(Node):
            """Made."""

            def configure(self) -> pl.Schema:
                return {"a": TYPE}

            def execute(self) -> pl.DataFrame:
                return pl.DataFrame({"a": [1]})
        '''
    write_node(tmp_path, "made", source.replace("TYPE", "pl.Int64"))
    plan = validate(flow({"a": "local.made"}), nodes=tmp_path)
    assert plan.nodes["a"].specs["out"].names() == ["a"]
    write_node(tmp_path, "made", source.replace("TYPE", "1"))
    [text] = told(validate(flow({"a": "local.made"}), nodes=tmp_path)).values()
    assert text.startswith('Made.configure gave no schema for the output "out": ')


@pytest.mark.parametrize("line", ['return "x" * 1_000_000', 'raise ValueError("x" * 1_000_000)'])
def test_a_text_without_end_floods_nothing(
    tmp_path: Path, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with_setting(tmp_path / "nodes", "")
    path = tmp_path / "nodes" / "one.py"
    path.write_text(path.read_text().replace("-> int", "-> str").replace("return 1", line))
    file = write(tmp_path / "flow.json", document({"a": "local.one"}))
    report = tmp_path / "report.html"
    main(["run", str(file), "--nodes", str(path.parent), "--report", str(report)])
    said = capsys.readouterr()
    assert "xxx" in said.out
    assert len(said.out + said.err) < 100_000
    assert "letters left out" in report.read_text()
    assert report.stat().st_size < 100_000


def test_a_file_whose_name_is_no_type_is_told(tmp_path: Path) -> None:
    write_node(tmp_path, "out-lier", NODE)
    [problem] = Registry.default([tmp_path]).packs["local"].problems
    assert "out-lier.py" in problem
    assert "a file's name is the name of its type" in problem


@pytest.mark.parametrize("words", [("packs", "--json"), ("nodes", "--json"), ("schema",)])
def test_what_a_file_prints_at_import_stands_in_no_answer(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    write_node(tmp_path, "one", NODE.replace("SETTING", "") + "\nprint('loud')\n")
    done = subprocess.run(
        [sys.executable, "-m", "flowengine", *words, "--nodes", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout)
    assert "loud" in done.stderr


class Near(BaseModel):
    """Near."""

    kind: Literal["near"]
    """Which."""
    by: int = 1
    """How far."""


class Far(BaseModel):
    """Far."""

    kind: Literal["far"] = "far"
    """Which."""
    to: int = 1
    """Where."""


@node(title="Goes")
class Goes(Node):
    """Go."""

    way: Annotated[Near | Far, Field(discriminator="kind")] = Near(kind="near")
    """Which way."""

    def execute(self) -> int:
        """Return where."""
        return 1


def test_a_choice_that_loses_its_kind_is_found(tmp_path: Path) -> None:
    check_node(Goes, folder=tmp_path, settings={"way": {"kind": "near", "by": 2}})
    with pytest.raises(AssertionError, match="a field that tells the members of a union apart"):
        check_node(Goes, folder=tmp_path, settings={"way": {"kind": "far", "to": 2}})


OLD = '''
@node(title="Sale", version=2)
class Sale(Node):
    """Sale."""

    percent: int = 10

    @classmethod
    def upgrade(cls, settings, version):
        if version < 2:
            settings["percent"] = 100 * settings.pop("share", 0)
        return settings

    def execute(self) -> int:
        return self.percent
'''


def test_a_node_added_in_python_is_one_of_today(tmp_path: Path) -> None:
    write_node(tmp_path, "sale", OLD)
    made = Workflow()
    made.add("local.sale", percent=50)
    assert run(made, nodes=tmp_path, workspace=tmp_path)["sale"].out == 50
    text = made.dumps(registry=Registry.default([tmp_path]))
    assert '{"type": "local.sale", "version": 2, "settings": {"percent": 50}}' in text
    again = Workflow.loads(text)
    assert run(again, nodes=tmp_path, workspace=tmp_path)["sale"].out == 50
    # what a file says of no version is of the first one
    first = Workflow.loads(text.replace('"version": 2, ', "").replace("percent", "share"))
    assert run(first, nodes=tmp_path, workspace=tmp_path)["sale"].out == 5000


def test_the_version_of_a_type_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_node(tmp_path, "sale", OLD)
    main(["nodes", "show", "local.sale", "--nodes", str(tmp_path)])
    assert "(local.sale, version 2)" in capsys.readouterr().out


def test_a_setting_may_be_called_type(tmp_path: Path) -> None:
    with_setting(tmp_path, 'type: str = ""')
    made = Workflow()
    made.add("local.one", type="x")
    assert told(validate(made, nodes=tmp_path)) == {}


def test_a_fault_of_a_helper_is_told_with_the_helper_s_line(tmp_path: Path) -> None:
    (tmp_path / "_tables.py").write_text("import polars\n\nmade = polars.gone\n")
    write_node(tmp_path, "one", "from ._tables import made\n" + NODE.replace("SETTING", ""))
    text = told(validate(flow({"a": "local.one"}), nodes=tmp_path))["/nodes/a/type"]
    assert f"({tmp_path / '_tables.py'}, line 3)" in text


@pytest.mark.parametrize(
    ("module", "sentence"),
    [
        ("json.decoder", '"json.decoder" is one file; a pack is a package'),
        ("json:loads", 'there is no package "json:loads"; an entry point names a package'),
    ],
)
def test_an_entry_point_that_is_no_package_is_told(module: str, sentence: str) -> None:
    [problem] = Pack("mine", "somewhere", module=module).problems
    assert sentence in problem
