"""Layers that normalise values."""

from __future__ import annotations

from typing import Any

from flowengine_nodes.layer._tensors import known_axis, tensor_axes
from flowengine_nodes.network._script.call import CallWriter
from flowengine_nodes.network._script.texts import compact, constructor_of

LONGEST = 1e12
"""Largest factor by which a vector is stretched to length 1."""


def batch_normalization(call: CallWriter) -> None:
    """BatchNormalization."""
    import numpy as np

    layer: Any = call.layer
    if layer.axis not in (-1, len(call.inputs[0].shape)):
        raise call.refuse(f"only the last axis can be normalised, not axis {layer.axis}")
    size = call.arrays["moving_mean"].shape[0]
    state = {
        **_learned(call, (size,)),
        "running_mean": call.arrays["moving_mean"],
        "running_var": call.arrays["moving_variance"],
        "num_batches_tracked": np.zeros((), np.int64),
    }
    constructor = constructor_of(
        f"nn.BatchNorm{max(call.rank, 1)}d",
        size,
        eps=layer.epsilon,
        momentum=round(1 - layer.momentum, 12),
    )
    called = call.module(constructor, state)
    layout = "first" if call.rank else "last"
    if layer.renorm:
        call.line("# Renormalization acts only in training by flowengine and is left out here.")
    call.give(f"{called}({call.take(layout=layout)})", layout)  # type: ignore[arg-type]


def layer_normalization(call: CallWriter) -> None:
    """LayerNormalization."""
    layer: Any = call.layer
    sizes = _last_sizes(call)
    constructor = constructor_of("nn.LayerNorm", _sizes(sizes), eps=layer.epsilon)
    called = call.module(constructor, _learned(call, sizes))
    call.give(f"{called}({call.take()})")


def rms_normalization(call: CallWriter) -> None:
    """RMSNormalization."""
    layer: Any = call.layer
    sizes = _last_sizes(call)
    constructor = constructor_of("nn.RMSNorm", _sizes(sizes), eps=layer.epsilon)
    called = call.module(constructor, {"weight": call.arrays["scale"]})
    call.give(f"{called}({call.take()})")


def group_normalization(call: CallWriter) -> None:
    """GroupNormalization."""
    layer: Any = call.layer
    if layer.axis not in (-1, len(call.inputs[0].shape)):
        raise call.refuse(f"only groups of the last axis can be normalised, not axis {layer.axis}")
    size = known_axis(call.inputs[0])
    groups = size if layer.groups == -1 else layer.groups
    called = call.module(
        constructor_of("nn.GroupNorm", groups, size, eps=layer.epsilon), _learned(call, (size,))
    )
    call.give(f"{called}({call.take(layout='first')})", "first")


def unit_normalization(call: CallWriter) -> None:
    """UnitNormalization."""
    layer: Any = call.layer
    axes = compact([axis + 1 for axis in tensor_axes(call.inputs[0], layer.axis)])
    x = call.take()
    lengths = f"{x}.square().sum({axes}, keepdim=True)"
    call.give(f"{x} * {lengths}.rsqrt().clamp(max={LONGEST})")


def normalization(call: CallWriter) -> None:
    """Normalization by statistics that are known."""
    import numpy as np

    layer: Any = call.layer
    cell: Any = layer.build(*call.inputs)
    mean, variance = (
        np.asarray(call.arrays.get(name, cell.get_buffer(name).numpy())).reshape(cell.shape)
        for name in ("mean", "variance")
    )
    deviation = np.sqrt(variance).clip(min=1e-7)
    x = call.take()
    middle, width = (
        call.constant(name, array) for name, array in (("mean", mean), ("deviation", deviation))
    )
    call.give(f"{x} * {width} + {middle}" if layer.invert else f"({x} - {middle}) / {width}")


def _last_sizes(call: CallWriter) -> tuple[int, ...]:
    """Return the sizes of the axes that are normalised, which must be the last ones."""
    layer: Any = call.layer
    shape = call.inputs[0].shape
    axes = tensor_axes(call.inputs[0], layer.axis)
    if axes != tuple(range(axes[0], len(shape))):
        raise call.refuse(f"only the last axes can be normalised, not {layer.axis}")
    return tuple(size or 1 for size in shape[axes[0] :])


def _learned(call: CallWriter, sizes: tuple[int, ...]) -> dict[str, Any]:
    """Return factor and offset; where one is not learned the module has one that does nothing."""
    import numpy as np

    return {
        "weight": call.arrays.get("gamma", np.ones(sizes, np.float32)),
        "bias": call.arrays.get("beta", np.zeros(sizes, np.float32)),
    }


def _sizes(sizes: tuple[int, ...]) -> Any:
    """Return several sizes, or one where there is no other."""
    return sizes[0] if len(sizes) == 1 else sizes
