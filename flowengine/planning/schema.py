"""JSON Schema of the workflow file, with the settings of every installed node type."""

from __future__ import annotations

import copy
from typing import Any

from flowengine.document import NODE_ID, Document
from flowengine.registry import Registry

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_VARIABLE = {
    "type": "object",
    "properties": {"$variable": {"type": "string"}},
    "required": ["$variable"],
    "additionalProperties": False,
    "description": "The value of a workflow variable.",
}


def workflow_schema(registry: Registry) -> dict[str, Any]:
    """Return a JSON Schema by which editors complete and check workflow files.

    Types that are not installed are allowed, as a workflow keeps them.
    """
    schema = Document.model_json_schema(by_alias=True)
    definitions: dict[str, Any] = schema["$defs"]
    entry = definitions["NodeEntry"]
    rules = []
    for info in registry.catalogue().values():
        settings = {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                item.id: {
                    "anyOf": [_renamed(item.json_schema, info.type), {"$ref": "#/$defs/$variable"}],
                    "description": item.help,
                    **({} if item.required else {"default": item.default}),
                }
                for item in info.settings
            },
        }
        definitions[f"settings.{info.type}"] = settings
        for name, definition in info.definitions.items():
            definitions[f"{info.type}.{name}"] = _renamed(definition, info.type)
        rules.append(
            {
                "if": {"properties": {"type": {"const": info.type}}},
                "then": {
                    "description": info.summary,
                    "properties": {"settings": {"$ref": f"#/$defs/settings.{info.type}"}},
                },
            }
        )
    definitions["$variable"] = _VARIABLE
    entry["properties"]["type"]["examples"] = list(registry.catalogue())
    entry["allOf"] = rules
    for owner in (schema, entry):
        owner["properties"]["nodes"]["propertyNames"] = {"pattern": f"^{NODE_ID.pattern}$"}
    schema["required"] = ["flowengine"]
    return {"$schema": DIALECT, **schema, "title": "flowengine workflow"}


def _renamed(schema: dict[str, Any], type_id: str) -> dict[str, Any]:
    """Return a setting's schema with its references turned to this schema's definitions."""

    def walk(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: (
                    f"#/$defs/{type_id}.{item.rpartition('/')[2]}"
                    if key == "$ref"
                    else _mapping(item, type_id)
                    if key == "mapping"
                    else walk(item)
                )
                for key, item in value.items()
            }
        return [walk(item) for item in value] if isinstance(value, list) else value

    renamed: dict[str, Any] = walk(copy.deepcopy(schema))
    return renamed


def _mapping(mapping: dict[str, str], type_id: str) -> dict[str, str]:
    """Return the table of a discriminated union with its references turned."""
    return {key: f"#/$defs/{type_id}.{ref.rpartition('/')[2]}" for key, ref in mapping.items()}
