"""The house: what is public is documented, pages are up to date, files keep the rules."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from support.tree import ROOT, own_files

import flowengine
from flowengine import api
from flowengine.cli.main import COMMANDS, build_parser
from flowengine.registry import Registry
from flowengine.workflow import Workflow

WORKFLOWS = sorted((ROOT / "workflows").glob("*.json"))


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", flowengine.__all__)
def test_public_name_is_documented(name: str) -> None:
    item = getattr(flowengine, name)
    assert inspect.getdoc(item), f"flowengine.{name} needs a docstring"
    if not inspect.isclass(item):
        return
    for attribute, member in vars(item).items():
        if not attribute.startswith("_") and inspect.isfunction(member):
            assert inspect.getdoc(getattr(item, attribute)), f"{name}.{attribute}"


def test_generated_pages_are_up_to_date(generator: ModuleType) -> None:
    for path, text in generator.pages().items():
        assert path.read_text() == text, f"{path.name} is out of date; run: make docs"


def test_every_type_setting_and_port_is_in_the_reference() -> None:
    catalogue = Registry.default().catalogue()
    assert catalogue
    for info in catalogue.values():
        page = (ROOT / "docs" / "nodes" / f"{info.type.partition('.')[0]}.md").read_text()
        assert f"`{info.type}`" in page
        for item in (*info.settings, *info.inputs, *info.outputs):
            assert f"| `{item.id}` |" in page, f"{info.type}: {item.id}"


def test_every_example_of_a_layer_is_in_order() -> None:
    page = (ROOT / "docs" / "nodes" / "layer.md").read_text(encoding="utf-8")
    examples = re.findall(r"```json\n(.*?)```", page, re.S)
    cards = len(re.findall("^## ", page, re.M))
    # An input alone is no example.
    assert len(examples) == cards - 1
    for text in examples:
        assert Workflow.loads(text).dumps() == text
        assert not api.validate(Workflow.loads(text)).errors, text


def test_every_command_and_option_is_in_the_reference() -> None:
    page = (ROOT / "docs" / "commands.md").read_text()
    untold = re.findall(r"^## (.*)\n\n\n", page, re.M)
    assert not untold
    options = set(re.findall(r"--[a-z]+", build_parser().format_help()))
    for module in COMMANDS:
        assert f"## flowengine {module.NAME}" in page
        options |= set(re.findall(r'"(--[a-z]+)"', inspect.getsource(module)))
    assert not [name for name in options - {"--help", "--version"} if f"`{name}" not in page]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_shipped_workflow_is_in_order_and_canonical(path: Path) -> None:
    text = path.read_text()
    assert Workflow.loads(text).dumps() == text
    assert not api.validate(path).errors


def test_every_page_named_in_the_readme_exists() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)", page.read_text()):
            if "://" not in target:
                assert (page.parent / target).exists(), f"{page.name} names {target}"


def test_contributing_stays_short() -> None:
    assert len((ROOT / "CONTRIBUTING.md").read_text().splitlines()) <= 100


def test_make_help_lists_the_targets() -> None:
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0
    for target in ("run", "test", "lint", "types", "docs", "bench", "soak", "fix", "clean", "help"):
        assert f"make {target} " in done.stdout


def test_no_file_is_too_long() -> None:
    for path in own_files():
        if path.suffix == ".py" and path.exists():
            count = len(path.read_text().splitlines())
            assert count <= 400, f"{path.relative_to(ROOT)} has {count} lines"


def test_nothing_names_the_machine_it_was_written_on() -> None:
    strange = re.compile("|".join(["/wo" + "rk/", "/ro" + "ot/", "/opt/fe" + "-venv"]))
    for path in own_files():
        if path.suffix in (".py", ".md", ".toml", ".json", ".txt", "") and path.exists():
            assert not strange.search(path.read_text()), path.relative_to(ROOT)


def test_examples_in_the_readme_and_the_guide_run(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "iris.csv").write_bytes(
        (ROOT / "workflows" / "data" / "iris.csv").read_bytes()
    )
    guide = (ROOT / "docs" / "guide.md").read_text()
    for page in ((ROOT / "README.md").read_text(), guide):
        for number, text in enumerate(re.findall(r"```json\n(.*?)```", page, re.S)):
            file = tmp_path / f"example_{number}.json"
            file.write_text(text)
            assert Workflow.load(file).dumps() == text
            assert not api.validate(file).errors, text
    program = "\n".join(re.findall(r"```python\n(.*?)```", guide, re.S))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
