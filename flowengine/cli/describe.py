"""JSON Schema of a setting in words, for ``nodes show`` and the node reference."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowengine.info import SettingInfo

_PLAIN = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "null": "nothing",
    "object": "object",
}
_BOUNDS = {
    "minimum": "≥",
    "exclusiveMinimum": ">",
    "maximum": "≤",
    "exclusiveMaximum": "<",
}


def default_text(setting: SettingInfo) -> str:
    """Return the default of a setting as it stands in a file."""
    return "required" if setting.required else json.dumps(setting.default, ensure_ascii=False)


def schema_text(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Return what a setting takes, in a few words."""
    if "widget" in schema:
        return _widget_text(schema)
    if "$ref" in schema:
        return schema_text(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            texts = [schema_text(item, definitions) for item in schema[key]]
            return " or ".join(dict.fromkeys(texts))
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return " or ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    kind = schema.get("type")
    if kind == "array":
        return _array_text(schema, definitions)
    member = schema.get("properties", {}).get("type", {})
    if kind == "object" and "const" in member:
        return json.dumps(member["const"], ensure_ascii=False)
    if kind == "object" and (text := _object_text(schema, definitions)):
        return text
    bounds = [f"{sign} {schema[key]:g}" for key, sign in _BOUNDS.items() if key in schema]
    return " ".join([_PLAIN.get(str(kind), "anything"), *([", ".join(bounds)] if bounds else [])])


def models_in(
    schema: Mapping[str, Any], definitions: Mapping[str, Any]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield name and schema of each object with settings of its own that a setting takes."""
    if "$ref" in schema:
        yield from models_in(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "properties" in schema:
        member = schema["properties"].get("type", {})
        yield str(member.get("const", "")), schema
        return
    inner = [schema.get(key) for key in ("items", "additionalProperties")]
    listed = [schema.get(key, ()) for key in ("anyOf", "oneOf", "allOf", "prefixItems")]
    for item in [*inner, *itertools.chain(*listed)]:
        if isinstance(item, Mapping):
            yield from models_in(item, definitions)


def _object_text(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "properties" in schema:
        return f"{{{', '.join(schema['properties'])}}}"
    values = schema.get("additionalProperties")
    return f"{{name: {schema_text(values, definitions)}}}" if isinstance(values, Mapping) else ""


def _widget_text(schema: Mapping[str, Any]) -> str:
    if schema["widget"] == "column":
        what = "columns" if schema.get("type") == "array" else "column"
        kind = "" if schema["kind"] == "any" else f" ({schema['kind']})"
        return f"{what} of {schema['port']}{kind}"
    if schema["widget"] == "file":
        return "file to write" if schema["mode"] == "write" else "file"
    return str(schema["widget"])


def _array_text(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "prefixItems" in schema:
        items = [schema_text(item, definitions) for item in schema["prefixItems"]]
        return f"[{', '.join(items)}]"
    return f"list of {schema_text(schema.get('items', {}), definitions)}"
