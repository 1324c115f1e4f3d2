"""Packs: sets of node types. Files are found by name; a node's module is imported when needed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import sys
import types
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ENTRY_POINTS = "flowengine.nodes"
BUILT_IN = "flowengine_nodes"
"""Package of the packs that come with the engine; it is only named here, never imported."""
LOCAL = "local"
"""Prefix of the types in loose folders."""

_PREFIX = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class NodeFile:
    """A file that holds one node type."""

    stem: str
    module: str
    path: Path
    group: str


@dataclass
class Pack:
    """A set of node types under one prefix.

    Args:
        prefix: First part of its type ids.
        origin: Distribution or folder it comes from.
        version: Version of the distribution, empty for a folder.
        module: Import name of its package.
        folders: Where its files lie.
        files: Node file by stem.
        problems: Sentences on what could not be loaded.
    """

    prefix: str
    origin: str
    version: str = ""
    module: str = ""
    folders: tuple[Path, ...] = ()
    files: dict[str, NodeFile] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def add(self, file: NodeFile) -> None:
        """Add a file; a second one of the same name is a problem."""
        first = self.files.setdefault(file.stem, file)
        if first is not file:
            self.problems.append(
                f'two files are called "{file.stem}.py": {first.path} and {file.path}; '
                f"a type's name must be unique in its pack"
            )

    def sources(self) -> list[Path]:
        """Return all Python files of the pack, helpers included, sorted."""
        return [path for folder in self.folders for path in python_files(folder)]


def installed_packs() -> list[Pack]:
    """Return the packs that installed distributions declare, built-in ones among them."""
    packs: dict[str, Pack] = {}
    facts: dict[int, tuple[str, str]] = {}
    points = importlib.metadata.entry_points(group=ENTRY_POINTS)
    # a plugin cannot take the place of a built-in pack, wherever it is installed
    for point in sorted(points, key=lambda point: not point.value.startswith(f"{BUILT_IN}.")):
        dist = point.dist
        if id(dist) not in facts:
            # each look at a name or version parses the whole metadata again
            facts[id(dist)] = (dist.name, dist.version) if dist else (point.value, "")
        origin, version = facts[id(dist)]
        pack = Pack(point.name, origin, version, module=point.value)
        if point.name in packs:
            if packs[point.name].module != pack.module:
                packs[point.name].problems.append(
                    f'"{origin}" declares the prefix "{point.name}" too; it is left out'
                )
            continue
        packs[point.name] = pack
        if point.name == LOCAL:
            pack.problems.append(f'the prefix "{LOCAL}" is kept for loose folders')
        elif not _PREFIX.fullmatch(point.name):
            pack.problems.append(
                f'"{point.name}" cannot be a prefix of types; expected small letters, digits and '
                f'"_", a letter first'
            )
        else:
            _find_files(pack)
    return sorted(packs.values(), key=lambda pack: pack.prefix)


def local_pack(folders: Sequence[Path]) -> Pack:
    """Return the pack of loose folders of ``.py`` files (``--nodes DIR``)."""
    names = ", ".join(str(folder) for folder in folders)
    pack = Pack(LOCAL, names, folders=tuple(dict.fromkeys(item.resolve() for item in folders)))
    for folder in pack.folders:
        if not folder.is_dir():
            pack.problems.append(f'"{folder}" is not a folder')
            continue
        module = _as_package(folder)
        for file in _files_in(folder, module):
            pack.add(file)
    return pack


def python_files(folder: Path) -> list[Path]:
    """Return the Python files below a folder, sorted; hidden folders are nobody's nodes."""
    found: list[Path] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__" and name[0] != "."]
        found += [Path(place, name) for name in names if name.endswith(".py")]
    return sorted(found)


def _find_files(pack: Pack) -> None:
    try:
        spec = importlib.util.find_spec(pack.module)
    except (Exception, SystemExit) as error:  # a plugin's parent package may fail in any way
        pack.problems.append(f'"{pack.module}" cannot be imported: {error}')
        return
    if spec is None or not spec.submodule_search_locations:
        pack.problems.append(f'"{pack.module}" is not an importable package')
        return
    pack.folders = tuple(Path(place) for place in spec.submodule_search_locations)
    for folder in pack.folders:
        for file in _files_in(folder, pack.module):
            pack.add(file)


def _files_in(folder: Path, module: str) -> Iterable[NodeFile]:
    for path in python_files(folder):
        parts = path.relative_to(folder).with_suffix("").parts
        if any(part.startswith(("_", ".")) for part in parts) or not path.stem.isidentifier():
            continue
        group = "/".join(parts[:-1])
        yield NodeFile(path.stem, ".".join((module, *parts)), path, group)


def _as_package(folder: Path) -> str:
    """Make a loose folder importable, so that ``from ._helper import x`` works in it.

    The name changes with the files: what was edited is then imported anew, also in a notebook that
    has run the old code.
    """
    digest = hashlib.sha256(str(folder).encode())
    for path in python_files(folder):
        facts = path.stat()
        digest.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    name = "flowengine_local_" + digest.hexdigest()[:16]
    if name not in sys.modules:
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return name
