"""Markers for ``Annotated[...]``: what a setting or a port means beyond its Python type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal, TypeVar, get_args

from pydantic import BaseModel, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from flowengine.errors import NodeDefinitionError, listing, suggest

ColumnKind = Literal["any", "number", "integer", "text", "category", "boolean", "image", "list"]
FileMode = Literal["read", "read_any", "write"]
Marker = TypeVar("Marker")


class _SettingMarker:
    """A marker that adds itself to the setting's JSON Schema, where the editor reads it."""

    def extra(self) -> dict[str, Any]:
        """Return what is added to the setting's JSON Schema."""
        raise NotImplementedError

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {**handler(schema), **self.extra()}


@dataclass(frozen=True)
class Column(_SettingMarker):
    """The setting names one column (``str``) or several (``tuple[str, ...]``) of an input table.

    The engine checks names and kind against the table's schema before ``configure`` is called.

    Args:
        port: Id of the input port whose table has the column.
        kind: What the column must hold.
    """

    port: str
    kind: ColumnKind = "any"

    def __post_init__(self) -> None:
        _check_word("Column", "kind", self.kind, get_args(ColumnKind))

    def extra(self) -> dict[str, Any]:
        return {"widget": "column", "port": self.port, "kind": self.kind}


@dataclass(frozen=True)
class File(_SettingMarker):
    """The setting is a path: relative to the workflow file and inside the workspace.

    Args:
        mode: ``read`` an existing file, ``read_any`` a file or folder, or ``write`` one.
        suffixes: Endings offered by a file chooser, such as ``(".csv",)``; other than a dot may
            begin them (``train-images-idx3-ubyte``).
    """

    mode: FileMode = "read"
    suffixes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_word("File", "mode", self.mode, get_args(FileMode))
        if isinstance(self.suffixes, str):
            raise NodeDefinitionError(
                f'File: suffixes are a tuple, such as ("{self.suffixes}",), not a text'
            )

    def extra(self) -> dict[str, Any]:
        return {"widget": "file", "mode": self.mode, "suffixes": list(self.suffixes)}


@dataclass(frozen=True)
class Port:
    """Describes a port of ``execute``; only needed where the name alone does not tell.

    Args:
        help: One sentence on what the port takes or gives.
    """

    help: str


def _check_word(mark: str, argument: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise NodeDefinitionError(
            f'{mark}: there is no {argument} "{given}".{suggest(given, known)} '
            f"Known are {listing(known)}"
        )


@lru_cache(maxsize=4096)
def marked_settings(cls: type[BaseModel], kind: type[Marker]) -> tuple[tuple[str, Marker], ...]:
    """Return the settings that carry a marker, also within ``X | None`` or a tuple of ``X``."""
    found: list[tuple[str, Marker]] = []
    for name, info in cls.model_fields.items():
        marks = [*info.metadata, *_inner_marks(info.annotation)]
        found += [(name, mark) for mark in marks if isinstance(mark, kind)]
    return tuple(found)


def _inner_marks(hint: Any) -> list[Any]:
    marks = list(getattr(hint, "__metadata__", ()))
    for part in getattr(hint, "__args__", ()):
        marks += _inner_marks(part)
    return marks


def types_in(hint: Any) -> set[Any]:
    """Return the plain types that a hint is made of, such as ``{str, NoneType}``."""
    parts = [part for part in getattr(hint, "__args__", ()) if part is not Ellipsis]
    return {found for part in parts for found in types_in(part)} if parts else {hint}
