"""Layers in the form in which ONNX can have them, with the same numbers. Imports torch."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch._higher_order_ops.scan import scan

from flowengine.nn.cells.adaptive_pooling import AdaptiveAveragePoolingCell, AdaptiveMaxPoolingCell
from flowengine.nn.cells.recurrence import RecurrentCell, States

OPERATORS = (torch._VF.lstm, torch._VF.gru)
"""Kernels that ONNX has an operator for, which is quicker than a loop."""


def use_forms_of_onnx(network: nn.Module) -> None:
    """Let layers that ONNX has no operator for be computed by others."""
    for module in network.modules():
        if isinstance(module, RecurrentCell):
            has_operator = getattr(module, "fused", None) in OPERATORS
            _replace(module, "run", partial(_run, module, module.run if has_operator else None))
        elif isinstance(module, AdaptiveAveragePoolingCell):
            _replace(module, "forward", partial(_pool, module.output_size, torch.mean))
        elif isinstance(module, AdaptiveMaxPoolingCell):
            _replace(module, "forward", partial(_pool, module.output_size, torch.amax))


def _replace(module: nn.Module, name: str, method: Callable[..., Any]) -> None:
    setattr(module, name, method)


def _run(
    cell: RecurrentCell,
    operator: Callable[..., Any] | None,
    x: Tensor,
    mask: Tensor | None,
    states: States,
) -> tuple[Tensor, States]:
    """Go through a sequence of any length as a loop in the file, or by the operator."""
    # The operator is followed for the one length that it is shown.
    if operator is not None and mask is None and isinstance(x.shape[1], int):
        outputs, last = operator(x, None, states)
        return outputs, last
    taken = cell.taken(x, None)
    # Nothing in a loop may be the same tensor as something else: hence the copies.
    states = tuple(one.clone() for one in states or cell.zeros(taken))
    zeros = torch.zeros_like(states[0])

    def step(kept: States, given: tuple[Tensor, ...]) -> tuple[States, Tensor]:
        before, *old = kept
        made = cell.step(given[0], tuple(old), None)
        output, new = made[0], list(made[: len(old)])
        if mask is not None:
            counts = given[1].view(-1, *[1] * (output.dim() - 1))
            other = torch.zeros_like(before) if cell.course.zero_output_for_mask else before
            output = torch.where(counts, output, other)
            new = [torch.where(counts, *pair) for pair in zip(new, old, strict=True)]
        return (output.clone(), *(one.clone() for one in new)), output.clone()

    given = (taken,) if mask is None else (taken, mask.transpose(0, 1))
    # The output of the step before is carried along: a masked step repeats it.
    last, outputs = scan(step, (zeros, *states), given)
    return outputs.transpose(0, 1), tuple(last[1:])


def _pool(sizes: tuple[int, ...], reduce: Callable[[Tensor, int], Tensor], x: Tensor) -> Tensor:
    """Pool window after window, along one axis after the other."""
    for axis, size in enumerate(sizes, start=1):
        length = x.shape[axis]
        # Sizes may be unknown, and ONNX rounds what is negative otherwise than Python.
        borders = [(n * length // size, ((n + 1) * length + size - 1) // size) for n in range(size)]
        pooled = [reduce(x[(slice(None),) * axis + (slice(*one),)], axis) for one in borders]
        x = torch.stack(pooled, dim=axis)
    return x
