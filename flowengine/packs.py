"""Packs: sets of node types. Files are found by name; a node's module is imported when needed."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import re
import sys
import types
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from pathlib import Path
from typing import Any

from flowengine.wording import LOOSE

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


class Pack:
    """A set of node types under one prefix; its files are looked for when they are asked for.

    Args:
        prefix: First part of its type ids.
        origin: Distribution or folder it comes from.
        version: Version of the distribution, empty for a folder.
        module: Import name of its package.
        places: Folders of its files, each with its import name; by default those of ``module``.
    """

    def __init__(
        self,
        prefix: str,
        origin: str,
        version: str = "",
        *,
        module: str = "",
        places: Sequence[tuple[Path, str]] | None = None,
    ) -> None:
        self.prefix = prefix
        self.origin = origin
        self.version = version
        self.module = module
        self._given = places
        self._problems: list[str] = []

    @property
    def problems(self) -> list[str]:
        """Sentences on what could not be loaded."""
        _ = self.files  # what is wrong with them is said too
        return self._problems

    @property
    def folders(self) -> tuple[Path, ...]:
        """Where its files lie."""
        return tuple(folder for folder, _ in self._places)

    @cached_property
    def files(self) -> dict[str, NodeFile]:
        """Node file by stem; of two with one name the first."""
        found: dict[str, NodeFile] = {}
        for folder, module in self._places:
            for file in _files_in(folder, module):
                if not file.stem.isidentifier():
                    self.fail(
                        f'"{file.path}" cannot be a node: a file\'s name is the name of its type, '
                        f"in small letters, digits and _; one that is no node begins with _"
                    )
                    continue
                first = found.setdefault(file.stem, file)
                if first is not file:
                    self.fail(
                        f'two files are called "{file.stem}.py": {first.path} and {file.path}; '
                        f"a type's name must be unique in its pack"
                    )
        return found

    def fail(self, problem: str) -> None:
        """Add a sentence on what could not be loaded; one that is there already stays one."""
        if problem not in self._problems:
            self._problems.append(problem)

    def sources(self) -> list[Path]:
        """Return all Python files of the pack, helpers included, sorted."""
        return [path for folder in self.folders for path in python_files(folder)]

    @cached_property
    def _places(self) -> Sequence[tuple[Path, str]]:
        if self._given is not None:
            return self._given
        try:
            spec = importlib.util.find_spec(self.module)
        except (Exception, SystemExit) as error:  # a plugin's parent package may fail in any way
            self.fail(f'"{self.module}" cannot be imported: {type(error).__name__}: {error}')
            return ()
        if spec is None:
            hint = "; an entry point names a package and no more" if ":" in self.module else ""
            self.fail(f'there is no package "{self.module}"{hint}')
            return ()
        if not spec.submodule_search_locations:
            self.fail(
                f'"{self.module}" is one file; a pack is a package, with a file for each node'
            )
            return ()
        return [(Path(place), self.module) for place in spec.submodule_search_locations]


def installed_packs() -> list[Pack]:
    """Return the packs that installed distributions declare, built-in ones among them."""
    packs: dict[str, Pack] = {}
    for prefix, module, origin, version in _declared(tuple(map(_changed, sys.path))):
        if prefix in packs:
            if packs[prefix].module != module:
                packs[prefix].fail(f'"{origin}" declares the prefix "{prefix}" too; it is left out')
        elif prefix == LOCAL:
            packs[prefix] = Pack(prefix, origin, version, module=module, places=())
            packs[prefix].fail(f'the prefix "{LOCAL}" is kept for loose folders')
        elif not _PREFIX.fullmatch(prefix):
            packs[prefix] = Pack(prefix, origin, version, module=module, places=())
            packs[prefix].fail(
                f'"{prefix}" cannot be a prefix of types; expected small letters, digits and '
                f'"_", a letter first'
            )
        else:
            packs[prefix] = Pack(prefix, origin, version, module=module)
    return sorted(packs.values(), key=lambda pack: pack.prefix)


@lru_cache(maxsize=1)
def _declared(folders: tuple[tuple[str, int], ...]) -> tuple[tuple[str, str, str, str], ...]:
    """Return prefix, module, distribution and version of each pack that is declared.

    Reading what all installed distributions declare takes 10 ms. It stands while no folder of
    ``sys.path`` has changed, as ``importlib`` itself takes it.
    """
    found = []
    facts: dict[int, tuple[str, str]] = {}
    points = importlib.metadata.entry_points(group=ENTRY_POINTS)
    # a plugin cannot take the place of a built-in pack, wherever it is installed
    for point in sorted(points, key=lambda point: not point.value.startswith(f"{BUILT_IN}.")):
        dist = point.dist
        if id(dist) not in facts:
            # each look at a name or version parses the whole metadata again
            facts[id(dist)] = (dist.name, dist.version) if dist else (point.value, "")
        found.append((point.name, point.value, *facts[id(dist)]))
    return tuple(found)


def _changed(folder: str) -> tuple[str, int]:
    """Return a folder with the time at which something came into it or went."""
    try:
        return folder, os.stat(folder or ".").st_mtime_ns
    except OSError:
        return folder, 0


def local_pack(folders: Sequence[Path]) -> Pack:
    """Return the pack of loose folders of ``.py`` files (``--nodes DIR``)."""
    real = list(dict.fromkeys(item.resolve() for item in folders))
    places = [(folder, _as_package(folder)) for folder in real if folder.is_dir()]
    pack = Pack(LOCAL, ", ".join(map(str, folders)), places=places)
    for folder in real:
        if not folder.is_dir():
            pack.fail(f'"{folder}" is not a folder')
    return pack


def python_files(folder: Path) -> list[Path]:
    """Return the Python files below a folder, sorted; what is hidden is nobody's node.

    An editor's mark beside a file that is being edited (``.#name.py``) may be a link to nothing.
    """
    return [Path(folder, *parts) for parts in _python_paths(folder)]


def _python_paths(folder: Path) -> list[tuple[str, ...]]:
    """Return the parts of each path below a folder; as text, since every run asks anew."""
    root, found = str(folder), []
    for place, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name != "__pycache__" and name[0] != "."]
        group = tuple(place[len(root) :].split(os.sep)[1:])
        found += [(*group, name) for name in names if name.endswith(".py") and name[0] != "."]
    return sorted(found)


def stamp_of(path: Path) -> str:
    """Return what changes with a file; empty for one that has just gone, or a link to nothing."""
    try:
        facts = path.stat()
    except OSError:
        return ""
    return f"{facts.st_size} {facts.st_mtime_ns}"


def _files_in(folder: Path, module: str) -> Iterable[NodeFile]:
    for *groups, name in _python_paths(folder):
        if not any(part[0] == "_" for part in (*groups, name)):
            stem = name.removesuffix(".py")
            path = Path(folder, *groups, name)
            yield NodeFile(stem, ".".join((module, *groups, stem)), path, "/".join(groups))


class _FreshLoader(SourceFileLoader):
    """Compiles a file whenever it is imported.

    Python takes what it has compiled before for a file of the same size and second: of two quick
    edits the first would run, and be kept as the result of the second.
    """

    def path_stats(self, path: str) -> Mapping[str, Any]:
        """Say that nothing tells whether a compiled file still fits."""
        raise OSError


def _as_package(folder: Path) -> str:
    """Make a loose folder importable, so that ``from ._helper import x`` works in it.

    The name changes with the files: what was edited is then imported anew, also in a notebook that
    has run the old code.
    """
    digest, paths = hashlib.sha256(str(folder).encode()), python_files(folder)
    for path in paths:
        digest.update(f"{path}\0{stamp_of(path)}\n".encode())
    name = LOOSE + digest.hexdigest()[:16]
    if name not in sys.modules:
        for place in {str(folder), *(str(path.parent) for path in paths)}:
            sys.path_importer_cache[place] = FileFinder(
                place, (_FreshLoader, SOURCE_SUFFIXES), (ExtensionFileLoader, EXTENSION_SUFFIXES)
            )
        package = types.ModuleType(name)
        package.__path__ = [str(folder)]
        sys.modules[name] = package
    return name
