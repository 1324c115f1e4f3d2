"""The ``flowengine`` command: reads the call, hands it to one command, turns errors into sentences.

Plain argparse, and every command imports what it needs when it runs: the command line answers in
about the time Python and pydantic take to start.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

import flowengine
from flowengine.cli import data, export, new, nodes, packs, run, schema, store, ui, validate
from flowengine.cli.output import print_error, print_json, use_utf8
from flowengine.errors import FlowEngineError, WorkflowError, suggest

DONE, FAILED, WRONG, CANCELLED = 0, 1, 2, 130

COMMANDS = (run, ui, validate, export, nodes, data, store, packs, schema, new)
"""Modules with ``NAME``, ``HELP``, ``add_arguments(parser)`` and ``execute(arguments) -> code``."""

FEW = 6
"""So many choices are all named, as the nearest word need not be what was meant: gpu is not cpu."""


class WrongCall(Exception):
    """Raised with a sentence on the call, and the command that it is about."""


class Parser(argparse.ArgumentParser):
    """A parser that answers a wrong call with one sentence."""

    def error(self, message: str) -> NoReturn:
        """Leave the reading of the call with what is wrong with it."""
        raise WrongCall(message, self.prog)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            known = [str(choice) for choice in action.choices]
            hint = "" if len(known) <= FEW else suggest(str(value), known)
            hint = hint or f" Expected {', '.join(known)}"
            raise argparse.ArgumentError(None, f'there is no "{value}" here.{hint}')


def build_parser() -> Parser:
    """Return the parser of the whole command line."""
    parser = Parser(
        prog="flowengine",
        description="Run and inspect workflows of nodes for deep learning.",
        epilog="Start with: flowengine run workflows/mnist.json",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="version", version=f"flowengine {flowengine.__version__}"
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    for module in COMMANDS:
        command = commands.add_parser(
            module.NAME, help=module.HELP, description=module.HELP, allow_abbrev=False
        )
        module.add_arguments(command)
        command.set_defaults(execute=module.execute)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    _spare_work()
    use_utf8()
    as_json = "--json" in (sys.argv[1:] if argv is None else argv)
    try:
        return _run(argv, as_json=as_json)
    except WrongCall as error:
        message, prog = error.args
        if as_json:
            print_json({"status": "wrong", "error": message})
        else:
            print_error(f'{message}\nSee "{prog} --help".')
        sys.exit(WRONG)
    except KeyboardInterrupt:
        if as_json:
            print_json({"status": "cancelled", "seconds": 0.0, "nodes": {}})
        else:
            print_error("cancelled")
        return CANCELLED


def _spare_work() -> None:
    """Leave out what this process does not need; of a program that embeds us we know less."""
    # Whoever ends needs no search for garbage: it was a fifth of the time that validate took.
    atexit.register(gc.freeze)
    # To find out that pydantic has no plugins, it reads the metadata of all that is installed.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


def _run(argv: Sequence[str] | None, *, as_json: bool) -> int:
    """Read the call and execute its command."""
    arguments = build_parser().parse_args(argv)
    # A short command allocates much and frees nothing: looking for garbage is a tenth of its time.
    gc.disable()
    try:
        return int(arguments.execute(arguments))
    except FlowEngineError as error:
        if as_json:
            print_json(_as_json(error))
        else:
            print_error(str(error))
        return WRONG
    except BrokenPipeError:
        # The reader of our output left, as "head" does; Python must not complain while it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except Exception as error:  # the last line of defence
        if os.environ.get("FLOWENGINE_DEBUG"):
            traceback.print_exc()
        print_error(
            f"flowengine itself failed, which is a fault in it: {type(error).__name__}: {error}\n"
            f"Set FLOWENGINE_DEBUG=1 and run it again to get the traceback for a report."
        )
        return FAILED
    finally:
        gc.enable()


def _as_json(error: FlowEngineError) -> dict[str, Any]:
    answer: dict[str, Any] = {"status": "wrong", "error": str(error)}
    if isinstance(error, WorkflowError):
        answer["problems"] = [
            {"pointer": item.pointer, "message": item.message, "severity": item.severity}
            for item in error.problems
        ]
    return answer
