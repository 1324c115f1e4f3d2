"""How much memory a training needs, worked out from the network's description before it begins.

The estimate counts what cannot be avoided: weights, gradients, the optimizer's tensors, and what
each layer keeps of a batch for its backward pass. So a training that does not fit the estimate does
not fit at all, and one that does may still need somewhat more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from flowengine.errors import ConfigureError
from flowengine.network import Call, NetworkSpec
from flowengine.network_surgery import needed_calls
from flowengine.tensor import TensorSpec, Weight

FLOAT = 4
"""Bytes of a float32, in which weights and optimizers work."""


@dataclass(frozen=True)
class MemoryEstimate:
    """Bytes that a training needs at its peak.

    Args:
        fixed: Weights, gradients and the optimizer's tensors.
        per_row: What is kept of one row of a batch.
    """

    fixed: int
    per_row: int

    def total(self, batch_size: int) -> int:
        """Return the bytes with batches of a size."""
        return self.fixed + batch_size * self.per_row

    def fitting_batch(self, free: int) -> int:
        """Return the largest batch that fits, a power of two where it is large; 0 if none does."""
        rows = (free - self.fixed) // max(self.per_row, 1)
        return 1 << int(math.log2(rows)) if rows >= 1 else 0


def estimate_memory(
    spec: NetworkSpec, *, slots: int, kept_weights: int = 0, activation_bytes: int = FLOAT
) -> MemoryEstimate:
    """Return what training a network needs.

    Args:
        spec: The network; sizes that are not known count as 1.
        slots: Tensors that the optimizer keeps for each weight.
        kept_weights: Further copies of all weights, such as those of the best epoch.
        activation_bytes: Bytes of a number that a layer keeps.
    """
    trained = spec.trainable_parameters
    fixed = FLOAT * (spec.parameters * (1 + kept_weights) + trained * (1 + slots))
    calls = needed_calls(spec).values()
    values = sum(_kept(spec, call) for call in calls)
    inputs = sum(FLOAT * spec.tensors[tensor].size for tensor in spec.inputs.values())
    return MemoryEstimate(fixed, inputs + activation_bytes * values)


def check_memory(estimate: MemoryEstimate, batch_size: int, free: int | None, device: str) -> None:
    """Refuse a training that cannot fit, with a batch size that does.

    Args:
        estimate: What it needs.
        batch_size: Rows of a batch.
        free: Free bytes of the device; ``None`` where they are not known.
        device: Name of the device.

    Raises:
        ConfigureError: It does not fit.
    """
    if free is None or estimate.total(batch_size) <= free:
        return
    fitting = estimate.fitting_batch(free)
    remedy = (
        f"a batch_size of {fitting} fits"
        if fitting
        else f"its weights alone need {describe_bytes(estimate.fixed)}: make the network smaller"
    )
    raise ConfigureError(
        f"this training needs about {describe_bytes(estimate.total(batch_size))} of memory with a "
        f'batch_size of {batch_size}; the device "{device}" has {describe_bytes(free)} free; '
        f"{remedy}",
        setting="batch_size",
    )


def describe_bytes(count: int) -> str:
    """Return bytes as people read them, ``1.5 GB``."""
    size = float(count)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:,.1f} GB"


def _kept(spec: NetworkSpec, call: Call) -> int:
    """Return how many numbers a call keeps of a row, besides its inputs."""
    layer, inputs = spec.layers[call.layer], [spec.tensors[tensor] for tensor in call.inputs]
    weights = layer.weights(*inputs)
    if not weights and layer.flops(*inputs) == 0:
        # What only gives its input another shape keeps nothing of its own.
        return 0
    outputs = sum(spec.tensors[tensor].size for tensor in call.outputs)
    return max(outputs, _recurrent(inputs, weights))


def _recurrent(inputs: list[TensorSpec], weights: Mapping[str, Weight]) -> int:
    """Return what a recurrent layer keeps: gates and states of each step."""
    kernel = weights.get("recurrent_kernel")
    if kernel is None or not inputs[0].shape:
        return 0
    places = math.prod(size or 1 for size in inputs[0].shape[:-1])
    return places * (kernel.shape[-1] + kernel.shape[-2])
