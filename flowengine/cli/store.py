"""``flowengine store``: the results kept in a workspace."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from flowengine.cli.options import CallError, workspace_folder
from flowengine.cli.output import columns, count, print_json, print_lines, size
from flowengine.store_folder import STORE

if TYPE_CHECKING:
    from flowengine.store import Store

NAME = "store"
HELP = "look at the results kept in a workspace, delete them, or make room"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, text in (
        ("info", "show what takes how much room"),
        ("clear", "delete all results, weights and checkpoints"),
        ("gc", "delete what was used longest ago until the store is within its limit"),
    ):
        action = actions.add_parser(name, help=text, description=text)
        action.add_argument(
            "--workspace", metavar="DIR", type=Path, help="the workspace (default: found from here)"
        )
        action.add_argument("--json", action="store_true", help="print one JSON object")
        if name == "gc":
            action.add_argument(
                "--limit",
                metavar="SIZE",
                type=read_size,
                help="such as 500MB (default: the store's)",
            )
        if name == "clear":
            action.add_argument("--yes", action="store_true", help="do not ask")


def execute(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flowengine.registry import Registry
    from flowengine.store import Store

    folder = _store_folder(arguments)
    if arguments.action == "clear" and not (arguments.yes or _confirmed(folder)):
        print("Nothing was deleted.")
        return 0
    with Store(folder, Registry.default().load_layer) as store:
        before = store.info()
        if arguments.action == "clear":
            _refuse_while_running(store)
            store.clear()
        elif arguments.action == "gc":
            store.gc(arguments.limit)
        info = store.info()
    if arguments.json:
        print_json({"folder": str(folder), **info, "freed": before["total"] - info["total"]})
        return 0
    if arguments.action != "info":
        print(f"Freed {size(max(0, before['total'] - info['total']))}.")
    rows = [
        ("results", size(info["values"]), count(info["rows"], "node run")),
        ("weights", size(info["blobs"]), ""),
        ("checkpoints", size(info["checkpoints"]), ""),
        ("together", size(info["total"]), f"limit {size(info['limit'])}"),
    ]
    print(folder)
    print_lines(columns(rows))
    return 0


def read_size(text: str) -> int:
    """Return a size in bytes from ``500MB``, ``2 GB`` or a plain number."""
    units = {"": 1, "b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
    number = text.strip().rstrip("bBkKmMgGtT ")
    unit = text.strip()[len(number) :].strip().lower()
    try:
        size = float(number) * units[unit]
        if size < 0:
            raise ValueError(text)
        return int(size)
    except (ValueError, KeyError, OverflowError):
        raise argparse.ArgumentTypeError(
            f'"{text}" is no size; expected something like 500MB or 2GB'
        ) from None


def _store_folder(arguments: argparse.Namespace) -> Path:
    from flowengine.paths import find_workspace

    chosen = workspace_folder(arguments)
    folder = (chosen or find_workspace(Path.cwd() / "workflow.json")) / STORE
    if not folder.is_dir():
        raise CallError(
            f"there are no results in {folder.parent}; run a workflow there first, or name the "
            f"workspace with --workspace DIR"
        )
    return folder


def _refuse_while_running(store: Store) -> None:
    for run in store.running():
        raise CallError(
            f'"{run.workflow}" runs in this workspace (process {run.pid}) and would lose what it '
            f"is at; cancel it or wait for its end"
        )


def _confirmed(folder: Path) -> bool:
    if not sys.stdin.isatty():
        raise CallError('"store clear" deletes results; say --yes where nobody can be asked')
    return input(f"Delete all results in {folder}? [y/N] ").strip().lower() in ("y", "yes")
