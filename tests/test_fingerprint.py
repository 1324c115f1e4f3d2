"""Code keys: what a node's code is, and what is only talk about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.engine import write_node

from flowengine.fingerprint import CodeReader, digest_of
from flowengine.packs import local_pack

NODE = '''
from ._helper import one


@node(title="One")
class One(Node):
    """Give one."""

    value: int = 1
    """A number."""

    def execute(self) -> int:
        # a comment
        return one() + self.value
'''
HELPER = '''
"""What nodes share."""

from ._deeper import ONE


def one() -> int:
    """Return one."""
    return ONE
'''


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    nodes = tmp_path / "nodes"
    write_node(nodes, "one", NODE)
    (nodes / "_helper.py").write_text(HELPER)
    (nodes / "_deeper.py").write_text("ONE = 1\n")
    (nodes / "_unused.py").write_text("TWO = 2\n")
    return nodes


def key(folder: Path) -> str:
    return CodeReader().key(local_pack([folder]).files["one"].module).digest


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("one", "one() + self.value", "one() - self.value"),
        ("one", "value: int = 1", "value: int = 3"),
        ("_helper", "return ONE", "return ONE * 2"),
        ("_deeper", "ONE = 1", "ONE = 17"),
    ],
)
def test_changed_code_is_a_new_key(folder: Path, name: str, old: str, new: str) -> None:
    before = key(folder)
    edit(folder / f"{name}.py", old, new)
    assert key(folder) != before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("one", "# a comment", "# another comment, a longer one"),
        ("one", "# a comment\n", "\n\n\n"),
        ("one", '"""Give one."""', '"""Give a one, which is a number."""'),
        ("one", '"""A number."""', '"""Another help."""'),
        ("one", "return one() + self.value", "return (one()\n                + self.value)"),
        ("_helper", '"""What nodes share."""', ""),
        ("_helper", '"""Return one."""', '"""Return the number one."""'),
        ("_unused", "TWO = 2", "TWO = 22"),
    ],
)
def test_changed_words_are_the_same_key(folder: Path, name: str, old: str, new: str) -> None:
    before = key(folder)
    edit(folder / f"{name}.py", old, new)
    assert key(folder) == before


def test_a_pack_that_was_moved_has_the_same_key(folder: Path, tmp_path: Path) -> None:
    before = key(folder)
    folder.rename(tmp_path / "moved")
    assert key(tmp_path / "moved") == before


def test_a_new_neighbour_is_no_change(folder: Path) -> None:
    before = key(folder)
    (folder / "two.py").write_text("x = 1\n")
    assert key(folder) == before


@pytest.mark.parametrize("text", ["import tools_of_mine.sums", "from one_file_of_mine import add"])
def test_code_that_nobody_has_packed_counts(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    package, file = (
        tmp_path / "beside" / "tools_of_mine",
        tmp_path / "beside" / "one_file_of_mine.py",
    )
    package.mkdir(parents=True)
    for path in (package / "__init__.py", package / "sums.py", file):
        path.write_text("def add(a, b):\n    return a + b\n")
    monkeypatch.syspath_prepend(tmp_path / "beside")
    edit(folder / "_helper.py", "from ._deeper", f"{text}\nfrom ._deeper")
    before = key(folder)
    edit(package / "sums.py", "a + b", "a - b")
    edit(file, "a + b", "a - b")
    assert key(folder) != before


def test_of_files_that_are_gone_nothing_is_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("here", "gone"):
        shutil.copytree(folder, tmp_path / name)
        code = CodeReader()
        code.key(local_pack([tmp_path / name]).files["one"].module)
        code.save()
    assert str(tmp_path / "here" / "one.py") in CodeReader()._parsed
    shutil.rmtree(tmp_path / "gone")
    code.key(local_pack([folder]).files["one"].module)
    code.save()
    kept = CodeReader()._parsed
    assert str(folder / "one.py") in kept
    assert not any(path.startswith(str(tmp_path / "gone")) for path in kept)


def test_libraries_count_by_their_major_and_minor_version(folder: Path) -> None:
    module = local_pack([folder]).files["one"].module
    libraries = CodeReader().key(module).libraries
    assert [name.split()[0] for name in libraries] == ["polars", "pydantic"]
    assert all(name.split()[1].count(".") == 1 for name in libraries)


def test_code_of_the_engine_that_runs_on_torch_counts() -> None:
    program = """
import sys
from flowengine.fingerprint import CodeReader
code = CodeReader()
code.key("flowengine_nodes.network.learner")
names = [path for path in code._parsed]
print(any("flowengine/nn/training.py" in name for name in names), "torch" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False"], done.stderr


def test_a_key_is_the_same_in_every_process(folder: Path) -> None:
    program = f"""
from pathlib import Path
from flowengine.fingerprint import CodeReader
from flowengine.packs import local_pack
print(CodeReader().key(local_pack([Path({str(folder)!r})]).files["one"].module).digest)
"""
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }
    assert found == {key(folder)}


def test_digests_do_not_depend_on_the_order_of_keys() -> None:
    assert digest_of({"a": 1, "b": [1, {"c": "é"}]}) == digest_of({"b": [1, {"c": "é"}], "a": 1})
    assert digest_of({"a": 1}) != digest_of({"a": 1.5})
