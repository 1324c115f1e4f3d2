"""The registry: finds node types by name and imports just those that a workflow uses."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import traceback
import types
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flowengine.delay import told_when_slow
from flowengine.errors import (
    ConfigureError,
    FlowEngineError,
    NodeDefinitionError,
    Problem,
    UnknownTypeError,
    WorkflowError,
    suggest,
)
from flowengine.info import NodeInfo, describe
from flowengine.known_types import KnownTypes
from flowengine.layer import BaseLayer
from flowengine.node import Node, NodeMark
from flowengine.packs import BUILT_IN, NodeFile, Pack, installed_packs, local_pack
from flowengine.signature import signature_of
from flowengine.wording import setting_problems, text_of


class Registry:
    """All node types that are to be had.

    Args:
        packs: The packs; ``Registry.default()`` takes the installed ones.
    """

    def __init__(self, packs: Iterable[Pack]) -> None:
        self.packs = {pack.prefix: pack for pack in packs}
        self._classes: dict[str, type[Node]] = {}
        self._failures: dict[str, str] = {}
        self._catalogue: dict[str, NodeInfo] | None = None
        self._describing = threading.RLock()

    @staticmethod
    def default(nodes: Sequence[Path] = ()) -> Registry:
        """Return a registry of the installed packs and of loose folders."""
        packs = installed_packs()
        if nodes:
            packs.append(local_pack(nodes))
        return Registry(packs)

    def types(self) -> list[str]:
        """Return all type ids, by file names alone."""
        return sorted(
            f"{pack.prefix}.{stem}" for pack in self.packs.values() for stem in pack.files
        )

    def load(self, type_id: str) -> type[Node]:
        """Return the class of a node type, importing its module where needed.

        Raises:
            UnknownTypeError: There is no such type, or its file cannot be loaded.
        """
        known = self._classes.get(type_id)
        if known is not None:
            return known
        if type_id in self._failures:
            raise UnknownTypeError(type_id, self._failures[type_id])
        prefix, _, stem = type_id.partition(".")
        pack = self.packs.get(prefix)
        file = pack.files.get(stem) if pack else None
        if pack is None or file is None:
            raise UnknownTypeError(type_id, self._unknown(type_id))
        try:
            cls = _node_class(file)
            cls.model_rebuild()  # a setting that pydantic cannot take is told here
            signature_of(cls)
        except (Exception, SystemExit) as error:  # a pack's module may fail in any way
            raise UnknownTypeError(type_id, self._fail(type_id, pack, file, error)) from error
        cls.__type_id__ = type_id
        self._classes[type_id] = cls
        return cls

    def current_name(self, type_id: str) -> str:
        """Return today's name of a type, which may have had another before."""
        prefix, _, stem = type_id.partition(".")
        if prefix in self.packs and stem in self.packs[prefix].files:
            return type_id
        for info in self.catalogue().values():
            if type_id in info.was:
                return info.type
        return type_id

    def load_layer(self, type_id: str, version: int, settings: dict[str, Any]) -> BaseLayer:
        """Return a layer from type, version and settings, as networks on disk hold them.

        Raises:
            UnknownTypeError: There is no such type.
            ConfigureError: It is no layer, of a newer version, or its settings do not fit.
        """
        cls = self.load(self.current_name(type_id))
        if not issubclass(cls, BaseLayer):
            raise ConfigureError(f'"{type_id}" is not a layer')
        if version > cls.__node__.version:
            raise ConfigureError(
                f'"{type_id}" was saved by its version {version}, but version '
                f"{cls.__node__.version} is installed here; update its pack"
            )
        if version < cls.__node__.version:
            settings = cls.upgrade(dict(settings), version)
        try:
            return cls.model_validate_json(
                _dumps(settings), strict=True, extra="forbid", context={"registry": self}
            )
        except ValidationError as error:
            first = setting_problems(error, cls, settings, "")[0]
            place = first.pointer.strip("/")
            raise ConfigureError(f'"{type_id}", setting "{place}": {first.message}') from None

    def catalogue(self) -> dict[str, NodeInfo]:
        """Return the metadata of all types that load, cached on disk by the files' times."""
        with self._describing:  # other threads wait for the whole of it
            if self._catalogue is None:
                self._catalogue = {}
                self._fill(self._catalogue)
            return self._catalogue

    def _fill(self, catalogue: dict[str, NodeInfo]) -> None:
        known = KnownTypes()
        for pack in self.packs.values():
            entry = known.entry(pack)
            if entry is None:
                infos = self._describe(pack, known.unchanged(pack))
                failed = self._failures.values()
                known.keep(pack, infos, [text for text in pack.problems if text in failed])
            else:
                infos = entry["infos"]
                # those of its declaration were found anew, with whatever is installed now
                for problem in entry["problems"]:
                    pack.fail(problem)
            for info in infos:
                catalogue[info["type"]] = NodeInfo.model_validate(info)
        known.save()

    def _describe(self, pack: Pack, known: Mapping[str, dict[str, Any]]) -> list[dict[str, Any]]:
        infos = []
        for stem, file in pack.files.items():
            type_id = f"{pack.prefix}.{stem}"
            try:
                info = known.get(type_id) or describe(
                    self.load(type_id), type_id, file.group
                ).model_dump(mode="json")
            except UnknownTypeError:
                continue
            except Exception as error:  # what an author writes may be beyond description
                self._classes.pop(type_id, None)
                self._fail(type_id, pack, file, error)
                continue
            infos.append(info)
        return infos

    def _fail(self, type_id: str, pack: Pack, file: NodeFile, error: BaseException) -> str:
        """Keep, and return, the sentence on why a type is not to be had."""
        text = f'type "{type_id}" cannot be loaded: {_where(error, file)}'
        self._failures[type_id] = text
        pack.fail(text)
        return text

    def _unknown(self, type_id: str) -> str:
        prefix, _, stem = type_id.partition(".")
        if not (prefix and stem):
            same = [name for name in self.types() if name.endswith(f".{type_id}")]
            hint = f' Did you mean "{same[0]}"?' if same else ""
            return f'"{type_id}" is no node type; expected "pack.name".{hint}'
        if prefix not in self.packs:
            elsewhere = [name for name in self.types() if name.split(".", 1)[1] == stem]
            hint = suggest(type_id, elsewhere or self.types())
            return f'no pack "{prefix}" is installed, so there is no type "{type_id}".{hint}'
        pack = self.packs[prefix]
        hint = suggest(stem, pack.files)
        if not hint:
            near = suggest(type_id, self.types())
            hint = near or f' See "flowengine nodes {prefix}"'
        else:
            hint = hint.replace('"', f'"{prefix}.', 1)
        broken = f" ({pack.problems[0]})" if pack.problems and not pack.files else ""
        return f'the pack "{prefix}" has no type "{type_id}".{hint}{broken}'


