"""Layers over images, sequences and volumes: convolutions, poolings, padding."""

from __future__ import annotations

from typing import Any

from flowengine.nn.windows import same_padding, transposed_cut
from flowengine_nodes.network._script.activations import activated
from flowengine_nodes.network._script.call import CallWriter
from flowengine_nodes.network._script.texts import arguments_of, compact, constructor_of, flat_sides

Sides = list[tuple[int, int]]


def convolution(call: CallWriter) -> None:
    """Conv1D, Conv2D, Conv3D."""
    layer: Any = call.layer
    kernel = call.arrays["kernel"]
    x, padding = _padded(call, layer.kernel_size, layer.strides, layer.dilation_rate, "0")
    constructor = constructor_of(
        f"nn.Conv{call.rank}d",
        kernel.shape[1] * layer.groups,
        kernel.shape[0],
        kernel_size=compact(layer.kernel_size),
        stride=compact(layer.strides),
        padding=padding,
        dilation=compact(layer.dilation_rate),
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
        constructor_of(
            f"nn.Conv{call.rank}d",
            channels,
            pointwise.shape[1],
            kernel_size=compact(layer.kernel_size),
            stride=compact(layer.strides),
            padding=padding,
            dilation=compact(layer.dilation_rate),
            groups=channels,
            bias=False,
        ),
        {"weight": depthwise.reshape(-1, 1, *depthwise.shape[2:])},
        "_depthwise",
    )
    second = call.module(
        constructor_of(
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
    constructor = constructor_of(
        f"nn.Conv{call.rank}d",
        channels,
        channels * kernel.shape[1],
        kernel_size=compact(layer.kernel_size),
        stride=compact(layer.strides),
        padding=padding,
        dilation=compact(layer.dilation_rate),
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
    constructor = constructor_of(
        f"nn.ConvTranspose{call.rank}d",
        kernel.shape[0],
        kernel.shape[1],
        kernel_size=compact(layer.kernel_size),
        stride=compact(layer.strides),
        padding=compact([before for before, _ in cuts]),
        output_padding=compact([max(before - after, 0) for before, after in cuts]),
        dilation=compact(layer.dilation_rate),
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
    call.give(_pooled(call, f"F.max_pool{call.rank}d", x, padding), "first")


def average_pooling(call: CallWriter) -> None:
    """AveragePooling1D, AveragePooling2D, AveragePooling3D."""
    layer: Any = call.layer
    function, sizes = f"F.avg_pool{call.rank}d", (layer.pool_size, layer.strides)
    bare = call.take(layout="first")
    x, padding = _padded(call, *sizes, (1,) * call.rank, "0", allowed=False)
    more = {} if padding == 0 else {"count_include_pad": False}
    means = _pooled(call, function, x, padding, **more)
    if x != bare:
        # PyTorch counts what is added beforehand, so that ones say how much of a mean is real.
        ones = f"torch.ones_like({bare})"
        ones, _ = _padded(call, *sizes, (1,) * call.rank, "0", allowed=False, of=ones)
        call.line(f"real = {_pooled(call, function, ones, 0)}")
        call.line(f"means = {means}")
        means = "means / real"
    call.give(means, "first")


def _pooled(call: CallWriter, function: str, x: str, padding: Any, **more: Any) -> str:
    layer: Any = call.layer
    arguments = [x, str(compact(layer.pool_size))]
    if layer.strides not in (None, layer.pool_size):
        arguments.append(f"stride={compact(layer.strides)}")
    arguments += arguments_of(padding=padding, **more)
    return f"{function}({', '.join(arguments)})"


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
    call.give(f"F.adaptive_{kind}_pool{call.rank}d({x}, {compact(layer.output_size)})", "first")


def zero_padding(call: CallWriter) -> None:
    """ZeroPadding1D, ZeroPadding2D, ZeroPadding3D."""
    layer: Any = call.layer
    x = call.take(layout="first", as_float=False)
    call.give(f"F.pad({x}, {flat_sides(layer.sides)})", "first")


def cropping(call: CallWriter) -> None:
    """Cropping1D, Cropping2D, Cropping3D."""
    layer: Any = call.layer
    x = call.take(layout="first", as_float=False)
    call.give(f"F.pad({x}, {flat_sides([(-one, -two) for one, two in layer.sides])})", "first")


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
    value: str,
    *,
    allowed: bool = True,
    of: str | None = None,
) -> tuple[str, Any]:
    """Return the input, padded beforehand where PyTorch cannot, and the padding for PyTorch.

    Args:
        call: The call; its layer has a ``padding``.
        window: Size of the window.
        strides: Its steps; those of the window by default.
        dilation: Steps between places of the window.
        value: What to pad with.
        allowed: Whether PyTorch takes ``padding="same"``.
        of: Another tensor of the input's shape, in place of the input.
    """
    x, padding = of or call.take(layout="first"), getattr(call.layer, "padding", "valid")
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
    # PyTorch's averages of volumes refuse windows that reach beyond both edges.
    is_within = all(size is None or size >= one for size, one in zip(sizes, window, strict=True))
    if is_within and all(before == after for before, after in sides):
        return x, compact([before for before, _ in sides])
    more = "" if value == "0" else f", value={value}"
    return f"F.pad({x}, {flat_sides(sides)}{more})", 0


def _state(call: CallWriter, kernel: str, bias: str) -> dict[str, Any]:
    state = {"weight": call.arrays[kernel]}
    if bias in call.arrays:
        state["bias"] = call.arrays[bias]
    return state
