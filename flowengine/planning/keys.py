"""Computes the key of every planned node, see ``flowengine.fingerprint``."""

from __future__ import annotations

import hashlib
import io
import os
import uuid
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic_core import PydanticSerializationError

from flowengine.data import find
from flowengine.errors import ConfigureError, DataError, PathError
from flowengine.fingerprint import code_reader, digest_of
from flowengine.nested import layers_within
from flowengine.node import Node
from flowengine.paths import DATA_SCHEME, resolve
from flowengine.planning.configure import file_settings
from flowengine.planning.plan import PlannedNode
from flowengine.signature import signature_of


class Keys:
    """Gives keys in topological order, so that the work is linear in the graph.

    Args:
        workspace: Folder that no path leaves.
        digest: Gives the digest of a file or folder; ``None``: compute no keys.
    """

    def __init__(self, workspace: Path, digest: Callable[[Path], str] | None) -> None:
        self.workspace = workspace
        self.digest = digest
        self.code = code_reader()

    def add(
        self,
        planned: PlannedNode,
        nodes: Mapping[str, PlannedNode],
        values: Mapping[str, Any],
    ) -> None:
        """Set the key of a node whose inputs have theirs.

        Raises:
            ConfigureError: It can have no key: no JSON stands for its settings, or a file cannot be
                read.
        """
        if self.digest is None or planned.state == "not configured":
            return
        if planned.cls is None:
            planned.key = self._value_key(planned, values)
            return
        parts = self._parts(planned, nodes)
        if parts is None:
            return
        planned.key_parts, planned.key = parts, digest_of(parts)
        left_out = planned.cls.__node__.resume_without
        if left_out:
            settings = {k: v for k, v in parts["settings"].items() if k not in left_out}
            planned.resume_key = digest_of({**parts, "settings": settings})

    def save(self) -> None:
        """Keep what was read of the code for the next process."""
        self.code.save()

    def _parts(
        self, planned: PlannedNode, nodes: Mapping[str, PlannedNode]
    ) -> dict[str, Any] | None:
        assert planned.cls is not None  # noqa: S101  # for mypy: add has looked
        inputs: dict[str, Any] = {}
        for port, item in [*planned.inputs.items(), *planned.setting_sources.items()]:
            sources = item if isinstance(item, list) else [item] if item else []
            keys = [[nodes[source.path].key, source.port] for source in sources]
            if any(key is None for key, _ in keys):
                return None
            inputs[port] = keys
        files = self._files(planned)
        if files is None:
            return None
        cls, node = planned.cls, planned.node
        code = self.code.key(cls.__module__)
        parts: dict[str, Any] = {
            "type": planned.type,
            "version": cls.__node__.version,
            "settings": _dumped(node) if node else planned.settings_given,
            "code": code.digest,
            "libraries": list(code.libraries),
            "files": files,
            "inputs": inputs,
        }
        if cls.__node__.random:
            parts["seed"] = planned.seed
        if _names_what_it_makes(cls):
            # two equal layers, or inputs, stay two
            parts["name"] = planned.path
        if node and (inner := layers_within(node)):
            # the code of a layer within a layer counts like its own
            parts["inner"] = [self.code.key(type(layer).__module__).digest for layer in inner]
        return parts

    def _files(self, planned: PlannedNode) -> dict[str, str] | None:
        """Return what stands in the key for each file; ``None`` where one cannot be read."""
        assert planned.cls is not None  # noqa: S101  # for mypy: add has looked
        cls, node, files = planned.cls, planned.node, {}
        for name, mark in file_settings(cls):
            is_written = mark.mode == "write"
            if name in planned.setting_sources:
                # what a file holds whose name is known only while running: never the same twice
                files[name] = str(planned.base) if is_written else uuid.uuid4().hex
                continue
            default = cls.model_fields[name].default
            value = getattr(node, name) if node else planned.settings_given.get(name, default)
            if not isinstance(value, str):
                continue
            if is_written:
                # the same node writes another file where its workflow lies in another folder
                path = resolve(value, base=planned.base, workspace=self.workspace, write=True)
                files[name] = os.path.relpath(path, self.workspace)
            elif (found := self._file(name, value, planned.base)) is not None:
                files[name] = found
            else:
                return None
        return files

    def _file(self, setting: str, value: str, base: Path) -> str | None:
        try:
            if value.startswith(DATA_SCHEME):
                return find(value.removeprefix(DATA_SCHEME)).sha256
            path = resolve(value, base=base, workspace=self.workspace)
        except (DataError, PathError):
            return None
        try:
            return self.digest(path) if self.digest else None
        except PathError as error:
            raise ConfigureError(str(error), setting=setting) from None

    def _value_key(self, planned: PlannedNode, values: Mapping[str, Any]) -> str | None:
        if planned.path not in values or "out" not in planned.signature.outputs:
            return None
        port = planned.signature.outputs["out"].type
        data = io.BytesIO()
        port.write(values[planned.path], data)
        return digest_of([port.id, hashlib.sha256(data.getbuffer()).hexdigest()])


def _dumped(node: Node) -> dict[str, Any]:
    try:
        return node.model_dump(mode="json")
    except PydanticSerializationError as error:
        raise ConfigureError(f"its settings cannot be saved: {error}") from None


@lru_cache(maxsize=4096)
def _names_what_it_makes(cls: type[Node]) -> bool:
    """Return whether the node's name stands in the network it makes; a training keeps the names."""
    outputs = signature_of(cls).outputs.values()
    return any(port.type.id == "network" for port in outputs) and not cls.__node__.exclusive
