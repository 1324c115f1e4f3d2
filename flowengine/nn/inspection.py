"""What happens inside a network for one row: activations, gates, kernels. Imports torch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from flowengine.network_surgery import needed_calls
from flowengine.nn.build import BuiltNetwork, export_weights
from flowengine.nn.cells.recurrence import RecurrentCell
from flowengine.nn.feeds.batches import Batch
from flowengine.nn.kernels import kernels_of

Array = np.ndarray[Any, Any]

KINDS = {"state_h": "output", "state_c": "cell_state"}
"""What people call the states of a recurrent layer; gates are called what they are."""


@dataclass(frozen=True)
class Seen:
    """Something inside a network.

    Attributes:
        layer: Name of the call, for a part of a wrapper with the part's name behind it.
        kind: ``activation``, ``kernel``, a gate or a state.
        values: For one row; the axes are steps and units, or height, width and units, before which
            a volume has its depth and a film its steps (a kernel has the channels it reads before
            its units).
        first: Of a kernel, the first channel that each unit reads; empty: channel 0.
    """

    layer: str
    kind: str
    values: Array
    first: tuple[int, ...] = ()


@torch.inference_mode()
def look_inside(built: BuiltNetwork, batch: Batch, calls: Mapping[str, str]) -> list[Seen]:
    """Run a network on one row and return what there is to see.

    Args:
        built: The network, built without rewrites.
        batch: The row.
        calls: Layer by the name of a call, for the calls to look at.
    """
    built.eval()
    records: dict[nn.Module, list[_Pass]] = {}
    with _recorded(built.layer_modules, set(calls.values()), records):
        built.forward_with_masks(batch.inputs, batch.masks)
    kernels = export_weights(built)
    seen: list[Seen] = []
    shown: set[str] = set()
    for call, layer in calls.items():
        module = built.layer_modules[layer]
        number = _applications(built, layer).index(call)
        recurrent = [
            (f"{call}/{name}" if name else call, part)
            for name, part in module.named_modules()
            if isinstance(part, RecurrentCell)
        ]
        names: dict[nn.Module, str] = {part: name for name, part in recurrent}
        if layer not in shown:
            shown.add(layer)
            seen += [
                Seen(names.get(one.part, call), "kernel", one.values, one.first)
                for one in kernels_of(module, kernels[layer])
            ]
        for name, part in recurrent:
            seen += _traced(name, part, records[part][number])
        if module not in names:
            seen.append(Seen(call, "activation", _array(records[module][number].output)))
    return seen


@dataclass(frozen=True)
class _Pass:
    """One call of a module."""

    inputs: tuple[Tensor, ...]
    mask: Any
    output: Tensor


@contextmanager
def _recorded(
    modules: Mapping[str, nn.Module], layers: set[str], records: dict[nn.Module, list[_Pass]]
) -> Iterator[None]:
    def record(module: nn.Module, args: Any, named: dict[str, Any], output: Any) -> None:
        first = output[0] if isinstance(output, tuple) else output
        records.setdefault(module, []).append(_Pass(args, named.get("mask"), first))

    hook: Callable[..., None] = record
    handles = [
        part.register_forward_hook(hook, with_kwargs=True)
        for layer in layers
        for part in modules[layer].modules()
        if part is modules[layer] or isinstance(part, RecurrentCell)
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _applications(built: BuiltNetwork, layer: str) -> list[str]:
    return [name for name, call in needed_calls(built.spec).items() if call.layer == layer]


def _traced(name: str, cell: RecurrentCell, passed: _Pass) -> list[Seen]:
    trace = cell.trace(*passed.inputs, mask=passed.mask)
    return [Seen(name, KINDS.get(kind, kind), _array(values)) for kind, values in trace.items()]


def _array(values: Tensor) -> Array:
    array: Array = values[0].float().cpu().numpy()
    return array
