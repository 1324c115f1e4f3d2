"""Layers over images, sequences and volumes: convolutions, poolings, padding, normalization."""

from __future__ import annotations

import math
from typing import Any

from flowengine.nn.windows import same_padding, transposed_cut
from flowengine_nodes.network._script.activations import activated
from flowengine_nodes.network._script.call import CallWriter

Sides = list[tuple[int, int]]


def convolution(call: CallWriter) -> None:
    """Conv1D, Conv2D, Conv3D."""
    layer: Any = call.layer
    kernel = call.arrays["kernel"]
    x, padding = _padded(call, layer.kernel_size, layer.strides, layer.dilation_rate, "0")
    constructor = _constructor(
        f"nn.Conv{call.rank}d",
        kernel.shape[1] * layer.groups,
        kernel.shape[0],
        kernel_size=_size(layer.kernel_size),
        stride=_size(layer.strides),
        padding=padding,
        dilation=_size(layer.dilation_rate),
        groups=layer.groups,
        bias=layer.use_bias,
    )
    called = call.module(constructor, _state(call, "kernel", "bias"))
    call.give(activated(call, layer.activation, f"{called}({x})", "first"), "first")


def separable(call: CallWriter) -> None:
    """SeparableConv1D, SeparableConv2D: a convolution of each channel, then one of all."""
    layer: Any = call.layer
    depthwise, pointwise = call.arrays["depthwise_kernel"], call.arrays["pointwise_kernel"]
    channels = depthwise.shape[0]
    x, padding = _padded(call, layer.kernel_size, layer.strides, layer.dilation_rate, "0")
    first = call.module(
        _constructor(
            f"nn.Conv{call.rank}d",
            channels,
            pointwise.shape[1],
            kernel_size=_size(layer.kernel_size),
            stride=_size(layer.strides),
            padding=padding,
            dilation=_size(layer.dilation_rate),
            groups=channels,
            bias=False,
        ),
        {"weight": depthwise.reshape(-1, 1, *depthwise.shape[2:])},
        "_depthwise",
    )
    second = call.module(
        _constructor(
            f"nn.Conv{call.rank}d",
            *reversed(pointwise.shape[:2]),
            kernel_size=1,
            bias=layer.use_bias,
        ),
        _state(call, "pointwise_kernel", "bias"),
        "_pointwise",
    )
    call.give(activated(call, layer.activation, f"{second}({first}({x}))", "first"), "first")


def depthwise(call: CallWriter) -> None:
    """DepthwiseConv1D, DepthwiseConv2D."""
    layer: Any = call.layer
    kernel = call.arrays["kernel"]
    channels = kernel.shape[0]
    x, padding = _padded(call, layer.kernel_size, layer.strides, layer.dilation_rate, "0")
    constructor = _constructor(
        f"nn.Conv{call.rank}d",
        channels,
        channels * kernel.shape[1],
        kernel_size=_size(layer.kernel_size),
        stride=_size(layer.strides),
        padding=padding,
        dilation=_size(layer.dilation_rate),
        groups=channels,
        bias=layer.use_bias,
    )
    state = {"weight": kernel.reshape(-1, 1, *kernel.shape[2:])}
    if layer.use_bias:
        state["bias"] = call.arrays["bias"]
    called = call.module(constructor, state)
    call.give(activated(call, layer.activation, f"{called}({x})", "first"), "first")


def transposed(call: CallWriter) -> None:
    """Conv1DTranspose, Conv2DTranspose, Conv3DTranspose."""
    layer: Any = call.layer
    kernel = call.arrays["kernel"]
    extra = layer.output_padding or (None,) * call.rank
    cuts = [
        transposed_cut(places, stride, step, layer.padding, one)
        for places, stride, step, one in zip(
            layer.kernel_size, layer.strides, layer.dilation_rate, extra, strict=True
        )
    ]
    constructor = _constructor(
        f"nn.ConvTranspose{call.rank}d",
        kernel.shape[0],
        kernel.shape[1],
        kernel_size=_size(layer.kernel_size),
        stride=_size(layer.strides),
        padding=_size([before for before, _ in cuts]),
        output_padding=_size([max(before - after, 0) for before, after in cuts]),
        dilation=_size(layer.dilation_rate),
        bias=layer.use_bias,
    )
    called = call.module(constructor, _state(call, "kernel", "bias"))
    result = f"{called}({call.take(layout='first')})"
    less = [max(after - before, 0) for before, after in cuts]
    if any(less):
        result += f"[:, :, {', '.join(f':-{one}' if one else ':' for one in less)}]"
    call.give(activated(call, layer.activation, result, "first"), "first")


