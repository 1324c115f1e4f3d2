"""The workflow file as data: pydantic models, reading with all problems collected."""

from __future__ import annotations

import copy
import re
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from flowengine.errors import Problem, WorkflowError, suggest
from flowengine.migrate import FORMAT, migrate
from flowengine.strict_json import JsonError, kind_of, read_json
from flowengine.wording import pointer_to, problems_of

NODE_ID = re.compile(r"[a-z][a-z0-9_]*")
Place = Annotated[list[float], Field(min_length=2, max_length=2)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True, defer_build=True)


class Connection(_Part):
    """A wire, as ``node.port`` to ``node.port`` (or ``node.port.index``, or ``node.setting``)."""

    from_: Annotated[str, Field(alias="from")]
    to: str


class Body(_Part):
    """Nodes and their connections: of a workflow, or of a component that holds them in line."""

    # factories and not defaults, which pydantic would copy deep for every node
    variables: dict[str, Any] = Field(default_factory=dict)
    nodes: dict[str, NodeEntry] = Field(default_factory=dict)
    connections: list[Connection] = Field(default_factory=list)
    layout: dict[str, Place] = Field(default_factory=dict)
    annotations: list[dict[str, Any]] = Field(default_factory=list)


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
    settings: dict[str, Any] = Field(default_factory=dict)
    timeout: Annotated[float, Field(gt=0)] | None = None
    comment: str = ""
    variables: dict[str, Any] = Field(default_factory=dict)
    nodes: dict[str, NodeEntry] = Field(default_factory=dict)
    connections: list[Connection] = Field(default_factory=list)
    layout: dict[str, Place] = Field(default_factory=dict)
    annotations: list[dict[str, Any]] = Field(default_factory=list)


class NewEntry(NodeEntry):
    """A node that a program adds: written for that version of its type which is installed."""


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
        # One in a folder would be waited for without an end; a shell's own pipes lie in /dev.
        if path.is_fifo() and path.parts[:2] != ("/", "dev"):
            raise WorkflowError([Problem("", f'"{path}" is a pipe, not a file')], name=path.name)
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        folder = path.parent
        near = sorted(item.name for item in folder.glob("*.json")) if folder.is_dir() else []
        hint = f'; in "{folder}" there is {", ".join(near[:5])}' if near else ""
        meant = suggest(path.name, near)
        reason = f'there is no file "{path}"' + (f".{meant}" if meant else hint)
    except IsADirectoryError:
        reason = f'"{path}" is a folder; a workflow is a JSON file'
    except UnicodeDecodeError as error:
        reason = f'"{path}" is not UTF-8 text (byte {error.start}), so it is no workflow'
        if error.object.startswith((b"\xff\xfe", b"\xfe\xff")):
            reason = f'"{path}" is text in UTF-16; save it in UTF-8'
    except OSError as error:
        reason = f'"{path}" cannot be read: {error.strerror}'
    raise WorkflowError([Problem("", reason)], name=path.name or str(path))


def parse_document(text: str, name: str) -> tuple[Document, list[Problem], set[str]]:
    """Return a document with what is wrong in it; parts that cannot be read are left out.

    Args:
        text: JSON text.
        name: What the document is called in sentences.

    Returns:
        The document, the problems, and the JSON pointers of the nodes and connections left out.

    Raises:
        WorkflowError: It is no JSON object, or of a format that cannot be read.
    """
    data, problems = read_object(text, name)
    left_out: set[str] = set()
    while True:
        try:
            return Document.model_validate(data), problems, left_out
        except ValidationError as error:
            problems += problems_of(error, "", data, known=_keys_at, noun="key")
            data = copy.deepcopy(data)
            for item in error.errors(include_url=False, include_context=False):
                _leave_out(item["loc"], data, left_out)


def read_object(text: str, name: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return a text as the object of a workflow in today's format, and keys that stand twice.

    Args:
        text: JSON text.
        name: What the document is called in sentences.

    Raises:
        WorkflowError: It is no JSON object, or of a format that cannot be read.
    """
    try:
        data, problems = read_json(text)
    except JsonError as error:
        raise WorkflowError(error.problems, name=name) from None
    if not isinstance(data, dict):
        raise WorkflowError(
            [Problem("", f"a workflow is a JSON object, this is {kind_of(data)}")], name=name
        )
    data, gate = migrate(data)
    if gate:
        raise WorkflowError([*problems, *gate], name=name)
    return data, problems


def _leave_out(place: tuple[str | int, ...], data: dict[str, Any], left_out: set[str]) -> None:
    """Take the smallest part around a fault out of the data, so that the rest can be checked."""
    depth = 0
    owners = [data]
    while len(place) > depth + 1 and place[depth] == "nodes":
        nodes = owners[-1].get("nodes", {})
        if place[depth + 1] not in nodes:
            return  # an earlier fault has taken it out
        owners.append(nodes[place[depth + 1]])
        depth += 2
    part = place[depth : depth + 2]
    if len(part) == 2 and part[0] == "connections":
        if "connections" in owners[-1]:
            # a hole keeps the numbers of the connections behind it
            owners[-1]["connections"][part[1]] = {"from": "", "to": ""}
            left_out.add(pointer_to(*place[: depth + 2]))
    elif depth:
        del owners[-2]["nodes"][place[depth - 1]]
        left_out.add(pointer_to(*place[:depth]))
    else:
        data.pop(str(place[0]), None)
        if place[0] == "nodes":
            data.pop("connections", None)


def _keys_at(place: tuple[str | int, ...]) -> list[str]:
    """Return the keys that may stand where an unknown one was found."""
    if len(place) > 2 and place[-3] == "nodes":
        return list(NodeEntry.model_fields)
    if len(place) > 2 and place[-3] == "connections":
        return ["from", "to"]
    return list(Document.model_fields)
