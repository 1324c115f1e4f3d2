"""Keys: what decides whether a result that is kept can be used again.

A node's key covers its type, settings, code, the libraries that code imports, the files it reads
and the keys of its inputs. Code is the AST without docstrings, of the node's module and of all it
imports from its own pack, from ``flowengine.nn`` and from what nobody has packed, such as a module
beside a program: a changed helper counts, a comment does not.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import orjson

from flowengine.cache import read_cache, write_cache

CODE = "code.json"
ENGINE = "flowengine.nn"


@dataclass(frozen=True)
class CodeKey:
    """Digest of a class's code, and the libraries it uses as ``name major.minor``."""

    digest: str
    libraries: tuple[str, ...]


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a JSON value."""
    return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()


class CodeReader:
    """Reads the code of node classes; what it parsed is kept on disk by path, size and time.

    A module's key stays the same while the process lives, as its imported code does.
    """

    def __init__(self) -> None:
        self._parsed: dict[str, Any] = read_cache(CODE)
        self._fresh = False
        self._keys: dict[str, CodeKey] = {}

    def key(self, module: str) -> CodeKey:
        """Return the code key of the node class in a module."""
        if module not in self._keys:
            files, libraries = {}, set()
            top = module.partition(".")[0]
            for name, path, targets in self._reached(module, partial(_same_house, module=module)):
                # a pack is the same wherever its folder lies
                files[name.removeprefix(top)] = self._parse(path)["digest"]
                libraries |= {
                    target.partition(".")[0]
                    for target in targets
                    if not _same_house(target, module)
                }
            versions = sorted(filter(None, map(_version, libraries)))
            self._keys[module] = CodeKey(digest_of(files), tuple(versions))
        return self._keys[module]

    def sources(self, module: str) -> set[Path]:
        """Return the files of a module and of all it imports from its pack and the engine.

        The package ``flowengine`` itself only hands on names, of more than anybody takes.
        """
        tops = {module.partition(".")[0], "flowengine"}

        def is_ours(target: str) -> bool:
            return target != "flowengine" and target.partition(".")[0] in tops

        return {path for _, path, _ in self._reached(module, is_ours)}

    def save(self) -> None:
        """Keep what was parsed for the next process, but of no file that is gone."""
        if self._fresh:
            known = list(self._parsed.items())  # others may add to it meanwhile
            self._parsed = {path: item for path, item in known if os.path.exists(path)}
            write_cache(CODE, self._parsed)
            self._fresh = False

    def _reached(
        self, module: str, is_ours: Callable[[str], bool]
    ) -> Iterator[tuple[str, Path, list[str]]]:
        """Yield a module, those of ours that it imports, and so on: name, file, imports."""
        pending, seen = [module], set()
        while pending:
            name = pending.pop()
            path = None if name in seen else _file_of(name)
            seen.add(name)
            if path is None:
                continue
            targets = []
            for item in self._parse(path)["imports"]:
                target = _absolute(item, name, path)
                targets.append(target)
                if is_ours(target):
                    pending += [target, *(f"{target}.{part}" for part in item["names"])]
            yield name, path, targets

    def _parse(self, path: Path) -> dict[str, Any]:
        stat = path.stat()
        stamp = f"{stat.st_size} {stat.st_mtime_ns} {sys.version_info[:2]}"
        known = self._parsed.get(str(path))
        if known is None or known["stamp"] != stamp:
            tree = ast.parse(path.read_bytes())
            known = {"stamp": stamp, "imports": _imports(tree), "digest": _code_digest(tree)}
            self._parsed[str(path)] = known
            self._fresh = True
        return dict(known)


def _code_digest(tree: ast.Module) -> str:
    for item in ast.walk(tree):
        body = getattr(item, "body", None)
        if isinstance(body, list):
            item.body = [line for line in body if not _is_text(line)]  # type: ignore[attr-defined]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def _is_text(line: Any) -> bool:
    return (
        isinstance(line, ast.Expr)
        and isinstance(line.value, ast.Constant)
        and isinstance(line.value.value, str)
    )


def _imports(tree: ast.Module) -> list[dict[str, Any]]:
    found = []
    for item in ast.walk(tree):
        if isinstance(item, ast.Import):
            found += [{"module": name.name, "level": 0, "names": []} for name in item.names]
        elif isinstance(item, ast.ImportFrom):
            names = [name.name for name in item.names]
            found.append({"module": item.module or "", "level": item.level, "names": names})
    return found


def _absolute(item: dict[str, Any], module: str, path: Path) -> str:
    if not item["level"]:
        return str(item["module"])
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for _ in range(item["level"] - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{item['module']}" if item["module"] else package


def _same_house(target: str, module: str) -> bool:
    """Return whether a module's code belongs to the node's: its pack, torch code, or unpacked."""
    top, other = module.partition(".")[0], target.partition(".")[0]
    if other == top or target == ENGINE or target.startswith(f"{ENGINE}."):
        return True
    return not _is_known(other) and _version(other) is None


@lru_cache(maxsize=1)
def code_reader() -> CodeReader:
    """Return the reader of this process."""
    return CodeReader()


@lru_cache(maxsize=4096)
def _file_of(module: str) -> Path | None:
    """Return a module's file, found by name: ``find_spec`` would import its parents, even torch."""
    top, *rest = module.split(".")
    folders, file = _places(top)
    for folder in folders:
        place = folder.joinpath(*rest)
        for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
            if path.is_file():
                return path
    return None if rest else file


@lru_cache(maxsize=256)
def _places(top: str) -> tuple[tuple[Path, ...], Path | None]:
    """Return the folders of a package, or the file of a module that is none."""
    if top in sys.modules:
        module = sys.modules[top]
        folders, file = getattr(module, "__path__", ()), getattr(module, "__file__", None)
    else:
        try:
            spec = importlib.util.find_spec(top)
        except (ImportError, ValueError):
            spec = None
        folders = (spec and spec.submodule_search_locations) or ()
        file = spec.origin if spec and spec.has_location else None
    source = Path(file) if isinstance(file, str) and file.endswith(".py") else None
    return tuple(map(Path, folders)), source


def _is_known(library: str) -> bool:
    """Return whether a library is Python's own, or the engine."""
    return library in sys.stdlib_module_names or library == "flowengine"


@lru_cache(maxsize=256)
def _version(library: str) -> str | None:
    """Return name and version of a library; ``None`` for one that no distribution has."""
    if _is_known(library):
        return None
    names = [library]
    try:
        version = importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        names = importlib.metadata.packages_distributions().get(library, [])
        if not names:
            return None
        version = importlib.metadata.version(names[0])
    return f"{names[0]} {'.'.join(version.split('.')[:2])}"
