"""The containment helper: what it lets through, and that nothing else gets out."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from flowengine.errors import DataError, PathError
from flowengine.paths import find_workspace, resolve


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "workspace"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "iris.csv").write_text("a\n1\n")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def test_relative_path_starts_at_the_workflow(workspace: Path) -> None:
    found = resolve("iris.csv", base=workspace / "data", workspace=workspace)
    assert found == (workspace / "data" / "iris.csv").resolve()


def test_absolute_path_inside_the_workspace_is_taken(workspace: Path) -> None:
    absolute = str(workspace / "data" / "iris.csv")
    assert resolve(absolute, base=workspace, workspace=workspace) == Path(absolute).resolve()


def test_dots_may_stay_inside(workspace: Path) -> None:
    found = resolve("../data/./iris.csv", base=workspace / "data", workspace=workspace)
    assert found.name == "iris.csv"


@pytest.mark.parametrize(
    "value",
    ["../secret.txt", "data/../../secret.txt", "/etc/passwd", "..", "/", "data/../.."],
)
@pytest.mark.parametrize("write", [False, True])
def test_leaving_the_workspace_is_refused(workspace: Path, value: str, write: bool) -> None:
    with pytest.raises(PathError, match="out of the workspace"):
        resolve(value, base=workspace, workspace=workspace, write=write)


def test_sibling_with_the_same_beginning_is_outside(workspace: Path) -> None:
    twin = workspace.with_name("workspace-2")
    twin.mkdir()
    (twin / "a.csv").write_text("a")
    with pytest.raises(PathError, match="out of the workspace"):
        resolve("../workspace-2/a.csv", base=workspace, workspace=workspace)


def test_symbolic_link_to_a_file_outside_is_refused(workspace: Path) -> None:
    (workspace / "link.txt").symlink_to(workspace.parent / "secret.txt")
    with pytest.raises(PathError, match="out of the workspace"):
        resolve("link.txt", base=workspace, workspace=workspace)


def test_new_file_behind_a_link_outside_is_refused(workspace: Path) -> None:
    (workspace / "elsewhere").symlink_to(workspace.parent)
    with pytest.raises(PathError, match="out of the workspace"):
        resolve("elsewhere/new.csv", base=workspace, workspace=workspace, write=True)


def test_symbolic_link_inside_is_followed(workspace: Path) -> None:
    (workspace / "again.csv").symlink_to("data/iris.csv")
    assert resolve("again.csv", base=workspace, workspace=workspace).name == "iris.csv"


def test_workspace_reached_by_a_link_is_the_same_workspace(workspace: Path) -> None:
    other = workspace.parent / "by_link"
    other.symlink_to(workspace)
    found = resolve("data/iris.csv", base=other, workspace=other)
    assert found == (workspace / "data" / "iris.csv").resolve()


def test_links_in_a_circle_are_told(workspace: Path) -> None:
    (workspace / "a").symlink_to("b")
    (workspace / "b").symlink_to("a")
    with pytest.raises(PathError):
        resolve("a", base=workspace, workspace=workspace)


@pytest.mark.parametrize("name", ["größe.csv", "数据.csv", "with space.csv", "a:b.csv", "...csv"])
def test_unusual_names_are_fine(workspace: Path, name: str) -> None:
    (workspace / name).write_text("a")
    assert resolve(name, base=workspace, workspace=workspace).name == name


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("", "is empty"),
        ("a\0b", "zero byte"),
        ("~/iris.csv", 'starts with "~"'),
        ("~root/iris.csv", 'starts with "~"'),
        ("https://example.org/iris.csv", "is an address"),
        ("file:/etc/passwd", "is an address"),
        ("FTP://x", "is an address"),
        ("a" * 300, "is too long for a path"),
        ("a" * 5000, "is too long for a path"),
        ("a/" * 3000, "is too long for a path"),
        ("a\ud800b", "cannot be a path"),
    ],
)
def test_what_is_no_path_is_told(workspace: Path, value: str, sentence: str) -> None:
    with pytest.raises(PathError, match=sentence):
        resolve(value, base=workspace, workspace=workspace)


def test_missing_file_is_told_with_what_is_near(workspace: Path) -> None:
    with pytest.raises(PathError, match=r'Did you mean "iris\.csv"\?') as caught:
        resolve("irsi.csv", base=workspace / "data", workspace=workspace)
    assert str(caught.value).startswith('"irsi.csv" does not exist in the workflow\'s folder')


def test_missing_folder_is_named(workspace: Path) -> None:
    with pytest.raises(PathError, match=r'no "dat" in .*Did you mean "data"\?'):
        resolve("dat/iris.csv", base=workspace, workspace=workspace)


def test_a_file_to_write_need_not_exist(workspace: Path) -> None:
    found = resolve("out/result.csv", base=workspace, workspace=workspace, write=True)
    assert found == workspace.resolve() / "out" / "result.csv"


@pytest.mark.parametrize("value", [".git/hooks/pre-commit", ".flowengine/token", "data/.GIT/x"])
@pytest.mark.parametrize("write", [False, True])
def test_the_engines_own_folders_are_left_alone(workspace: Path, value: str, write: bool) -> None:
    with pytest.raises(PathError, match="leave alone"):
        resolve(value, base=workspace, workspace=workspace, write=write)


def test_a_pipe_is_no_file(workspace: Path) -> None:
    os.mkfifo(workspace / "pipe")
    with pytest.raises(PathError, match="neither a file nor a folder"):
        resolve("pipe", base=workspace, workspace=workspace)


def test_a_folder_is_given_to_the_reader(workspace: Path) -> None:
    assert resolve("data", base=workspace, workspace=workspace).is_dir()


def test_data_by_name_lies_in_the_cache(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWENGINE_DATA", str(workspace.parent / "cache"))
    assert resolve("data://iris", base=workspace, workspace=workspace).name == "iris.csv"
    with pytest.raises(PathError, match="flowengine data fetch mnist"):
        resolve("data://mnist/train-images", base=workspace, workspace=workspace)


def test_unknown_data_is_told_with_what_is_near(workspace: Path) -> None:
    with pytest.raises(DataError, match=r'Did you mean "mnist/train-images"\?'):
        resolve("data://mnist/trian-images", base=workspace, workspace=workspace)


def test_data_by_name_cannot_climb(workspace: Path) -> None:
    with pytest.raises(DataError, match="no data set"):
        resolve("data://../../etc/passwd", base=workspace, workspace=workspace)


def test_data_by_name_cannot_be_written(workspace: Path) -> None:
    with pytest.raises(PathError, match="cannot be written"):
        resolve("data://iris", base=workspace, workspace=workspace, write=True)


@pytest.mark.parametrize("mark", [".git", ".flowengine"])
def test_workspace_is_the_nearest_marked_folder(tmp_path: Path, mark: str) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    (tmp_path / mark).mkdir()
    assert find_workspace(folder / "flow.json") == tmp_path.resolve()
    (tmp_path / "a" / ".flowengine").mkdir()
    assert find_workspace(folder / "flow.json") == (tmp_path / "a").resolve()


def test_workspace_without_a_mark_is_the_folder_of_the_workflow(tmp_path: Path) -> None:
    assert find_workspace(tmp_path / "flow.json") == tmp_path.resolve()
