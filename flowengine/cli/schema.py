"""``flowengine schema``: JSON Schema of the workflow file."""

from __future__ import annotations

import argparse

from flowengine.cli.aside import Aside
from flowengine.cli.options import add_nodes_option, open_registry
from flowengine.cli.output import print_json

NAME = "schema"
HELP = "print the JSON Schema of workflow files, for editors and checkers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_nodes_option(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Run the command."""
    from flowengine.planning.schema import workflow_schema

    with Aside(wanted=True):
        schema = workflow_schema(open_registry(arguments))
    print_json(schema)
    return 0
