"""Networks written by the nodes that write them, outside of a run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowengine.errors import UnknownTypeError
from flowengine.network import Network
from flowengine.registry import Registry
from flowengine.running.execute import execute_node
from flowengine.running.runtime import Control, EventBus, RunContext
from flowengine.running.task import node_with

WRITERS = {
    "keras": "network.keras_writer",
    "onnx": "network.onnx_writer",
    "python": "network.script_writer",
}
"""Node type by the format that it writes; the types come from whatever pack is installed."""


def write_network(
    network: Network,
    format: str,
    target: Path,
    registry: Registry,
    *,
    seed: int = 0,
    settings: Mapping[str, Any] | None = None,
) -> tuple[str, ...]:
    """Write a network to a file and return what the writer warned about.

    Args:
        network: The network.
        format: One of ``WRITERS``.
        target: The file; its folder must exist.
        registry: Where the writer's type comes from.
        seed: Seed of layers that are not trained.
        settings: Further settings of the writer.

    Raises:
        NodeError: The network cannot be written in this format.
        UnknownTypeError: The writer is not installed.
    """
    type_id = WRITERS.get(format)
    if type_id is None:
        raise UnknownTypeError(format, f'there is no writer for "{format}"')
    given = {"path": target.name, **(settings or {})}
    node = node_with(registry.load(type_id), given, registry)
    folder = target.resolve().parent
    control = Control()
    context = RunContext(
        type_id,
        folder,
        folder,
        bus=EventBus([], control),
        control=control,
        seed=seed,
        device="cpu",
        threads=1,
        blobs=network.blobs or folder,
        resume=None,
        load_layer=registry.load_layer,
    )
    # Nobody asks whether this file is the one written: it needs no digest.
    return execute_node(node, {"network": network}, context, None, lambda path: "", {}).warnings
