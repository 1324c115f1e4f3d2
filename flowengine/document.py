"""The workflow file as data: pydantic models, reading with all problems collected."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flowengine.errors import Problem, WorkflowError
from flowengine.migrate import FORMAT, migrate
from flowengine.wording import pointer_to, problems_of

NODE_ID = re.compile(r"[a-z][a-z0-9_]*")
Place = Annotated[list[float], Field(min_length=2, max_length=2)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class Connection(_Part):
    """A wire, as ``node.port`` to ``node.port`` (or ``node.port.index``, or ``node.setting``)."""

    from_: Annotated[str, Field(alias="from")]
    to: str


class Body(_Part):
    """Nodes and their connections: of a workflow, or of a component that holds them in line."""

    variables: dict[str, Any] = {}
    nodes: dict[str, NodeEntry] = {}
    connections: list[Connection] = []
    layout: dict[str, Place] = {}
    annotations: list[dict[str, Any]] = []


class NodeEntry(_Part):
    """One node: its type and the settings that differ from the default.

    Args:
        type: Type id, such as ``layer.dense``.
        version: Version of the type that saved it.
        settings: Settings as JSON.
        timeout: Seconds after which its process is killed.
        comment: A person's note.
        variables: Variables of a component that is held in line; likewise the rest.
    """

    type: str
    version: Annotated[int, Field(ge=1)] = 1
    settings: dict[str, Any] = {}
    timeout: Annotated[float, Field(gt=0)] | None = None
    comment: str = ""
    variables: dict[str, Any] = {}
    nodes: dict[str, NodeEntry] = {}
    connections: list[Connection] = []
    layout: dict[str, Place] = {}
    annotations: list[dict[str, Any]] = []


class Document(Body):
    """A whole workflow file."""

    flowengine: int = FORMAT
    name: str = ""
    description: str = ""
    seed: int = 0


Body.model_rebuild()

COMPONENT_KEYS = ("variables", "nodes", "connections", "layout", "annotations")


def read_text(path: Path) -> str:
    """Return the text of a workflow file.

    Raises:
        WorkflowError: It cannot be read, with the reason in words.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        folder = path.parent
        near = sorted(item.name for item in folder.glob("*.json")) if folder.is_dir() else []
        hint = f'; in "{folder}" there is {", ".join(near[:5])}' if near else ""
        reason = f'there is no file "{path}"{hint}'
    except IsADirectoryError:
        reason = f'"{path}" is a folder; a workflow is a JSON file'
    except UnicodeDecodeError as error:
        reason = f'"{path}" is not UTF-8 text (byte {error.start}), so it is no workflow'
    except OSError as error:
        reason = f'"{path}" cannot be read: {error.strerror}'
    raise WorkflowError([Problem("", reason)], name=path.name)


def parse_document(text: str, name: str) -> tuple[Document, list[Problem], set[str]]:
    """Return a document with what is wrong in it; nodes that cannot be read are left out.

    Args:
        text: JSON text.
        name: What the document is called in sentences.

    Returns:
        The document, the problems, and the JSON pointers of the nodes left out.

    Raises:
        WorkflowError: It is no JSON object, or of a format that cannot be read.
    """
    duplicates: list[tuple[int, str]] = []
    constants: list[str] = []

    def build(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        data = dict(pairs)
        if len(data) < len(pairs):
            names = [key for key, _ in pairs]
            twice = sorted({key for key in names if names.count(key) > 1})
            duplicates.extend((id(data), key) for key in twice)
        return data

    def constant(word: str) -> None:
        constants.append(word)

    try:
        data = json.loads(text, object_pairs_hook=build, parse_constant=constant)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise WorkflowError(
            [Problem("", f"the file is not JSON: {error.msg} ({where})")], name=name
        ) from None
    except RecursionError:
        raise WorkflowError(
            [Problem("", "the file is nested too deep to be read")], name=name
        ) from None
    if not isinstance(data, dict):
        raise WorkflowError(
            [Problem("", f"a workflow is a JSON object, this is {_kind(data)}")], name=name
        )
    problems = [Problem("", f"{word} is not JSON; expected a finite number") for word in constants]
    if duplicates:
        places = _places(data)
        problems += [
            Problem(places.get(mark, "") + pointer_to(key), f'the key "{key}" stands twice')
            for mark, key in duplicates
        ]
    data, gate = migrate(data)
    if gate:
        raise WorkflowError([*problems, *gate], name=name)
    document, more, left_out = _validate(data)
    return document, problems + more, left_out


def _validate(data: dict[str, Any]) -> tuple[Document, list[Problem], set[str]]:
    problems: list[Problem] = []
    left_out: set[str] = set()
    while True:
        try:
            return Document.model_validate(data), problems, left_out
        except ValidationError as error:
            problems += problems_of(error, "", data, known=_keys_at, noun="key")
            data = _without_faults(data, error, left_out)


def _without_faults(
    data: dict[str, Any], error: ValidationError, left_out: set[str]
) -> dict[str, Any]:
    """Return the document without its faulty parts, so that the rest can be checked too."""
    data = dict(data)
    connections: set[int] = set()
    for item in error.errors(include_url=False):
        place = item["loc"]
        top = place[0]
        if top == "nodes" and len(place) > 1:
            left_out.add(pointer_to("nodes", place[1]))
            data["nodes"] = {k: v for k, v in data["nodes"].items() if k != place[1]}
        elif top == "connections" and len(place) > 1:
            connections.add(int(place[1]))
        else:
            data.pop(str(top), None)
    if connections:
        kept = [item for i, item in enumerate(data["connections"]) if i not in connections]
        data["connections"] = kept
    return data


def _keys_at(place: tuple[str | int, ...]) -> list[str]:
    """Return the keys that may stand where an unknown one was found."""
    if len(place) > 2 and place[-3] == "nodes":
        return list(NodeEntry.model_fields)
    if len(place) > 2 and place[-3] == "connections":
        return ["from", "to"]
    return list(Document.model_fields)


def _places(data: Any) -> dict[int, str]:
    """Return the JSON pointer of every object, by identity."""
    places: dict[int, str] = {}
    stack: list[tuple[Any, str]] = [(data, "")]
    while stack:
        item, pointer = stack.pop()
        if isinstance(item, dict):
            places[id(item)] = pointer
            stack += [(value, pointer + pointer_to(key)) for key, value in item.items()]
        elif isinstance(item, list):
            stack += [(value, f"{pointer}/{index}") for index, value in enumerate(item)]
    return places


def _kind(value: Any) -> str:
    kinds = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return kinds.get(type(value), "a number")