def max_pooling(call: CallWriter) -> None:
    """MaxPooling1D, MaxPooling2D, MaxPooling3D."""
    layer: Any = call.layer
    x, padding = _padded(
        call, layer.pool_size, layer.strides, (1,) * call.rank, "-torch.inf", allowed=False
    )
    _pool(call, f"F.max_pool{call.rank}d", x, padding)


def average_pooling(call: CallWriter) -> None:
    """AveragePooling1D, AveragePooling2D, AveragePooling3D."""
    layer: Any = call.layer
    x, padding = _padded(
        call, layer.pool_size, layer.strides, (1,) * call.rank, None, allowed=False
    )
    more = {} if padding == 0 else {"count_include_pad": False}
    _pool(call, f"F.avg_pool{call.rank}d", x, padding, **more)


def _pool(call: CallWriter, function: str, x: str, padding: Any, **more: Any) -> None:
    layer: Any = call.layer
    arguments = [x, str(_size(layer.pool_size))]
    if layer.strides not in (None, layer.pool_size):
        arguments.append(f"stride={_size(layer.strides)}")
    arguments += _arguments(padding=padding, **more)
    call.give(f"{function}({', '.join(arguments)})", "first")


def global_pooling(call: CallWriter) -> None:
    """GlobalAveragePooling and GlobalMaxPooling."""
    function = "mean" if "Average" in type(call.layer).__name__ else "amax"
    axes = tuple(range(2, 2 + call.rank))
    keep = ", keepdim=True" if getattr(call.layer, "keepdims", False) else ""
    shown = axes[0] if len(axes) == 1 else axes
    mask = call.mask()
    if mask and function == "mean" and call.rank == 1:
        x = call.take()
        count = f"{mask}.sum(1{keep}).clamp(min=1).unsqueeze(-1)"
        call.give(f"{x}.where({mask}.unsqueeze(-1), 0).sum(1{keep}) / {count}")
        return
    x = call.take(layout="first")
    call.give(f"{x}.{function}(dim={shown}{keep})", "first" if keep else "last")


def adaptive_pooling(call: CallWriter) -> None:
    """AdaptiveAveragePooling and AdaptiveMaxPooling."""
    layer: Any = call.layer
    kind = "avg" if "Average" in type(layer).__name__ else "max"
    x = call.take(layout="first")
    call.give(f"F.adaptive_{kind}_pool{call.rank}d({x}, {_size(layer.output_size)})", "first")


def zero_padding(call: CallWriter) -> None:
    """ZeroPadding1D, ZeroPadding2D, ZeroPadding3D."""
    layer: Any = call.layer
    x = call.take(layout="first", as_float=False)
    call.give(f"F.pad({x}, {_flat(layer.sides)})", "first")


def cropping(call: CallWriter) -> None:
    """Cropping1D, Cropping2D, Cropping3D."""
    layer: Any = call.layer
    x = call.take(layout="first", as_float=False)
    call.give(f"F.pad({x}, {_flat([(-one, -two) for one, two in layer.sides])})", "first")


def up_sampling(call: CallWriter) -> None:
    """UpSampling1D, UpSampling2D, UpSampling3D."""
    layer: Any = call.layer
    mode = getattr(layer, "interpolation", "nearest")
    if mode not in ("nearest", "bilinear"):
        raise call.refuse(f'PyTorch computes the interpolation "{mode}" otherwise')
    x = call.take(layout="first")
    more = f', mode="{mode}"' if mode != "nearest" else ""
    factors = layer.factors if len(set(layer.factors)) > 1 else layer.factors[0]
    call.give(f"F.interpolate({x}, scale_factor={factors}{more})", "first")


def batch_normalization(call: CallWriter) -> None:
    """BatchNormalization."""
    import numpy as np

    layer: Any = call.layer
    if layer.renorm:
        raise call.refuse("renorm has no counterpart in PyTorch")
    if layer.axis not in (-1, len(call.inputs[0].shape)):
        raise call.refuse(f"only the last axis can be normalised, not axis {layer.axis}")
    size = call.arrays["moving_mean"].shape[0]
    # Without a learned factor or offset the module has one that does nothing.
    state = {
        "weight": call.arrays.get("gamma", np.ones(size, np.float32)),
        "bias": call.arrays.get("beta", np.zeros(size, np.float32)),
        "running_mean": call.arrays["moving_mean"],
        "running_var": call.arrays["moving_variance"],
        "num_batches_tracked": np.zeros((), np.int64),
    }
    constructor = _constructor(
        f"nn.BatchNorm{max(call.rank, 1)}d",
        size,
        eps=layer.epsilon,
        momentum=round(1 - layer.momentum, 12),
    )
    called = call.module(constructor, state)
    layout = "first" if call.rank else "last"
    call.give(f"{called}({call.take(layout=layout)})", layout)  # type: ignore[arg-type]


