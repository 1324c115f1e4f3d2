"""The one containment helper: every path in a setting, a route or an option passes through here."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from pathlib import Path

from flowengine.data import data_path
from flowengine.errors import PathError, suggest
from flowengine.wording import sayable

DATA_SCHEME = "data://"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://|file:|data:")
_WORKSPACE_MARKS = (".flowengine", ".git")
_NEAR_LIMIT = 2000


def resolve(
    value: str,
    *,
    base: Path,
    workspace: Path,
    write: bool = False,
    fetch: bool = False,
    report: Callable[[str], None] | None = None,
) -> Path:
    """Return the real path a person's path stands for, inside the workspace.

    Args:
        value: Relative to ``base``, absolute, or ``data://`` and a data set's name.
        base: Folder of the workflow file.
        workspace: The folder nothing may leave, also not through a symbolic link.
        write: Whether it is to be written; it need not exist then.
        fetch: Whether ``data://`` data is fetched when it is not in the cache.
        report: Told what is going on while data is fetched; may raise to cancel.

    Raises:
        PathError: It leaves the workspace, cannot be a path here, or does not exist.
        DataError: ``data://`` data is unknown or could not be fetched.
    """
    if value.startswith(DATA_SCHEME):
        if write:
            raise PathError(f'"{value}" is data of others and cannot be written')
        return data_path(value.removeprefix(DATA_SCHEME), fetch=fetch, report=report)
    _refuse_strange(value)
    root = Path(os.path.realpath(workspace))
    try:
        path = Path(os.path.realpath(base / value))
    except (OSError, ValueError) as error:
        raise PathError(f'"{_shown(value)}" cannot be a path ({error})') from error
    if path != root and root not in path.parents:
        raise PathError(
            f'"{value}" leads out of the workspace {root}; put the file inside it, or choose '
            f"another workspace (--workspace)"
        )
    inside = path.relative_to(root)
    for part in inside.parts:
        if part.casefold() in _WORKSPACE_MARKS:
            raise PathError(f'"{value}" lies in {part}, which workflows leave alone')
    try:
        os.lstat(path)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise PathError(f'"{_shown(value)}" is too long for a path') from None
    if write:
        return path
    if not os.path.exists(path):
        raise PathError(_missing(value, base, path))
    if not (path.is_file() or path.is_dir()):
        raise PathError(f'"{value}" is neither a file nor a folder')
    return path


def find_workspace(workflow_file: Path) -> Path:
    """Return the nearest folder above a workflow file that is marked as one, else its own.

    The marks are ``.flowengine`` and ``.git``.
    """
    folder = Path(os.path.realpath(workflow_file)).parent
    for candidate in (folder, *folder.parents):
        if any((candidate / mark).exists() for mark in _WORKSPACE_MARKS):
            return candidate
    return folder


def check_name(path: Path) -> None:
    """Refuse a file or folder whose name is other bytes than UTF-8: no file and page can hold it.

    Raises:
        PathError: It is one.
    """
    text = str(path)
    if sayable(text) != text:
        raise PathError(
            f'the path "{sayable(text)}" is not UTF-8; rename it to run what lies there'
        )


def _refuse_strange(value: str) -> None:
    if not value:
        raise PathError("the path is empty")
    if "\0" in value:
        raise PathError(f'"{_shown(value)}" holds a zero byte, which no path can')
    if value.startswith("~"):
        raise PathError(f'"{value}" starts with "~"; write the path relative to the workflow file')
    if _SCHEME.match(value):
        raise PathError(
            f'"{value}" is an address, expected a path; data sets by name start with {DATA_SCHEME}'
        )


def _missing(value: str, base: Path, path: Path) -> str:
    parent = path.parent
    while not parent.is_dir():
        parent = parent.parent
    wanted = path.relative_to(parent).parts[0]
    try:
        with os.scandir(parent) as entries:
            names = [entry.name for _, entry in zip(range(_NEAR_LIMIT), entries, strict=False)]
    except OSError:
        names = []
    where = "the workflow's folder" if parent == Path(os.path.realpath(base)) else str(parent)
    reason = "" if wanted == Path(value).name else f', because there is no "{wanted}"'
    return f'"{value}" does not exist{reason} in {where}.{suggest(wanted, names)}'


def _shown(value: str) -> str:
    return value.replace("\0", "␀").encode("utf-8", "replace").decode()[:200]
