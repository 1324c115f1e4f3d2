"""Layers without windows and steps: dense, merging, reshaping, activations, dropout."""

from __future__ import annotations

from typing import Any

from flowengine_nodes.layer._tensors import tensor_axes, tensor_axis
from flowengine_nodes.network._script.activations import activated
from flowengine_nodes.network._script.call import CallWriter
from flowengine_nodes.network._script.texts import numbers


def dense(call: CallWriter) -> None:
    """Dense."""
    layer: Any = call.layer
    kernel = call.arrays["kernel"]
    bias = "" if layer.use_bias else ", bias=False"
    state = {"weight": kernel}
    if layer.use_bias:
        state["bias"] = call.arrays["bias"]
    called = call.module(f"nn.Linear({kernel.shape[1]}, {kernel.shape[0]}{bias})", state)
    call.give(activated(call, layer.activation, f"{called}({call.take()})", "last"))


def einsum_dense(call: CallWriter) -> None:
    """EinsumDense."""
    layer: Any = call.layer
    result = f'torch.einsum("{layer.equation}", {call.take()}, {call.parameter("kernel")})'
    if "bias" not in call.arrays and layer.activation == "linear":
        call.give(result)
        return
    call.line(f"made = {result}")
    if "bias" in call.arrays:
        call.line(f"made = made + {call.parameter('bias')}")
    call.give(activated(call, layer.activation, "made", "last"))


def identity(call: CallWriter) -> None:
    """Identity."""
    layout = call.layout_of()
    call.give(call.take(layout=layout, as_float=False), layout)


def activation(call: CallWriter) -> None:
    """Activation."""
    layer: Any = call.layer
    layout = call.layout_of()
    call.give(activated(call, layer.activation, call.take(layout=layout), layout), layout)


def relu(call: CallWriter) -> None:
    """ReLU."""
    layer: Any = call.layer
    layout = call.layout_of()
    x = call.take(layout=layout)
    slope, threshold = layer.negative_slope, layer.threshold
    if slope and not threshold and layer.max_value is None:
        call.give(f"F.leaky_relu({x}, {slope})", layout)
        return
    if threshold:
        result = f"{x}.where({x} > {threshold}, 0)"
        result += "" if layer.max_value is None else f".clamp(max={layer.max_value})"
    else:
        result = f"F.relu({x})" if layer.max_value is None else f"{x}.clamp(0, {layer.max_value})"
    if slope:
        result += f" - {slope} * F.relu({threshold} - {x})"
    call.give(result, layout)


def thresholded_relu(call: CallWriter) -> None:
    """ThresholdedReLU."""
    layer: Any = call.layer
    layout = call.layout_of()
    x = call.take(layout=layout)
    call.give(f"{x}.where({x} > {layer.theta}, 0)", layout)


def prelu(call: CallWriter) -> None:
    """PReLU: by channel a module, else written out."""
    alpha = call.arrays["alpha"]
    if alpha.size == alpha.shape[-1]:
        called = call.module(f"nn.PReLU({alpha.size})", {"weight": alpha.reshape(-1)})
        call.give(f"{called}({call.take(layout='first')})", "first")
        return
    x = call.take()
    call.give(f"F.relu({x}) - {call.parameter('alpha')} * F.relu(-{x})")


def leaky_relu(call: CallWriter) -> None:
    """LeakyReLU."""
    layer: Any = call.layer
    layout = call.layout_of()
    call.give(f"F.leaky_relu({call.take(layout=layout)}, {layer.negative_slope})", layout)


def elu(call: CallWriter) -> None:
    """ELU."""
    layer: Any = call.layer
    layout = call.layout_of()
    call.give(f"F.elu({call.take(layout=layout)}, {layer.alpha})", layout)


def softmax(call: CallWriter) -> None:
    """Softmax; what a mask excludes gets nothing."""
    layer: Any = call.layer
    x, mask = call.take(), call.mask()
    if not isinstance(layer.axis, int):
        axes = tensor_axes(call.inputs[0], layer.axis)
        total = f"{{x}}.logsumexp({tuple(axis + 1 for axis in axes)}, keepdim=True)"
        form = f"torch.exp({{x}} - {total})"
    else:
        form = f"F.softmax({{x}}, dim={layer.axis})"
    if mask is None:
        call.give(form.format(x=x))
        return
    if call.rank != 1:
        raise call.refuse("what it does with masks is written for sequences only")
    call.line(f"scores = {x}.where({mask}.unsqueeze(-1), -1e9)")
    call.give(f"{form.format(x='scores')}.where({mask}.unsqueeze(-1), 0)")


def dropout(call: CallWriter) -> None:
    """Dropout."""
    layer: Any = call.layer
    if layer.noise_shape is not None:
        # PyTorch drops single values only.
        nothing(call)
        return
    layout = call.layout_of()
    called = call.module(f"nn.Dropout({layer.rate})", {})
    call.give(f"{called}({call.take(layout=layout)})", layout)


def nothing(call: CallWriter) -> None:
    """Layers that act only while they are trained."""
    layout = call.layout_of()
    name = type(call.layer).__name__
    call.line(f"# {name} acts only in training by flowengine and is left out here.")
    call.give(call.take(layout=layout), layout)


def flatten(call: CallWriter) -> None:
    """Flatten: the channels last, as in training."""
    call.give(f"{call.take(as_float=False)}.flatten(1)")


