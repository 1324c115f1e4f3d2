"""Paths in routes: of workflows and files in the workspace, by the one containment helper."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from flowengine.errors import PathError
from flowengine.paths import resolve
from flowengine.wording import sayable

WORKFLOW_SUFFIX = ".json"
SAMPLE = "sample:"
"""How the names of workflows begin that come with the installation."""
MOST_LETTERS = 1000

_TWICE = re.compile(r"%(2e|2f|5c|00)", re.IGNORECASE)
"""Separators that are still encoded: what decodes once more on the way would lead elsewhere."""


def is_plain(name: str) -> bool:
    """Return whether a file's name is one that routes take: of one line, not hidden, and UTF-8."""
    return name[0] != "." and "\n" not in name and sayable(name) == name


def place_in(folder: Path, name: str, *, write: bool = False) -> Path:
    """Return the real path of a name in the workspace.

    Args:
        folder: The workspace.
        name: Relative, with ``/``; decoded once by the server.
        write: Whether it is to be written; it need not exist then.

    Raises:
        PathError: It is no such path, leaves the workspace, or does not exist.
    """
    shown = name[:80].replace("\0", "␀").replace("\n", "⏎")
    if len(name) > MOST_LETTERS:
        raise PathError(f'"{shown}…" is longer than {MOST_LETTERS} letters')
    if "\0" in name:
        raise PathError(f'"{shown}" holds a zero byte, which no path can')
    if "\n" in name:
        raise PathError(f'"{shown}" holds a line break; expected a name of one line')
    if name.startswith(SAMPLE):
        raise PathError(f'"{shown}" is the name of a sample, which is copied to be changed')
    if _TWICE.search(name):
        raise PathError(f'"{shown}" is encoded twice; expected a path such as "a/b.json"')
    if "\\" in name or name.startswith("/") or (len(name) > 1 and name[1] == ":"):
        raise PathError(f'"{shown}" is no path in the workspace; expected one such as "a/b.json"')
    if ".." in name.split("/") or PurePosixPath(name).as_posix() != name:
        raise PathError(f'"{shown}" goes round about; expected a path such as "a/b.json"')
    return resolve(name, base=folder, workspace=folder, write=write)


def workflow_in(folder: Path, name: str) -> Path:
    """Return where the workflow of that name lies, or would lie.

    Raises:
        PathError: It cannot be one, or leaves the workspace.
    """
    if not name.endswith(WORKFLOW_SUFFIX):
        raise PathError(f'"{name[:80]}" is no workflow file; expected a name that ends with .json')
    return place_in(folder, name, write=True)
