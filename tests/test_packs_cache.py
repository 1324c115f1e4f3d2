"""The catalogue's cache keeps what a pack's files are, not how packs were declared that day."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from flowengine.cache import read_cache, write_cache
from flowengine.packs import Pack, installed_packs
from flowengine.registry import Registry


def packs_with(problem: str) -> list[Pack]:
    packs = installed_packs()
    next(pack for pack in packs if pack.prefix == "layer").fail(problem)
    return packs


def test_problems_of_the_declaration_are_those_of_today() -> None:
    Registry.default().catalogue()
    registry = Registry(packs_with("declared twice"))
    registry.catalogue()
    assert registry.packs["layer"].problems == ["declared twice"]
    again = Registry.default()
    again.catalogue()
    assert again.packs["layer"].problems == []


NODE = '''
from flowengine import Node, node
{imports}

@node(title="{name}")
class {name}(Node):
    """{summary}"""

    def configure(self) -> str:
        return "int"

    def execute(self) -> int:
        return 1
'''


class Plugin:
    """A plugin of two types, the second of which uses a helper, and the processes that look at it.

    Args:
        folder: Where it is installed; the cache lies there too.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        facts = folder / "pairs-1.0.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: pairs\nVersion: 1.0\n")
        (facts / "entry_points.txt").write_text("[flowengine.nodes]\npairs = pairs\n")
        (folder / "pairs").mkdir()
        self.write("__init__", "")
        self.write("_helper", "SUMMARY = 1")
        self.write("one", NODE.format(name="One", summary="The first.", imports=""))
        imports = "from pairs._helper import SUMMARY"
        self.write("two", NODE.format(name="Two", summary="The second.", imports=imports))

    def write(self, name: str, text: str) -> None:
        (self.folder / "pairs" / f"{name}.py").write_text(text)

    def look(self) -> tuple[dict[str, str], list[str]]:
        """Return the summary of each type, and the modules that had to be imported for it."""
        done = subprocess.run(
            [sys.executable, "-c", LOOK],
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join([str(self.folder), *sys.path]),
                "XDG_CACHE_HOME": str(self.folder / "cache"),
            },
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        summaries, modules = json.loads(done.stdout)
        return summaries, modules


LOOK = """
import json, sys
from flowengine.packs import installed_packs
from flowengine.registry import Registry
pack = next(pack for pack in installed_packs() if pack.prefix == "pairs")
infos = Registry([pack]).catalogue()
modules = sorted(name for name in sys.modules if name.startswith("pairs."))
print(json.dumps([{name: info.summary for name, info in infos.items()}, modules]))
"""


@pytest.fixture
def plugin(tmp_path: Path) -> Plugin:
    return Plugin(tmp_path)


BOTH = {"pairs.one": "The first.", "pairs.two": "The second."}


def test_types_that_have_not_changed_are_not_imported(plugin: Plugin) -> None:
    assert plugin.look() == (BOTH, ["pairs._helper", "pairs.one", "pairs.two"])
    assert plugin.look() == (BOTH, [])


def test_only_the_type_that_has_changed_is_read_again(plugin: Plugin) -> None:
    plugin.look()
    plugin.write("one", NODE.format(name="One", summary="Number one.", imports=""))
    assert plugin.look() == ({**BOTH, "pairs.one": "Number one."}, ["pairs.one"])
    assert plugin.look() == ({**BOTH, "pairs.one": "Number one."}, [])


def test_a_changed_helper_counts_for_those_that_import_it(plugin: Plugin) -> None:
    plugin.look()
    plugin.write("_helper", "SUMMARY = 'another'")
    assert plugin.look() == (BOTH, ["pairs._helper", "pairs.two"])


def test_a_new_type_is_read_alone_and_one_that_is_gone_is_gone(plugin: Plugin) -> None:
    plugin.look()
    plugin.write("three", NODE.format(name="Three", summary="The third.", imports=""))
    assert plugin.look() == ({**BOTH, "pairs.three": "The third."}, ["pairs.three"])
    (plugin.folder / "pairs" / "one.py").unlink()
    assert plugin.look()[0] == {"pairs.two": "The second.", "pairs.three": "The third."}


def test_a_type_that_breaks_leaves_the_catalogue_and_returns(plugin: Plugin) -> None:
    good = (plugin.folder / "pairs" / "one.py").read_text()
    plugin.look()
    plugin.write("one", good + "def (")
    assert plugin.look()[0] == {"pairs.two": "The second."}
    plugin.write("one", good)
    assert plugin.look() == (BOTH, ["pairs.one"])


def test_who_has_no_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(_: int) -> None:
        raise KeyError

    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    with pytest.raises(RuntimeError):
        Path.home()
    write_cache("code.json", {"a": 1})
    assert read_cache("code.json") == {}


def test_a_damaged_cache_is_no_cache(plugin: Plugin) -> None:
    plugin.look()
    for text in ("{", "[]", '{"engine": 1, "packs": 2}', '{"engine": {}, "packs": {"pairs": 3}}'):
        (plugin.folder / "cache" / "flowengine" / "catalogue.json").write_text(text)
        assert plugin.look()[0] == BOTH
    assert plugin.look() == (BOTH, [])
