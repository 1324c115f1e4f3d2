"""Layers without windows and steps: dense, merging, reshaping, activations, dropout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flowengine_nodes.network._script.activations import activated
from flowengine_nodes.network._script.call import CallWriter
from flowengine_nodes.network._script.images import numbers

if TYPE_CHECKING:
    from flowengine_nodes.network._script.call import Arrays


def dense(call: CallWriter) -> None:
    """Dense."""
    _dense(call, call.layer, call.arrays)


def time_distributed(call: CallWriter) -> None:
    """TimeDistributed around Dense, which PyTorch applies to the last axis of any tensor."""
    layer: Any = call.layer
    if layer.layer.__type_id__ != "layer.dense":
        kind = type(layer.layer).__name__
        raise call.refuse(f"only a Dense layer for every step is written, not {kind}")
    arrays = {name.rpartition("/")[2]: array for name, array in call.arrays.items()}
    _dense(call, layer.layer, arrays)


def identity(call: CallWriter) -> None:
    """Identity."""
    layout = call.layout_of()
    call.give(call.take(layout=layout, as_float=False), layout)


def _dense(call: CallWriter, layer: Any, arrays: Arrays) -> None:
    kernel = arrays["kernel"]
    bias = "" if layer.use_bias else ", bias=False"
    state = {"weight": kernel}
    if layer.use_bias:
        state["bias"] = arrays["bias"]
    called = call.module(f"nn.Linear({kernel.shape[1]}, {kernel.shape[0]}{bias})", state)
    call.give(activated(call, layer.activation, f"{called}({call.take()})", "last"))


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
    if layer.threshold:
        raise call.refuse("a threshold has no counterpart in PyTorch")
    if layer.max_value is None:
        slope = layer.negative_slope
        call.give(f"F.leaky_relu({x}, {slope})" if slope else f"F.relu({x})", layout)
    elif layer.negative_slope:
        raise call.refuse("negative_slope together with max_value has no counterpart in PyTorch")
    else:
        call.give(f"{x}.clamp(0, {layer.max_value})", layout)


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
    """Softmax."""
    layer: Any = call.layer
    if not isinstance(layer.axis, int):
        raise call.refuse("it goes over several axes")
    call.give(f"F.softmax({call.take()}, dim={layer.axis})")


def dropout(call: CallWriter) -> None:
    """Dropout."""
    layer: Any = call.layer
    if layer.noise_shape is not None:
        raise call.refuse("noise_shape has no counterpart in PyTorch")
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
    layout = call.common_layout()
    taken = [call.take(number, layout) for number in range(len(call.inputs))]
    kind = type(call.layer).__name__
    if kind in OPERATORS:
        result = OPERATORS[kind].join(taken)
    elif kind == "Average":
        result = f"({' + '.join(taken)}) / {len(taken)}"
    else:
        result = taken[0]
        for one in taken[1:]:
            result = f"torch.{kind.lower()}({result}, {one})"
    _join_masks(call)
    call.give(result, layout)


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
    """Dot of two vectors."""
    layer: Any = call.layer
    if any(len(spec.shape) != 1 for spec in call.inputs):
        raise call.refuse("only products of vectors can be written")
    one, two = call.take(0), call.take(1)
    if layer.normalize:
        one, two = f"F.normalize({one}, dim=1)", f"F.normalize({two}, dim=1)"
    call.give(f"({one} * {two}).sum(dim=1, keepdim=True)")
