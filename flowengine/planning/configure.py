"""Calling one node's ``configure``: columns checked, paths found, faults in words."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowengine.errors import ConfigureError, DataError, PathError, listing, suggest
from flowengine.markers import Column, ColumnKind, File, marked_settings
from flowengine.network import LayerLoader, NetworkSpec
from flowengine.node import Node, Specs
from flowengine.paths import DATA_SCHEME, resolve
from flowengine.signature import Signature, signature_of
from flowengine.values import ModelSpec
from flowengine.wording import blame, kind_of_value

_SPEC_KINDS: dict[str, type] = {
    "table": Mapping,
    "network": NetworkSpec,
    "model": ModelSpec,
    "variable": str,
}
"""What ``configure`` returns for a port, by the id of its type."""


class PlanContext:
    """What ``configure`` may ask, see ``flowengine.context.ConfigureContext``."""

    def __init__(self, node: str, base: Path, workspace: Path, load_layer: LayerLoader) -> None:
        self.node = node
        self.base = base
        self.workspace = workspace
        self.load_layer = load_layer
        self.warnings: list[str] = []

    def path(self, value: str, *, write: bool = False) -> Path:
        """Return the real path of a setting's path."""
        return resolve(value, base=self.base, workspace=self.workspace, write=write)

    def warn(self, message: str) -> None:
        """Mark the node yellow."""
        if message not in self.warnings:
            self.warnings.append(message)


class DataMissing(Exception):
    """Raised when a file that the node reads is not there (yet): no fault of the workflow's.

    Args:
        setting: The setting that names it.
        message: What is missing.
        can_fetch: Whether a run fetches it by itself.
    """

    def __init__(self, setting: str, message: str, *, can_fetch: bool = False) -> None:
        self.setting = setting
        self.can_fetch = can_fetch
        super().__init__(message)


def configure_node(node: Node, specs: Mapping[str, Any], context: PlanContext) -> dict[str, Any]:
    """Return the spec of every output port; ``None`` where it is known only after running.

    Args:
        node: The node with its settings.
        specs: Spec of each input; ``None`` for an unconnected one.
        context: Given to ``configure`` where it asks for ``ctx``.

    Raises:
        ConfigureError: Settings and inputs do not fit, or ``configure`` itself is faulty.
        DataMissing: A file to be read is not there.
    """
    cls, signature = type(node), signature_of(type(node))
    check_columns(node, specs)
    check_files(node, context)
    unknown: dict[str, Any] = dict.fromkeys(signature.outputs)
    configure = getattr(node, "configure", None)
    if configure is None:
        return unknown
    arguments = {port: _own(specs.get(port)) for port in signature.configure_ports}
    if signature.configure_ctx:
        arguments["ctx"] = context
    try:
        result = configure(**arguments)
    except ConfigureError:
        raise
    except (DataError, PathError) as error:
        raise ConfigureError(str(error)) from None
    except (Exception, SystemExit) as error:  # an author's own fault: keep the rest going
        raise ConfigureError(f"configure failed: {blame(error, cls)}") from error
    if result is None:
        return unknown
    found = _by_port(cls, signature, result)
    for port, spec in found.items():
        if signature.outputs[port].type.id == "table" and type(spec) is dict:
            spec = found[port] = _schema(cls, port, spec)
        kind = _SPEC_KINDS.get(signature.outputs[port].type.id)
        if spec is not None and kind is not None and not isinstance(spec, kind):
            raise ConfigureError(
                f'{cls.__name__}.configure gave {kind_of_value(spec)} for the output "{port}", '
                f"which is a {signature.outputs[port].type.id}; expected a {kind.__name__}"
            )
    return found


def _schema(cls: type[Node], port: str, columns: dict[str, Any]) -> Any:
    """Return a plain dict as the schema that it stands for."""
    import polars as pl

    try:
        return pl.Schema(columns)
    except TypeError as error:
        raise ConfigureError(
            f'{cls.__name__}.configure gave no schema for the output "{port}": {error}'
        ) from None


def _own(spec: Any) -> Any:
    """Return a schema of the node's own: what it changes in it is no other node's business."""
    if isinstance(spec, dict):
        return type(spec)(spec)
    return list(map(_own, spec)) if isinstance(spec, list) else spec


