"""``flowengine export``: a network for other programs, a workflow as a picture, a run as a page."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowengine.cli.options import (
    CallError,
    add_store_option,
    add_workflow_options,
    node_folders,
    read_assignments,
    workspace_folder,
)
from flowengine.errors import FlowEngineError, listing, suggest

if TYPE_CHECKING:
    from flowengine.network import Network
    from flowengine.planning.plan import Plan, PlannedNode
    from flowengine.running.job import Job

NAME = "export"
HELP = "write a network as program, ONNX or Keras file, a workflow as picture, a run as page"

SUFFIXES = {
    "python": ".py",
    "onnx": ".onnx",
    "keras": ".keras",
    "safetensors": ".safetensors",
    "svg": ".svg",
    "html": ".html",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    add_workflow_options(parser)
    add_store_option(parser)
    parser.add_argument(
        "--to",
        metavar="FORMAT",
        required=True,
        choices=tuple(SUFFIXES),
        help=(
            "python, onnx, keras or safetensors: a network; svg: the workflow as a picture; "
            "html: a report of the latest run"
        ),
    )
    parser.add_argument(
        "--node",
        metavar="NODE",
        help="node whose network is written, or NODE.PORT (default: the last network)",
    )
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        type=Path,
        help="file to write (default: named like the workflow, in the current folder)",
    )


def execute(arguments: argparse.Namespace) -> int:
    """Run the command."""
    target = _target(arguments)
    if arguments.to == "html":
        _write_report(arguments, target)
    elif arguments.to == "svg":
        _write_picture(arguments, target)
    else:
        for warning in _write_network(arguments, target):
            print(f"! {warning}")
    print(f"wrote {target}")
    return 0


def _target(arguments: argparse.Namespace) -> Path:
    given: Path | None = arguments.output
    target = given or Path(arguments.file.with_suffix(SUFFIXES[arguments.to]).name)
    if target.is_dir():
        raise CallError(f'-o: "{target}" is a folder; name a file in it')
    if given is None and target.exists():
        raise CallError(f'"{target}" exists already; say -o {target} to write over it')
    return target


def _write_report(arguments: argparse.Namespace, target: Path) -> None:
    from flowengine.registry import Registry
    from flowengine.report.made import latest_report, write_text

    registry = Registry.default(node_folders(arguments))
    folder = workspace_folder(arguments)
    write_text(target, latest_report(arguments.file, registry, folder, arguments.store))


def _write_picture(arguments: argparse.Namespace, target: Path) -> None:
    from flowengine import api
    from flowengine.report.made import write_text
    from flowengine.report.picture import workflow_picture
    from flowengine.workflow import Workflow

    flow = Workflow.load(arguments.file)
    plan = api.validate(flow, **_options(arguments))
    write_text(target, workflow_picture(flow.document, plan))


def _write_network(arguments: argparse.Namespace, target: Path) -> tuple[str, ...]:
    from flowengine.nn.network_file import network_bytes
    from flowengine.running.job import Job
    from flowengine.writers import write_network

    job = Job(arguments.file, inputs=None, store=arguments.store, **_options(arguments))
    node, port = _network_port(job.plan, arguments.node)
    network = _network(job, node, port)
    target.parent.mkdir(parents=True, exist_ok=True)
    if arguments.to == "safetensors":
        target.write_bytes(network_bytes(network))
        return ()
    seed = job.plan.nodes[node].seed
    return write_network(network, arguments.to, target, job.registry, seed=seed)


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "settings": read_assignments(arguments.set, "--set", dotted=True),
        "variables": read_assignments(arguments.var, "--var", dotted=False),
        "nodes": node_folders(arguments),
        "workspace": workspace_folder(arguments),
    }


def _network_port(plan: Plan, wanted: str | None) -> tuple[str, str]:
    """Return the node and port whose network is meant."""
    giving = {path: ports for path, node in plan.nodes.items() if (ports := _networks(node))}
    if not giving:
        raise FlowEngineError(f"{plan.name} has no network to export")
    node, _, port = (wanted or list(giving)[-1]).partition(".")
    if node not in giving:
        known = "gives no network" if node in plan.nodes else "is no node of the workflow"
        raise CallError(
            f'--node: "{node}" {known}.{suggest(node, giving)} Networks come from {listing(giving)}'
        )
    ports = giving[node]
    if port and port not in ports:
        raise CallError(f'--node: "{node}" gives no network "{port}"; it gives {listing(ports)}')
    if not port and len(ports) > 1:
        raise CallError(
            f'"{node}" gives several networks; say which: '
            + " or ".join(f"--node {node}.{name}" for name in ports)
        )
    return node, port or ports[0]


def _networks(node: PlannedNode) -> list[str]:
    return [name for name, port in node.signature.outputs.items() if port.type.id == "network"]


def _network(job: Job, node: str, port: str) -> Network:
    """Return a network; what has not been trained is not trained here, which may take hours."""
    from flowengine.running.runtime import Control

    reasons = job.explain(until=[node], fresh=False)
    for path, reason in reasons.items():
        cls = job.plan.nodes[path].cls
        if reason and cls is not None and cls.__node__.exclusive:
            raise FlowEngineError(
                f'"{path}" has not run with these settings; '
                f"run it first: flowengine run {job.flow.path} --until {path}"
            )
    result = job.run(
        until=[node],
        fresh=False,
        workers=0,
        device="auto",
        on_event=None,
        control=Control(),
        values=[node],
    )
    if result.errors:
        raise result.errors[0]
    network: Network = getattr(result[node], port)
    return network
