"""Layers in the form in which ONNX can have them, with the same numbers. Imports torch."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any, TypeGuard

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch._higher_order_ops.scan import scan

from flowengine.nn.cells.adaptive_pooling import AdaptiveAveragePoolingCell, AdaptiveMaxPoolingCell
from flowengine.nn.cells.base import channels_first, channels_last
from flowengine.nn.cells.convolution import SlidingCell, flat_sides
from flowengine.nn.cells.pooling import AVERAGES, MAXIMA, AveragePoolingCell, MaxPoolingCell
from flowengine.nn.cells.recurrence import RecurrentCell, States
from flowengine.nn.cells.resizing import ResizingCell
from flowengine.nn.cells.transposed_convolution import TransposedConvolutionCell
from flowengine.nn.windows import reach

OPERATORS = (torch._VF.lstm, torch._VF.gru)
"""Kernels that ONNX has an operator for, which is quicker than a loop."""

SLOPE = -0.75
"""Slope of torch's cubes at a distance of one place."""


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
        elif isinstance(module, TransposedConvolutionCell):
            _replace(module, "makes_one_image", _no)
        elif isinstance(module, SlidingCell):
            # How images lie in memory is no matter in a file.
            _replace(module, "makes_one_column", _no)
            _replace(module, "framed", partial(_framed, module, module.framed))
        elif isinstance(module, MaxPoolingCell):
            _replace(module, "forward", partial(_largest, module, module.forward))
        elif isinstance(module, AveragePoolingCell):
            _replace(module, "forward", partial(_mean, module, module.forward))
        elif _is_cubic(module):
            _replace(module, "stretched", partial(_cubic, module.size))


def _is_cubic(module: nn.Module) -> TypeGuard[ResizingCell]:
    is_resizing = isinstance(module, ResizingCell)
    return is_resizing and module.interpolation == "bicubic" and not module.antialias


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


def _no(_: Tensor) -> bool:
    return False


Forward = Callable[[Tensor], Tensor]


def _framed(cell: SlidingCell, framed: Callable[[Tensor], Any], x: Tensor) -> Any:
    """Pad for a kernel whose steps are larger than 1, whatever the size of what it slides over."""
    if not _is_open(cell.padding, cell.strides, x):
        return framed(x)
    return _frame(x, cell.window, cell.strides, cell.dilation, 0.0), 0


def _largest(cell: MaxPoolingCell, forward: Forward, x: Tensor) -> Tensor:
    values = channels_first(x)
    if not _is_open(cell.padding, cell.strides, values):
        return forward(x)
    wide = _frame(values, cell.window, cell.strides, (1,) * len(cell.window), -math.inf)
    return channels_last(MAXIMA[len(cell.window)](wide, cell.window, cell.strides))


def _mean(cell: AveragePoolingCell, forward: Forward, x: Tensor) -> Tensor:
    values = channels_first(x)
    if not _is_open(cell.padding, cell.strides, values):
        return forward(x)
    # Divided by how many of the values are real.
    total, count = (
        AVERAGES[len(cell.window)](
            _frame(part, cell.window, cell.strides, (1,) * len(cell.window), 0.0),
            cell.window,
            cell.strides,
        )
        for part in (values, torch.ones_like(values))
    )
    return channels_last(total / count)


def _is_open(padding: str, strides: tuple[int, ...], x: Tensor) -> bool:
    """Return whether what ``same`` adds to channels-first ``x`` follows from an unknown size."""
    sizes = zip(x.shape[2:], strides, strict=True)
    return padding == "same" and any(
        stride > 1 and not isinstance(size, int) for size, stride in sizes
    )


def _frame(
    x: Tensor,
    window: tuple[int, ...],
    strides: tuple[int, ...],
    dilation: tuple[int, ...],
    value: float,
) -> Tensor:
    """Add what ``same`` adds: as much as it ever does, of which a part is taken."""
    most = [reach(*pair) - 1 for pair in zip(window, dilation, strict=True)]
    wide = F.pad(x, flat_sides([(places, places) for places in most]), value=value)
    for axis, (places, stride) in enumerate(zip(most, strides, strict=True), start=2):
        size = x.shape[axis]
        count = (size + stride - 1) // stride
        added = torch.sym_max(  # type: ignore[no-untyped-call]
            (count - 1) * stride + places + 1 - size, 0
        )
        # Places are picked by number, since where a slice ends would be checked for one size only.
        taken = torch.arange(size + added, device=x.device) + (places - added // 2)
        wide = wide.index_select(axis, taken)
    return wide


def _cubic(sizes: tuple[int, int], x: Tensor) -> Tensor:
    """Interpolate with cubes, as onnxruntime does not where images get smaller."""
    for axis, made in enumerate(sizes, start=1):
        weights = _cubic_weights(x.shape[axis], made, x.device)
        x = torch.tensordot(x, weights, dims=([axis], [1])).movedim(-1, axis)
    return x


def _cubic_weights(size: int, made: int, device: torch.device) -> Tensor:
    """Return what each place of an axis adds to each of those that are made."""
    centres = (torch.arange(made, device=device) + 0.5) * (size / made) - 0.5
    first, places = centres.floor(), torch.arange(size, device=device)
    weights = torch.zeros(made, size, device=device)
    for step in (-1, 0, 1, 2):
        # Beyond an edge the place at the edge is taken.
        at = (first + step).clamp(0, size - 1).unsqueeze(1) == places
        weights = weights + at * _cube((centres - first - step).abs()).unsqueeze(1)
    return weights


def _cube(far: Tensor) -> Tensor:
    """Return the weight of a place that is so far away, two at most."""
    near = ((SLOPE + 2) * far - (SLOPE + 3)) * far * far + 1
    return torch.where(far <= 1, near, ((far - 5) * far + 8) * far * SLOPE - 4 * SLOPE)
