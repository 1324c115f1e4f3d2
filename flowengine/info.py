"""``NodeInfo``: the one metadata record of a node type, derived from its class."""

from __future__ import annotations

import ast
import inspect
import os
import sys
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter
from pydantic.errors import PydanticInvalidForJsonSchema
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from flowengine.errors import NodeDefinitionError, listing
from flowengine.node import Node
from flowengine.signature import signature_of

_NAMED = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


class PortInfo(BaseModel):
    """A port as palette, documents and editor show it."""

    model_config = ConfigDict(frozen=True)

    id: str
    type: str
    optional: bool = False
    many: bool = False
    help: str = ""


class SettingInfo(BaseModel):
    """A setting with its help, JSON Schema and default."""

    model_config = ConfigDict(frozen=True)

    id: str
    help: str
    json_schema: dict[str, Any]
    required: bool
    default: Any = None


class NodeInfo(BaseModel):
    """Everything people and tools need to know of a node type without importing it."""

    model_config = ConfigDict(frozen=True)

    type: str
    title: str
    group: str
    summary: str
    description: str
    keywords: tuple[str, ...]
    version: int
    was: tuple[str, ...]
    was_ports: dict[str, str]
    random: bool
    exclusive: bool
    inputs: tuple[PortInfo, ...]
    outputs: tuple[PortInfo, ...]
    settings: tuple[SettingInfo, ...]
    definitions: dict[str, Any]


def describe(cls: type[Node], type_id: str, group: str = "") -> NodeInfo:
    """Return the metadata of a node class; reads its source for the settings' docstrings."""
    mark, signature = cls.__node__, signature_of(cls)
    settings, definitions = settings_of(cls)
    summary, _, rest = inspect.cleandoc(cls.__doc__ or "").partition("\n")
    return NodeInfo(
        type=type_id,
        title=mark.title,
        group=group,
        summary=summary,
        description=rest.strip(),
        keywords=mark.keywords,
        version=mark.version,
        was=mark.was,
        was_ports=dict(mark.was_ports),
        random=mark.random,
        exclusive=mark.exclusive,
        inputs=tuple(
            PortInfo(
                id=port.id,
                type=port.type.id,
                optional=port.optional,
                many=port.many,
                help=port.help,
            )
            for port in signature.inputs.values()
        ),
        outputs=tuple(
            PortInfo(id=port.id, type=port.type.id, help=port.help)
            for port in signature.outputs.values()
        ),
        settings=settings,
        definitions=definitions,
    )


def settings_of(cls: type[BaseModel]) -> tuple[tuple[SettingInfo, ...], dict[str, Any]]:
    """Return the settings of a node, or of a choice, and the schemas that theirs refer to.

    Raises:
        NodeDefinitionError: No JSON can stand for one of them.
    """
    try:
        schema = cls.model_json_schema(schema_generator=_ExplainedSchema)
    except PydanticInvalidForJsonSchema:
        raise NodeDefinitionError(
            f"{cls.__name__}: no JSON can stand for the setting {listing(_without_json(cls))}, so "
            f"it could not be saved; use numbers, text, tuples or a class of settings"
        ) from None
    required = set(schema.get("required", ()))
    settings = tuple(
        SettingInfo(
            id=name,
            help=item.get("description", ""),
            json_schema={k: v for k, v in item.items() if k not in _APART},
            required=name in required,
            default=item.get("default"),
        )
        for name, item in _in_order(cls, schema.get("properties", {}), required)
    )
    return settings, schema.get("$defs", {})


def _without_json(cls: type[BaseModel]) -> list[str]:
    """Return the settings for which there is no JSON Schema."""
    found = []
    for name, field in cls.model_fields.items():
        try:
            TypeAdapter[Any](field.annotation).json_schema()  # type: ignore[arg-type]  # a hint
        except PydanticInvalidForJsonSchema:
            found.append(name)
    return found


_APART = ("title", "default", "description")


class _ExplainedSchema(GenerateJsonSchema):
    """JSON Schema in which the docstring below a setting is its description, at any depth.

    pydantic can do so itself, at 2 ms a class and not for classes made in a notebook.
    """

    def model_schema(self, schema: core_schema.ModelSchema) -> dict[str, Any]:
        found = super().model_schema(schema)
        docs = setting_docs(schema["cls"])
        for name, item in found.get("properties", {}).items():
            if name in docs:
                item["description"] = docs[name]
        return found


def _in_order(
    cls: type[BaseModel], properties: dict[str, Any], required: set[str]
) -> list[tuple[str, Any]]:
    """Return the settings as people look for them: required ones, the class's own, inherited."""
    home = {
        name: depth
        for depth, base in reversed(list(enumerate(cls.__mro__)))
        for name in inspect.get_annotations(base)
    }
    return sorted(
        properties.items(),
        key=lambda item: -1 if item[0] in required else home.get(item[0], 0),
    )


def setting_docs(cls: type[BaseModel]) -> dict[str, str]:
    """Return the docstring below each attribute of a class and of its bases."""
    docs: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if issubclass(base, BaseModel) and base not in (BaseModel, Node):
            docs.update(_docs_in_module(base.__module__).get(base.__qualname__, {}))
    return docs


def _docs_in_module(module: str) -> dict[str, dict[str, str]]:
    file = getattr(sys.modules.get(module), "__file__", None)
    try:
        return _docs_in_file(file, os.stat(file).st_mtime_ns) if file else {}
    except (OSError, SyntaxError, ValueError):  # it has changed since it was imported
        return {}


@lru_cache(maxsize=1024)
def _docs_in_file(file: str, changed: int) -> dict[str, dict[str, str]]:
    """Return the docstrings of attributes by class; a file is read once for all its classes."""
    with open(file, "rb") as source:
        tree = ast.parse(source.read())
    found: dict[str, dict[str, str]] = {}
    pending: list[tuple[str, ast.AST]] = [("", tree)]
    while pending:
        place, item = pending.pop()
        if isinstance(item, ast.ClassDef):
            found[place[:-1]] = _docs_in_class(item)
        elif isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            place += "<locals>."
        pending += [
            (f"{place}{child.name}." if isinstance(child, _NAMED) else place, child)
            for child in ast.iter_child_nodes(item)
            if isinstance(child, ast.stmt)
        ]
    return found


def _docs_in_class(item: ast.ClassDef) -> dict[str, str]:
    docs: dict[str, str] = {}
    for field, text in zip(item.body, item.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            docs[field.target.id] = " ".join(inspect.cleandoc(text.value.value).split())
    return docs
