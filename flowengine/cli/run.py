"""``flowengine run``: run a workflow and show how it goes."""

from __future__ import annotations

import argparse
import gc
import queue
import shlex
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowengine.cli.aside import Aside
from flowengine.cli.interrupt import Interrupt
from flowengine.cli.options import (
    CallError,
    add_store_option,
    add_workflow_options,
    node_folders,
    read_assignments,
    workspace_folder,
)
from flowengine.cli.output import (
    columns,
    count,
    print_error,
    print_json,
    print_lines,
    seconds,
    shown,
)
from flowengine.cli.summary import summary_lines
from flowengine.cli.views import choose_view
from flowengine.cli.watch import RunWatch
from flowengine.events import Event
from flowengine.process import prepare_process
from flowengine.store_folder import STORE

if TYPE_CHECKING:
    from flowengine.api import Result
    from flowengine.workflow import Workflow

NAME = "run"
HELP = "run a workflow; what has not changed is taken from the store"

EXIT_CODES = {"done": 0, "failed": 1, "cancelled": 130}
TICK_SECONDS = 0.05


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_workflow_options(parser)
    add_store_option(parser)
    parser.add_argument(
        "--until",
        metavar="NODE",
        action="append",
        default=[],
        help="run only what this node needs, and the node itself (repeatable)",
    )
    parser.add_argument("--fresh", action="store_true", help="compute everything anew")
    parser.add_argument(
        "--explain", action="store_true", help="say what would run and why, then stop"
    )
    parser.add_argument(
        "--workers",
        metavar="N",
        type=_workers,
        default=0,
        help="run nodes in N processes of their own (default: in this one)",
    )
    parser.add_argument(
        "--device",
        metavar="DEVICE",
        default="auto",
        choices=("auto", "cpu", "cuda", "mps"),
        help="where networks compute: auto, cpu, cuda or mps",
    )
    parser.add_argument(
        "--report", metavar="FILE", type=Path, help="write what came out as one HTML page"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object at the end")


def execute(arguments: argparse.Namespace) -> int:
    """Run the command."""
    if arguments.report is not None and arguments.report.is_dir():
        # not after hours of training
        raise CallError(f'--report: "{arguments.report}" is a folder; name a file in it')
    prepare_process()
    watch = RunWatch()
    events: queue.SimpleQueue[Event] = queue.SimpleQueue()
    aside = Aside(wanted=arguments.json)
    leave = partial(_leave, watch, aside, as_json=arguments.json)
    with aside, Interrupt(leave) as interrupt:
        from flowengine import api, workflow

        gc.enable()
        flow = workflow.Workflow.load(arguments.file)
        options = _options(arguments)
        if arguments.explain:
            explanation = api.explain(flow, **options)
            aside.end()
            return _explain(explanation, as_json=arguments.json)
        handle = api.start(
            flow,
            **options,
            workers=arguments.workers,
            device=arguments.device,
            on_event=events.put,
            check=False,
        )
        interrupt.on_cancel(handle.cancel)
        if not arguments.json:
            print(shown(f"{flow.name}  {arguments.file}"), flush=True)
        with choose_view(watch, as_json=arguments.json) as view:
            while not (handle.done and events.empty()):
                view.tick()
                try:
                    event = events.get(timeout=TICK_SECONDS)
                except queue.Empty:
                    continue
                view.show(event, watch.take(event))
        result = handle.wait()
    _print_result(result, flow, arguments)
    if arguments.report is not None:
        _write_report(result, arguments)
    return EXIT_CODES[result.status]


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "settings": read_assignments(arguments.set, "--set", dotted=True),
        "variables": read_assignments(arguments.var, "--var", dotted=False),
        "until": tuple(arguments.until),
        "fresh": arguments.fresh,
        "nodes": node_folders(arguments),
        "workspace": workspace_folder(arguments),
        "store": arguments.store,
    }


def _explain(reasons: Mapping[str, str], *, as_json: bool) -> int:
    if as_json:
        print_json({path: reason or None for path, reason in reasons.items()})
        return 0
    print_lines(columns([(path, reason or "kept from before") for path, reason in reasons.items()]))
    waiting = sum(bool(reason) for reason in reasons.values())
    print(f"{count(waiting, 'node')} of {len(reasons)} would run.")
    return 0


def _print_result(result: Result, flow: Workflow, arguments: argparse.Namespace) -> None:
    if arguments.json:
        print_json(result.to_json())
        return
    print_lines(summary_lines(result, flow))
    sys.stdout.flush()
    for error in result.errors:
        print_error(str(error))
        if error.detail:
            print(error.detail.rstrip(), file=sys.stderr)
    print(_last_line(result, arguments))


def _write_report(result: Result, arguments: argparse.Namespace) -> None:
    from flowengine.report.made import latest_report, write_text

    plan = result.plan
    page = latest_report(arguments.file, plan.registry, plan.workspace, arguments.store)
    write_text(arguments.report, page)
    if not arguments.json:
        print(f"Report: {arguments.report}")


def _last_line(result: Result, arguments: argparse.Namespace) -> str:
    again = f"flowengine run {shlex.join(_again(sys.argv))}"
    took = seconds(result.seconds)
    store = _near((arguments.store or result.plan.workspace) / STORE)
    gone = f"nothing is kept, {store} was removed meanwhile"
    if result.status == "done":
        kept = f"results kept in {store}" if result.kept else gone
        done = f"Done in {took} · {kept} · again: {again}"
        if arguments.store is not None:  # the editor looks into the workspace alone
            return done
        return f"{done} · look inside: flowengine ui {shlex.join(_seen(arguments))}"
    what = "Cancelled" if result.status == "cancelled" else "Failed"
    if not result.kept:
        return f"{what} after {took} · {gone} · again: {again}"
    count_kept = sum(node.state in ("done", "stopped") for node in result.nodes.values())
    return f"{what} after {took} · {count(count_kept, 'result')} kept · go on with: {again}"


def _seen(arguments: argparse.Namespace) -> list[str]:
    """Return the arguments with which the editor shows the same workflow."""
    words = [str(arguments.workspace or arguments.file)]
    for folder in arguments.nodes:
        words += ["--nodes", str(folder)]
    return words


def _again(argv: Sequence[str]) -> list[str]:
    """Return the arguments of this call without the command itself and without ``--fresh``."""
    words = [word for word in argv[1:] if word != "--fresh"]
    return words[words.index(NAME) + 1 :] if NAME in words else words


def _near(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _leave(watch: RunWatch, aside: Aside, *, as_json: bool) -> None:
    """Say what is kept when the process has to end before the run did."""
    aside.end()
    if as_json:
        print_json(watch.to_json("cancelled"))
        return
    show_cursor = "\033[?25h" if sys.stdout.isatty() else ""
    kept = watch.kept
    names = f": {', '.join(kept)}" if kept else ""
    print(f"{show_cursor}\nCancelled · {count(len(kept), 'result')} kept{names}")


def _workers(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f'"{text}" is no number of processes')
    return int(text)