def node_folders(nodes: str | Path | Sequence[str | Path]) -> list[Path]:
    """Return loose folders of nodes; one may stand alone.

    Raises:
        WorkflowError: One of them is no folder.
        FlowEngineError: They are no paths at all.
    """
    given = [nodes] if isinstance(nodes, str | os.PathLike) else nodes
    if not isinstance(given, Collection) or not all(
        isinstance(one, str | os.PathLike) for one in given
    ):
        raise FlowEngineError(f"nodes is {nodes!r:.80}; expected a folder of nodes, or several")
    found = [Path(one).resolve() for one in given]
    missing = [Problem("", f'"{one}" is no folder of nodes') for one in found if not one.is_dir()]
    if missing:
        raise WorkflowError(missing)
    return found


def _module(file: NodeFile) -> types.ModuleType:
    if file.module in sys.modules or file.module.startswith(f"{BUILT_IN}."):
        return importlib.import_module(file.module)
    sentence = (
        f'"{file.path}" is still being imported; what stands outside of its class runs at once, '
        f"and may take its time or never end (Ctrl-C leaves it)"
    )
    with told_when_slow(sentence):
        return importlib.import_module(file.module)


def _node_class(file: NodeFile) -> type[Node]:
    module = _module(file)
    marked = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Node)
        and value.__module__ == module.__name__
        and isinstance(value.__dict__.get("__node__"), NodeMark)
    ]
    if len(marked) != 1:
        names = ", ".join(cls.__name__ for cls in marked) or "none"
        hint = "" if marked else f"; a file that is no node is called _{file.stem}.py"
        raise NodeDefinitionError(
            f"a node file has exactly one class with @node; found: {names}{hint}"
        )
    if marked[0].__name__.lower() != file.stem.replace("_", "").lower():
        expected = "".join(part.capitalize() for part in file.stem.split("_"))
        raise NodeDefinitionError(
            f'the file is called "{file.stem}.py", its class "{marked[0].__name__}"; '
            f"the class must be the file's name in CamelCase, {expected}"
        )
    return marked[0]


def _where(error: BaseException, file: NodeFile) -> str:
    """Return an error's sentence with the innermost line of the pack's own files."""
    if isinstance(error, SyntaxError):
        line = f", line {error.lineno}" if error.lineno else ""
        return f"{error.msg} ({file.path}{line})"
    root = file.path.parents[file.module.count(".") - 1]
    own = [
        f"{frame.filename}, line {frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(root)
    ]
    text = text_of(error)
    if not isinstance(error, FlowEngineError):
        text = f"{type(error).__name__}: {text}"
    return f"{text} ({own[-1] if own else file.path})"


def _dumps(settings: dict[str, Any]) -> bytes:
    import orjson

    return orjson.dumps(settings)