def reshape(call: CallWriter) -> None:
    """Reshape."""
    shape = call.outputs[0].shape
    if sum(size is None for size in shape) > 1:
        raise call.refuse("more than one size of the result is unknown")
    x = call.take(as_float=False)
    sizes = ", ".join("-1" if size is None else str(size) for size in shape)
    call.give(f"{x}.reshape({x}.shape[0], {sizes})")


def permute(call: CallWriter) -> None:
    """Permute."""
    layer: Any = call.layer
    call.give(f"{call.take(as_float=False)}.permute(0, {', '.join(map(str, layer.dims))})")


def repeat_vector(call: CallWriter) -> None:
    """RepeatVector."""
    layer: Any = call.layer
    call.give(f"{call.take(as_float=False)}.unsqueeze(1).repeat(1, {layer.n}, 1)")


def rescaling(call: CallWriter) -> None:
    """Rescaling."""
    layer: Any = call.layer
    is_plain = not isinstance(layer.scale, tuple) and not isinstance(layer.offset, tuple)
    layout = call.layout_of() if is_plain else "last"
    x = call.take(layout=layout, as_float=False)
    result = f"{x} * {_factor(layer.scale, x)}"
    if layer.offset != 0.0:
        result += f" + {_factor(layer.offset, x)}"
    call.give(result, layout)


def _factor(values: Any, x: str) -> str:
    text = numbers(values)
    return text.replace(")", f", device={x}.device)") if isinstance(values, tuple) else text


OPERATORS = {"Add": " + ", "Subtract": " - ", "Multiply": " * "}


def merge(call: CallWriter) -> None:
    """Add, Subtract, Multiply, Average, Maximum, Minimum."""
    if len({len(spec.shape) for spec in call.inputs}) > 1:
        raise call.refuse("its inputs have different numbers of dimensions")
    kind = type(call.layer).__name__
    masks = [call.mask(number) for number in range(len(call.inputs))]
    is_masked = kind == "Multiply" and any(masks)
    layout = "last" if is_masked else call.common_layout()
    taken = [call.take(number, layout) for number in range(len(call.inputs))]
    if is_masked:
        result = _masked_product(call, taken, masks)
    elif kind in OPERATORS:
        result = OPERATORS[kind].join(taken)
    elif kind == "Average":
        result = f"({' + '.join(taken)}) / {len(taken)}"
    else:
        result = taken[0]
        for one in taken[1:]:
            result = f"torch.{kind.lower()}({result}, {one})"
    _join_masks(call)
    call.give(result, layout)


def _masked_product(call: CallWriter, taken: list[str], masks: list[str | None]) -> str:
    """What is excluded counts as 1, and as 0 where all masks exclude it."""
    if call.rank != 1:
        raise call.refuse("what it does with masks is written for sequences only")
    wide = [mask and f"{mask}.unsqueeze(-1)" for mask in masks]
    pairs = zip(taken, wide, strict=True)
    product = " * ".join(x if mask is None else f"{x}.where({mask}, 1)" for x, mask in pairs)
    if not all(masks):
        return product
    included = " | ".join(dict.fromkeys(mask for mask in wide if mask))
    return f"({product}).where({included}, 0)"


def concatenate(call: CallWriter) -> None:
    """Concatenate."""
    layer: Any = call.layer
    rank = len(call.inputs[0].shape)
    is_last = layer.axis in (-1, rank)
    layout = call.common_layout() if is_last else "last"
    taken = ", ".join(call.take(number, layout) for number in range(len(call.inputs)))
    axis = 1 if layout == "first" else layer.axis
    if any(call.mask(number) for number in range(len(call.inputs))) and not is_last:
        raise call.refuse("masks are written for the last axis only")
    _join_masks(call)
    call.give(f"torch.cat([{taken}], dim={axis})", layout)


def _join_masks(call: CallWriter) -> None:
    """A place counts that counts in any input; one without a mask counts everywhere."""
    masks = [call.mask(number) for number in range(len(call.inputs))]
    if call.passes_mask and all(masks):
        call.new_mask(" | ".join(dict.fromkeys(mask for mask in masks if mask)))


def dot(call: CallWriter) -> None:
    """Dot: of vectors their product, of other tensors a sum of Einstein's."""
    layer: Any = call.layer
    given = (layer.axes, layer.axes) if isinstance(layer.axes, int) else layer.axes
    axes = [tensor_axis(tensor, axis) for tensor, axis in zip(call.inputs, given, strict=True)]
    one, two = call.take(0), call.take(1)
    if layer.normalize:
        one, two = (
            f"F.normalize({x}, dim={axis + 1})" for x, axis in zip((one, two), axes, strict=True)
        )
    if all(len(spec.shape) == 1 for spec in call.inputs):
        call.give(f"({one} * {two}).sum(dim=1, keepdim=True)")
        return
    letters = iter("ijklmnopq")
    names = [[next(letters) for _ in spec.shape] for spec in call.inputs]
    made = [letter for own in names for letter in own]
    for own, axis in zip(names, axes, strict=True):
        made.remove(own[axis])
        own[axis] = "z"
    left, right = ("".join(own) for own in names)
    call.give(f'torch.einsum("b{left},b{right}->b{"".join(made)}", {one}, {two})')
