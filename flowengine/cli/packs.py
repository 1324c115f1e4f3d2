"""``flowengine packs``: the installed packs, and what is wrong with them."""

from __future__ import annotations

import argparse
from collections import Counter

from flowengine.cli.aside import Aside
from flowengine.cli.options import add_nodes_option, open_registry
from flowengine.cli.output import columns, count, print_json, print_lines

NAME = "packs"
HELP = "list the installed packs and what could not be loaded"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_nodes_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON value")


def execute(arguments: argparse.Namespace) -> int:
    """Run the command."""
    registry = open_registry(arguments)
    # what is in the catalogue loads
    with Aside(wanted=arguments.json):
        loaded = Counter(type_id.partition(".")[0] for type_id in registry.catalogue())
    packs = list(registry.packs.values())
    if arguments.json:
        print_json(
            [
                {
                    "prefix": pack.prefix,
                    "origin": pack.origin,
                    "version": pack.version,
                    "types": loaded[pack.prefix],
                    "problems": list(pack.problems),
                }
                for pack in packs
            ]
        )
        return 0
    rows = [
        (pack.prefix, count(loaded[pack.prefix], "type"), f"{pack.origin} {pack.version}".rstrip())
        for pack in packs
    ]
    print_lines(columns([("PREFIX", "TYPES", "FROM"), *rows], indent=0))
    for pack in packs:
        for problem in pack.problems:
            print(f"\n{pack.prefix}: {problem}")
    return 0
