"""Options that several commands share, and reading their values."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowengine.errors import FlowEngineError

if TYPE_CHECKING:
    from flowengine.registry import Registry


class CallError(FlowEngineError):
    """Raised when the value of an option does not fit."""


def add_nodes_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--nodes DIR``."""
    parser.add_argument(
        "--nodes",
        metavar="DIR",
        type=Path,
        action="append",
        default=[],
        help="folder of loose .py node files; their types start with local. (repeatable)",
    )


def add_workflow_options(parser: argparse.ArgumentParser) -> None:
    """Add the workflow file and what changes it for one call."""
    parser.add_argument("file", metavar="FILE", type=Path, help="workflow file, such as iris.json")
    parser.add_argument(
        "--set",
        metavar="NODE.SETTING=VALUE",
        action="append",
        default=[],
        help="change a setting; VALUE is JSON, else text (repeatable)",
    )
    parser.add_argument(
        "--var",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help="give a workflow variable another value (repeatable)",
    )
    add_nodes_option(parser)
    parser.add_argument(
        "--workspace",
        metavar="DIR",
        type=Path,
        help="folder that paths stay inside and that keeps the results",
    )


def add_store_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--store DIR``."""
    parser.add_argument(
        "--store",
        metavar="DIR",
        type=Path,
        help="folder that keeps the results in place of the workspace, if that cannot be written",
    )


def open_registry(arguments: argparse.Namespace) -> Registry:
    """Return the registry of installed packs and the folders of ``--nodes``."""
    from flowengine.registry import Registry

    return Registry.default(nodes=node_folders(arguments))


def node_folders(arguments: argparse.Namespace) -> list[Path]:
    """Return the folders of ``--nodes``.

    Raises:
        CallError: One of them is no folder.
    """
    for folder in arguments.nodes:
        if not folder.is_dir():
            raise CallError(f'--nodes: "{folder}" is not a folder')
    return list(arguments.nodes)


def workspace_folder(arguments: argparse.Namespace) -> Path | None:
    """Return the folder of ``--workspace``, or ``None`` to find it.

    Raises:
        CallError: It is no folder.
    """
    folder: Path | None = arguments.workspace
    if folder is not None and not folder.is_dir():
        raise CallError(f'--workspace: "{folder}" is not a folder')
    return folder


def read_assignments(texts: list[str], option: str, *, dotted: bool) -> dict[str, Any]:
    """Return ``NAME=VALUE`` texts as a mapping; a value is JSON, else text.

    Args:
        texts: What the option was given.
        option: Its name in sentences.
        dotted: Whether a name is a node and a setting with a dot between them.

    Raises:
        CallError: A text has another form.
    """
    values: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        form = "NODE.SETTING=VALUE" if dotted else "NAME=VALUE"
        if not equals or not name or (dotted and not all(name.partition("."))):
            raise CallError(f'{option}: "{text}" is not of the form {form}')
        values[name] = read_value(value)
    return values


def read_value(text: str) -> Any:
    """Return a value: JSON where it is some, else the text itself."""

    def refuse(word: str) -> Any:
        raise ValueError(word)

    try:
        return json.loads(text, parse_constant=refuse)
    except (ValueError, RecursionError):
        return text
