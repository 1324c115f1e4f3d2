"""Kernels of convolutions, as people look at them. Imports torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import nn

from flowengine.nn.cells.conv_lstm import ConvLSTMCell
from flowengine.nn.cells.convolution import ConvolutionCell
from flowengine.nn.cells.depthwise_convolution import DepthwiseCell, SeparableCell
from flowengine.nn.cells.locally_connected import LocallyConnectedCell
from flowengine.nn.cells.transposed_convolution import TransposedConvolutionCell

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Kernel:
    """The kernel of a convolution, one picture for each unit and channel.

    A ConvLSTM's has the units of its input gate, forget gate, candidate and output gate in turn. Of
    a locally connected layer the kernels of all places make one picture, side by side.

    Attributes:
        part: The module that has it.
        values: Height, width, channels that a unit reads, units; a volume has its depth before
            them, and what goes along one axis has a height of 1.
        first: First channel that each unit reads; empty: all units read all channels.
    """

    part: nn.Module
    values: Array
    first: tuple[int, ...] = ()


def kernels_of(module: nn.Module, weights: Mapping[str, Array]) -> Iterator[Kernel]:
    """Yield the kernels of the convolutions in a layer.

    Args:
        module: The layer's module.
        weights: Its weights, with Keras' names and layouts.
    """
    for path, part in module.named_modules():
        place = f"{path.replace('.', '/')}/" if path else ""
        first: tuple[int, ...] = ()
        if isinstance(part, SeparableCell):
            deep, flat = (weights[f"{place}{name}_kernel"] for name in ("depthwise", "pointwise"))
            # Nothing stands between the two, so that they are one kernel written as two.
            values = np.einsum("...cm,cmu->...cu", deep, flat.reshape(*deep.shape[-2:], -1))
        elif isinstance(part, DepthwiseCell):
            values, first = _depthwise(weights[f"{place}kernel"])
        elif isinstance(part, ConvolutionCell):
            values = weights[f"{place}kernel"]
            first = _grouped(values, part.groups)
        elif isinstance(part, TransposedConvolutionCell):
            # Keras keeps a transposed kernel with the units before the channels that it reads.
            values = weights[f"{place}kernel"].swapaxes(-1, -2)
        elif isinstance(part, ConvLSTMCell):
            values = weights[f"{place}kernel"]
        elif isinstance(part, LocallyConnectedCell):
            values = _side_by_side(weights[f"{place}kernel"], part.places, part.window)
        else:
            continue
        yield Kernel(part, values[None] if values.ndim == 3 else values, first)


def _grouped(kernel: Array, groups: int) -> tuple[int, ...]:
    channels, units = kernel.shape[-2:]
    return tuple(unit // (units // groups) * channels for unit in range(units * (groups > 1)))


def _side_by_side(kernel: Array, places: tuple[int, ...], window: tuple[int, ...]) -> Array:
    """Return the kernels of all places as one, each where the window stands."""
    rank, units = len(window), kernel.shape[-1]
    kernels = kernel.reshape(*places, *window, -1, units)
    order = [axis for pair in zip(range(rank), range(rank, 2 * rank), strict=True) for axis in pair]
    sizes = [count * size for count, size in zip(places, window, strict=True)]
    return kernels.transpose(*order, -2, -1).reshape(*sizes, -1, units)


def _depthwise(kernel: Array) -> tuple[Array, tuple[int, ...]]:
    """Return a kernel of channels and filters of each as one of units that read a channel each."""
    *places, channels, filters = kernel.shape
    first = tuple(unit // filters for unit in range(channels * filters))
    return kernel.reshape(*places, 1, channels * filters), first
