"""``flowengine data``: public data sets by name."""

from __future__ import annotations

import argparse
import sys

from flowengine.cli.output import columns, print_json, print_lines, size

NAME = "data"
HELP = "list public data sets, or fetch one into the cache"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    text = "list the data sets known by name"
    listing = actions.add_parser("list", help=text, description=text)
    listing.add_argument("--json", action="store_true", help="print one JSON object")
    text = "fetch data sets into the cache"
    fetching = actions.add_parser("fetch", help=text, description=text)
    fetching.add_argument(
        "names", metavar="NAME", nargs="+", help="such as mnist or mnist/test-images"
    )
    fetching.add_argument("--json", action="store_true", help="print one JSON object")


def execute(arguments: argparse.Namespace) -> int:
    """Run the command."""
    return _fetch(arguments) if arguments.action == "fetch" else _list(arguments)


def _list(arguments: argparse.Namespace) -> int:
    from flowengine.data import CATALOGUE, data_root, verify

    if arguments.json:
        print_json(
            {
                "cache": str(data_root()),
                "data": [
                    {
                        "name": item.name,
                        "about": item.about,
                        "bytes": item.size,
                        "sha256": item.sha256,
                        "licence": item.licence,
                        "cached": verify(item),
                    }
                    for item in CATALOGUE
                ],
            }
        )
        return 0
    rows = [
        (item.name, size(item.size), "here" if verify(item) else "–", item.about)
        for item in CATALOGUE
    ]
    print_lines(columns([("NAME", "SIZE", "CACHE", "WHAT IT IS"), *rows], indent=0))
    print(f"\nIn a workflow: data://NAME. The cache is {data_root()}.")
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from flowengine.data import members
    from flowengine.data.cache import path_of
    from flowengine.data.fetch import fetch

    said: set[str] = set()

    def report(message: str) -> None:
        if message.startswith(("fetching", "waiting")) and message not in said:
            said.add(message)
            print(message, file=sys.stderr)

    wanted = [item for name in arguments.names for item in members(name)]
    fresh = [item for name in arguments.names for item in fetch(name, report=report)]
    if arguments.json:
        print_json({item.name: str(path_of(item)) for item in wanted})
        return 0
    rows = [
        ("✓", item.name, size(item.size), "fetched" if item in fresh else "was here")
        for item in wanted
    ]
    print_lines(columns(rows, indent=0))
    return 0
