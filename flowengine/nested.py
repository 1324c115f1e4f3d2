"""``LayerSetting``: a layer as a setting of another one, as wrappers have it.

In a file it is ``{"type": "layer.lstm", "units": 32}``: the type and, beside it, the settings; and
``version`` where it is not 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

import orjson
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import CoreSchema, InitErrorDetails, core_schema

from flowengine.errors import UnknownTypeError, listing, suggest
from flowengine.layer import BaseLayer, MergeLayer
from flowengine.markers import types_in
from flowengine.node import Node
from flowengine.registry import Registry

EXAMPLE = '{"type": "layer.lstm", "units": 32}'


@dataclass(frozen=True)
class _Nested:
    """Reads the inner layer with the registry that reads the outer one."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(
            _read, serialization=core_schema.plain_serializer_function_ser_schema(_write)
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "object",
            "widget": "layer",
            "properties": {"type": {"type": "string"}, "version": {"type": "integer"}},
            "required": ["type"],
        }


LayerSetting = Annotated[BaseLayer, _Nested()]
"""A layer with its settings, inside another layer's settings."""


def layers_within(node: Node) -> list[BaseLayer]:
    """Return the layers in a node's settings, and those in theirs."""
    values = [getattr(node, name) for name in _layer_settings(type(node))]
    inner = [value for value in values if isinstance(value, BaseLayer)]
    return [*inner, *(deeper for layer in inner for deeper in layers_within(layer))]


@lru_cache(maxsize=4096)
def _layer_settings(cls: type[Node]) -> tuple[str, ...]:
    """Return the settings that may hold a layer."""
    return tuple(
        name for name, field in cls.model_fields.items() if BaseLayer in types_in(field.annotation)
    )


def _read(value: Any, info: ValidationInfo) -> BaseLayer:
    if isinstance(value, BaseLayer):
        return value
    if isinstance(value, str):
        value = {"type": value}
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise ValueError(f"expected a layer, which is an object such as {EXAMPLE}")
    settings = {key: one for key, one in value.items() if key not in ("type", "version")}
    cls = _class_of(value["type"], info)
    version, newest = value.get("version", 1), cls.__node__.version
    if not isinstance(version, int) or isinstance(version, bool) or version > newest:
        raise _fault(("version",), f"expected a version up to {newest}, got {version}", version)
    if version < newest:
        settings = cls.upgrade(settings, version)
    try:
        if info.mode == "json":
            return cls.model_validate_json(orjson.dumps(settings), context=info.context)
        return cls.model_validate(settings, context=info.context)
    except ValidationError as error:
        raise _with_hints(error, cls) from None


def _class_of(type_id: str, info: ValidationInfo) -> type[BaseLayer]:
    registry: Registry = (info.context or {}).get("registry") or _installed()
    try:
        cls = registry.load(registry.current_name(type_id))
    except UnknownTypeError as error:
        raise _fault(("type",), str(error), type_id) from None
    if not issubclass(cls, BaseLayer) or issubclass(cls, MergeLayer):
        raise _fault(("type",), f'"{type_id}" is no layer that takes one tensor', type_id)
    return cls


@lru_cache(maxsize=1)
def _installed() -> Registry:
    """Return the registry of installed packs, for code that makes a layer by hand."""
    return Registry.default()


def _write(layer: BaseLayer) -> dict[str, Any]:
    version = layer.__node__.version
    return {
        "type": layer.__type_id__,
        **({"version": version} if version > 1 else {}),
        **layer.model_dump(mode="json", exclude_defaults=True),
    }


def _with_hints(error: ValidationError, cls: type[BaseLayer]) -> ValidationError:
    """Return the error with what an unknown setting may have meant, which only we know here."""
    lines: list[InitErrorDetails] = []
    for item in error.errors(include_url=False):
        if item["type"] == "extra_forbidden" and len(item["loc"]) == 1:
            name = str(item["loc"][0])
            hint = suggest(name, cls.model_fields) or f" Known are {listing(cls.model_fields)}"
            text = f'there is no setting "{name}".{hint}'
            lines.append(_line(item["loc"], text, item["input"]))
        else:
            lines.append(
                InitErrorDetails(
                    type=item["type"], loc=item["loc"], input=item["input"], ctx=item.get("ctx", {})
                )
            )
    return ValidationError.from_exception_data(cls.__name__, lines)


def _fault(place: tuple[str, ...], text: str, value: Any) -> ValidationError:
    return ValidationError.from_exception_data("layer", [_line(place, text, value)])


def _line(place: tuple[int | str, ...], text: str, value: Any) -> InitErrorDetails:
    return InitErrorDetails(
        type="value_error", loc=place, input=value, ctx={"error": ValueError(text)}
    )