def layer_normalization(call: CallWriter) -> None:
    """LayerNormalization."""
    layer: Any = call.layer
    if layer.axis not in (-1, len(call.inputs[0].shape)):
        raise call.refuse(f"only the last axis can be normalised, not axis {layer.axis}")
    if not layer.scale or not layer.center:
        raise call.refuse("it needs both scale and center")
    size = call.arrays["gamma"].shape[0]
    called = call.module(
        _constructor("nn.LayerNorm", size, eps=layer.epsilon),
        {"weight": call.arrays["gamma"], "bias": call.arrays["beta"]},
    )
    call.give(f"{called}({call.take()})")


def spatial_dropout(call: CallWriter) -> None:
    """SpatialDropout1D, SpatialDropout2D, SpatialDropout3D."""
    layer: Any = call.layer
    x = call.take(layout="first")
    called = call.module(f"nn.Dropout{call.rank}d({layer.rate})", {})
    call.give(f"{called}({x})", "first")


def _padded(
    call: CallWriter,
    window: tuple[int, ...],
    strides: tuple[int, ...] | None,
    dilation: tuple[int, ...],
    value: str | None,
    *,
    allowed: bool = True,
) -> tuple[str, Any]:
    """Return the input, padded beforehand where PyTorch cannot, and the padding for PyTorch.

    Args:
        call: The call; its layer has a ``padding``.
        window: Size of the window.
        strides: Its steps; those of the window by default.
        dilation: Steps between places of the window.
        value: What to pad with; ``None`` where that changes the result.
        allowed: Whether PyTorch takes ``padding="same"``.
    """
    x, padding = call.take(layout="first"), getattr(call.layer, "padding", "valid")
    strides = strides or window
    if padding == "valid":
        return x, 0
    if padding == "causal":
        return f"F.pad({x}, ({dilation[0] * (window[0] - 1)}, 0))", 0
    if allowed and set(strides) == {1}:
        return x, "same"
    sizes = call.inputs[0].shape[:-1]
    if None in sizes and max(strides) > 1:
        raise call.refuse('with padding "same" and strides it needs an input of known size')
    sides: Sides = [
        same_padding(size or 0, *rest)
        for size, *rest in zip(sizes, window, strides, dilation, strict=True)
    ]
    if all(before == after for before, after in sides):
        return x, _size([before for before, _ in sides])
    if value is None:
        raise call.refuse("PyTorch counts what an average is padded with on one side only")
    more = "" if value == "0" else f", value={value}"
    return f"F.pad({x}, {_flat(sides)}{more})", 0


def _state(call: CallWriter, kernel: str, bias: str) -> dict[str, Any]:
    state = {"weight": call.arrays[kernel]}
    if bias in call.arrays:
        state["bias"] = call.arrays[bias]
    return state


def _constructor(name: str, *sizes: int, **settings: Any) -> str:
    return f"{name}({', '.join([*map(str, sizes), *_arguments(**settings)])})"


def _arguments(**settings: Any) -> list[str]:
    """Return arguments without those that are PyTorch's defaults."""
    defaults: dict[str, Any] = {
        "stride": (1,),
        "padding": (0,),
        "output_padding": (0,),
        "dilation": (1,),
        "groups": (1,),
        "bias": (True,),
        "eps": (1e-05,),
        "momentum": (0.1,),
    }
    return [
        f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"
        for name, value in settings.items()
        # False is no 0 here.
        if value is False or value not in defaults.get(name, ())
    ]


def _size(values: Any) -> Any:
    """Return one number where all are equal."""
    if isinstance(values, int):
        return values
    return values[0] if len(set(values)) == 1 else tuple(values)


def _flat(sides: Any) -> tuple[int, ...]:
    return tuple(int(place) for pair in reversed(list(sides)) for place in pair)


def numbers(values: Any) -> str:
    """Return a number, or several, as they stand in a program."""
    if isinstance(values, tuple):
        return f"torch.tensor({list(values)})"
    return repr(values) if math.isfinite(values) else f"float('{values}')"
