"""Executes one node: the same code in the caller's process and in a worker."""

from __future__ import annotations

import copy
import os
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowengine.errors import Cancelled, FlowEngineError, NodeError, PathError, listing
from flowengine.node import Node
from flowengine.planning.configure import DataMissing, configure_node, files_written
from flowengine.running.runtime import RunContext
from flowengine.signature import Signature, signature_of
from flowengine.wording import blame, bounded, kind_of_value, text_of

LARGE_BYTES = 1 << 28
"""What is made lazily of a table above this size stays lazy: it need not fit into memory."""
_NODE_S_FAULT = "(a fault of the node, not of the workflow)"


@dataclass
class Outcome:
    """What a node gave.

    Args:
        values: Value by output port.
        specs: The real spec of each value.
        seconds: How long it took.
        stopped: Whether it ended early because a person asked for it.
        warnings: What it warned about.
        files: Digest of each file it wrote, by path in the workspace.
    """

    values: dict[str, Any]
    specs: dict[str, Any]
    seconds: float
    stopped: bool = False
    warnings: tuple[str, ...] = ()
    files: dict[str, str] = field(default_factory=dict)


def execute_node(
    node: Node,
    inputs: Mapping[str, Any],
    context: RunContext,
    promised: Mapping[str, Any] | None,
    digest: Callable[[Path], str],
    read: Mapping[str, str],
) -> Outcome:
    """Execute a node and check what it gives.

    Args:
        node: The node with its settings.
        inputs: Value of each connected input.
        context: Its context.
        promised: Specs from ``configure``; ``None``: configure now, with the real inputs.
        digest: Gives the digest of a file.
        read: For each setting that names a file, the digest which that had when the run began.

    Raises:
        NodeError: The node failed.
        Cancelled: The run is to end.
    """
    signature = signature_of(type(node))
    started = time.perf_counter()
    try:
        if promised is None:
            promised = configure_node(node, _specs(signature, inputs), context)
        values = _call(node, signature, inputs, context)
        context.finish()
        _check_read(node, read, context, digest)
        keep_lazy = _is_large(signature, inputs)
        specs = _check(signature, values, promised, keep_lazy=keep_lazy)
    except (Cancelled, NodeError):
        raise
    except (FlowEngineError, DataMissing) as error:
        raise NodeError(context.node, node.__node__.title, text_of(error)) from error
    except MemoryError as error:
        text = "there is not enough memory; use a smaller batch or table"
        raise NodeError(context.node, node.__node__.title, text) from error
    except BaseException as error:  # an author's own fault, or polars' panic: name the line
        raise NodeError(
            context.node,
            node.__node__.title,
            blame(error, type(node)),
            detail=bounded("".join(traceback.format_exception(error))),
        ) from error
    written = {}
    for _, value in files_written(node):
        path = context.path(value, write=True)
        if path.is_file():
            written[os.path.relpath(path, os.path.realpath(context.workspace))] = digest(path)
    return Outcome(
        values=values,
        specs=specs,
        seconds=time.perf_counter() - started,
        stopped=context.stopped,
        warnings=tuple(context.warnings),
        files=written,
    )


def _check_read(
    node: Node, known: Mapping[str, str], context: RunContext, digest: Callable[[Path], str]
) -> None:
    """Refuse what was made of a file that has changed since: it would be kept as of the old one."""
    for name, digest_then in known.items():
        value = getattr(node, name)
        try:
            is_same = digest(context.path(value)) == digest_then
        except PathError:
            continue  # it was read, and is gone
        if not is_same:
            raise FlowEngineError(
                f'"{value}" has changed since the run began; run again to take it as it is now, '
                f"or read a copy if it never rests"
            )


def _call(
    node: Node, signature: Signature, inputs: Mapping[str, Any], context: RunContext
) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for port in signature.inputs.values():
        value = inputs.get(port.id, [] if port.many else None)
        if port.type.id == "table" and value is not None:
            fit = _lazy if port.lazy else _eager
            value = [fit(item) for item in value] if port.many else fit(value)
        elif port.type.id == "variable":
            value = [_own(item) for item in value] if port.many else _own(value)
        arguments[port.id] = value
    if signature.execute_ctx:
        arguments["ctx"] = context
    result = node.execute(**arguments)  # type: ignore[attr-defined]  # checked by @node
    if signature.single:
        return dict.fromkeys(signature.outputs, result)
    if not all(hasattr(result, port) for port in signature.outputs):
        raise FlowEngineError(
            f"execute must return a NamedTuple with {listing(signature.outputs)}; it gave "
            f"{kind_of_value(result)} {_NODE_S_FAULT}"
        )
    return {port: getattr(result, port) for port in signature.outputs}


def _check(
    signature: Signature,
    values: dict[str, Any],
    promised: Mapping[str, Any],
    *,
    keep_lazy: bool,
) -> dict[str, Any]:
    """Return the spec of each value, after holding it against its port and its promise."""
    specs = {}
    for port in signature.outputs.values():
        value = values[port.id]
        if not port.type.accepts(type(value)):
            raise FlowEngineError(
                f'execute gave {kind_of_value(value)} for the output "{port.id}", which is a '
                f"{port.type.id} {_NODE_S_FAULT}"
            )
        if fault := port.type.fault(value):
            raise FlowEngineError(f'the output "{port.id}": {fault} {_NODE_S_FAULT}')
        if is_lazy(value) and not (keep_lazy or reads_files(value)):
            # nothing large behind it: a lazy table gains nothing
            value = values[port.id] = value.collect()
        specs[port.id] = port.type.spec_of(value)
        promise = promised.get(port.id)
        conflict = promise is not None and port.type.conflict(promise, specs[port.id])
        if conflict:
            raise FlowEngineError(f"{conflict} {_NODE_S_FAULT}")
    return specs


def is_lazy(value: Any) -> bool:
    """Return whether a value is a lazy table, which is computed while it is consumed."""
    return type(value).__name__ == "LazyFrame"


def reads_files(value: Any) -> bool:
    """Return whether a lazy table reads files: it may be larger than memory."""
    return "SCAN" in value.explain(optimized=False)


def _is_large(signature: Signature, inputs: Mapping[str, Any]) -> bool:
    """Return whether a node that takes a lazy table gets one that should not be copied whole."""
    for port, value in inputs.items():
        if signature.inputs[port].lazy:
            for table in value if isinstance(value, list) else [value]:
                if not is_lazy(table) and table.estimated_size() > LARGE_BYTES:
                    return True
    return False


def _lazy(table: Any) -> Any:
    return table if is_lazy(table) else table.lazy()


def _eager(table: Any) -> Any:
    # a frame of the node's own on the same columns: what it changes is no other node's business
    return table.collect(engine="streaming") if is_lazy(table) else table.clone()


def _own(variable: Any) -> Any:
    return copy.deepcopy(variable) if isinstance(variable, dict | list) else variable


def _specs(signature: Signature, inputs: Mapping[str, Any]) -> dict[str, Any]:
    specs: dict[str, Any] = {}
    for port in signature.inputs.values():
        if port.id in inputs:
            value = inputs[port.id]
            specs[port.id] = (
                [port.type.spec_of(item) for item in value]
                if port.many
                else port.type.spec_of(value)
            )
    return specs
