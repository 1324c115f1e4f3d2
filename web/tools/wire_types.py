"""Writes ``src/model/wire.ts``, the types of what server and editor say to each other.

    npm run types              writes the file
    npm run types -- --check   fails when the file is not what would be written

``PYTHON`` names the Python in which flowengine is installed.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, get_args

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from flowengine.events import NodeState
from flowengine.server import wire

TARGET = Path(__file__).parent.parent / "src" / "model" / "wire.ts"
ALIASES = {
    "ColumnKind": get_args(wire.ColumnKind),
    "RunStatus": get_args(wire.RunStatus),
    "NodeState": get_args(NodeState),
}
UNIONS = {"Push": wire.Push, "ValueView": wire.ValueView}
HEAD = "// Made by `npm run types` from flowengine/server/wire: do not edit.\n"


def main() -> int:
    """Write or check the file; return the exit status."""
    text = render()
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    print(f"{TARGET.name} is not what the server's models say; run: npm run types")
    return 1


def render() -> str:
    """Return the text of the file."""
    models = [item for item in vars(wire).values() if isinstance(item, type) and _is_message(item)]
    _, schema = models_json_schema([(model, "serialization") for model in models])
    parts = [f"export type {name} =\n{_choices(values)};" for name, values in ALIASES.items()]
    parts += [_interface(name, item) for name, item in sorted(schema["$defs"].items())]
    for name, union in UNIONS.items():
        mapping = TypeAdapter(union).json_schema()["discriminator"]["mapping"]
        names = sorted(item.rpartition("/")[2] for item in mapping.values())
        parts.append(f"export type {name} =\n" + "\n".join(f"  | {item}" for item in names) + ";")
    return HEAD + "\n" + "\n\n".join(parts) + "\n"


def _is_message(item: type) -> bool:
    return issubclass(item, wire.Wire) and item is not wire.Wire


def _choices(values: tuple[str, ...]) -> str:
    return "\n".join(f"  | {_text(value)}" for value in values)


def _interface(name: str, schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    lines = []
    for key, item in schema.get("properties", {}).items():
        # answers are always whole; only what the editor asks for may leave out a default
        mark = "?" if name.endswith("Request") and key not in required else ""
        lines.append(f"  {key}{mark}: {_type(item)};")
    first = schema.get("description", "").partition("\n")[0].strip()
    doc = f"/** {first} */\n" if first else ""
    return f"{doc}export interface {name} {{\n" + "\n".join(lines) + "\n}"


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema:
        return _text(schema["const"])
    if "enum" in schema:
        return _enum(tuple(schema["enum"]))
    if "anyOf" in schema:
        return " | ".join(_type(item) for item in schema["anyOf"])
    kind = schema.get("type")
    if kind == "array":
        return _array(schema)
    if kind == "object":
        inner = schema.get("additionalProperties")
        return f"Record<string, {_type(inner) if isinstance(inner, dict) else 'unknown'}>"
    plain = {"string": "string", "boolean": "boolean", "null": "null"}
    return plain.get(str(kind), "number" if kind in ("integer", "number") else "unknown")


def _enum(values: tuple[str, ...]) -> str:
    for name, known in ALIASES.items():
        if values == known:
            return name
    return " | ".join(_text(value) for value in values)


def _array(schema: dict[str, Any]) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(_type(item) for item in schema['prefixItems'])}]"
    inner = _type(schema.get("items", {}))
    return f"({inner})[]" if " | " in inner and "<" not in inner else f"{inner}[]"


def _text(value: str) -> str:
    return json.dumps(value).replace('"', "'")


if __name__ == "__main__":
    sys.exit(main())