def _by_port(cls: type[Node], signature: Signature, result: Any) -> dict[str, Any]:
    if signature.single:
        return dict.fromkeys(signature.outputs, result)
    if not isinstance(result, Specs) or result.keys() != signature.outputs.keys():
        given = listing(result) if isinstance(result, dict) else repr(result)
        raise ConfigureError(
            f"{cls.__name__}.configure must return Specs with {listing(signature.outputs)}; "
            f"it returned {given}"
        )
    return dict(result)


def check_columns(node: Node, specs: Mapping[str, Any]) -> None:
    """Check every setting marked ``Column`` against the schema of its port.

    Raises:
        ConfigureError: There is no such column, or it holds something else.
    """
    for name, mark in marked_settings(type(node), Column):
        given, value = specs.get(mark.port), getattr(node, name)
        if given is None or value is None:
            continue
        schemas = given if isinstance(given, list) else [given]
        columns = _columns(value)
        for schema, column in itertools.product(schemas, columns):
            if column not in schema:
                raise ConfigureError(
                    f'no column "{column}" in the table at "{mark.port}".'
                    f"{suggest(column, schema)} It has {listing(schema)}",
                    setting=name,
                )
            if not _is_kind(schema[column], mark.kind):
                fitting = [other for other, dtype in schema.items() if _is_kind(dtype, mark.kind)]
                raise ConfigureError(
                    f'column "{column}" holds {schema[column]}, but {_KIND_WORDS[mark.kind]} is '
                    f"needed; such columns are {listing(fitting)}",
                    setting=name,
                )


def _columns(value: Any) -> list[str]:
    """Return the columns of a setting that has one, several, or some for each name."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [column for part in value.values() for column in _columns(part)]
    return list(value)


def check_files(node: Node, context: PlanContext) -> None:
    """Check every setting marked ``File``: inside the workspace, and there where it is read.

    Raises:
        ConfigureError: The path leaves the workspace or cannot be one, or there is no such data.
        DataMissing: It does not exist, or is ``data://`` data not fetched yet.
    """
    for name, mark in marked_settings(type(node), File):
        value = getattr(node, name)
        if value is None:
            continue
        try:
            path = context.path(value, write=True) if mark.mode == "write" else None
        except PathError as error:
            raise ConfigureError(str(error), setting=name) from None
        if mark.mode == "write":
            if path is not None and path.is_dir():
                raise ConfigureError(
                    f'"{value}" is a folder; expected the name of a file', setting=name
                )
            continue
        try:
            path = context.path(value)
        except (DataError, PathError) as error:
            can_fetch = value.startswith(DATA_SCHEME)
            if isinstance(error, PathError) and (can_fetch or _is_absent(value, context)):
                raise DataMissing(name, str(error), can_fetch=can_fetch) from None
            raise ConfigureError(str(error), setting=name) from None
        if mark.mode == "read" and path.is_dir():
            raise ConfigureError(f'"{value}" is a folder; expected a file', setting=name)


def file_settings(cls: type[Node]) -> tuple[tuple[str, File], ...]:
    """Return the settings that name a file or folder, with their marks."""
    return marked_settings(cls, File)


def files_written(node: Node) -> list[tuple[str, str]]:
    """Return setting and value of every file the node writes."""
    marked = file_settings(type(node))
    if not marked:  # as nearly always
        return []
    values = ((name, getattr(node, name)) for name, mark in marked if mark.mode == "write")
    return [(name, value) for name, value in values if value is not None]


def _is_absent(value: str, context: PlanContext) -> bool:
    """Return whether a path would be right if the file were there."""
    try:
        return not context.path(value, write=True).exists()
    except PathError:
        return False


def _is_kind(dtype: Any, kind: ColumnKind) -> bool:
    import polars as pl

    if kind == "number":
        return bool(dtype.is_numeric())
    if kind == "integer":
        return bool(dtype.is_integer())
    if kind == "image":
        return isinstance(dtype, pl.Array) and len(dtype.shape) in (2, 3)
    fitting: dict[str, tuple[type[pl.DataType], ...]] = {
        "any": (type(dtype),),
        "text": (pl.String,),
        "category": (pl.Enum, pl.Categorical, pl.String),
        "boolean": (pl.Boolean,),
        "list": (pl.List, pl.Array),
    }
    return isinstance(dtype, fitting[kind])


_KIND_WORDS: dict[str, str] = {
    "any": "anything",
    "number": "a number",
    "integer": "a whole number",
    "text": "text",
    "category": "a category or text",
    "boolean": "true or false",
    "image": "an image",
    "list": "a list",
}
