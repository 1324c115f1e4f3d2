"""Exact rewrites of a plan: the same numbers and gradients in less time. Imports torch.

No rewrite knows a layer. Modules say what they are by attributes: ``activation`` (a module with
``monotone``), ``commutes_with_monotone``, ``prefers_channels_last`` and ``images_first``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import torch
from torch import nn

from flowengine.network import NetworkSpec
from flowengine.nn.steps import Step

LARGE_KERNEL = 1 << 20
"""Numbers of a kernel beyond which channels-last convolutions are the slower ones on a processor.

Measured at 16 and 64 rows: kernels of more take 0.6 to 0.95 of the time channels first (least where
images are small), those of half as many the same, smaller ones up to 1.5 times as long.
"""


def pool_before_activation(steps: list[Step], spec: NetworkSpec) -> None:
    """Move a monotone activation behind the max pooling that alone reads its result.

    A monotone function and a maximum can trade places, and after pooling there is a fraction of
    the values left to compute and to keep for the backward pass.
    """
    readers = Counter(name for step in steps for name in step.inputs)
    readers.update(spec.outputs.values())
    calls = Counter(step.layer for step in steps)
    makers = {step.outputs[0]: step for step in steps}
    for pooling in steps:
        maker = makers.get(pooling.inputs[0])
        if (
            maker is not None
            and getattr(pooling.module, "commutes_with_monotone", False)
            and readers[pooling.inputs[0]] == 1
            # A shared layer has one activation for all its calls; leave it where it is.
            and calls[maker.layer] == 1
            and maker.regularizer is None
        ):
            _move_activation(maker, pooling)


def _move_activation(maker: Step, pooling: Step) -> None:
    activation = getattr(maker.module, "activation", None)
    if maker.after is not None or not getattr(activation, "monotone", False):
        return
    setattr(maker.module, "activation", None)  # noqa: B010  # for a type checker
    pooling.after = activation


def store_channels_last(modules: Iterable[nn.Module]) -> None:
    """Keep convolution kernels in the memory order in which images travel.

    Around a kernel too large for a core's cache images travel the other way, where the module can.
    """
    formats = {4: torch.channels_last, 5: torch.channels_last_3d}
    for module in modules:
        if not getattr(module, "prefers_channels_last", False):
            continue
        for parameter in module.parameters(recurse=False):
            if parameter.dim() not in formats:
                continue
            if parameter.numel() > LARGE_KERNEL and hasattr(module, "images_first"):
                setattr(module, "images_first", True)  # noqa: B010  # for a type checker
            else:
                parameter.data = parameter.data.contiguous(memory_format=formats[parameter.dim()])
