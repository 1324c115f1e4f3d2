"""Layers that compute by a formula: functions, powers, limits, reductions, slices, einsum."""

from __future__ import annotations

from typing import Any

from flowengine_nodes.layer._tensors import tensor_axes, tensor_axis
from flowengine_nodes.network._script.call import CallWriter

REDUCTIONS = {
    "logsumexp": "logsumexp({axes}{keep})",
    "max": "amax({axes}{keep})",
    "mean": "mean({axes}{keep})",
    "min": "amin({axes}{keep})",
    "norm": "norm(dim={axes}{keep})",
    "std": "std({axes}, correction=0{keep})",
    "sum": "sum({axes}{keep})",
    "var": "var({axes}, correction=0{keep})",
}
"""How a tensor is asked for each reduction; torch multiplies along one axis only."""


def function(call: CallWriter) -> None:
    """Function."""
    layer: Any = call.layer
    layout = call.layout_of()
    x = call.take(layout=layout)
    is_gelu = layer.function == "gelu_tanh"
    call.give(
        f'F.gelu({x}, approximate="tanh")' if is_gelu else f"torch.{layer.function}({x})", layout
    )


def power(call: CallWriter) -> None:
    """Power."""
    layer: Any = call.layer
    layout = call.layout_of()
    call.give(f"{call.take(layout=layout)} ** {layer.exponent}", layout)


def clip(call: CallWriter) -> None:
    """Clip."""
    layer: Any = call.layer
    layout = call.layout_of()
    call.give(f"{call.take(layout=layout)}.clamp({layer.minimum}, {layer.maximum})", layout)


def reduce(call: CallWriter) -> None:
    """Reduce."""
    layer: Any = call.layer
    x = call.take()
    axes = [place + 1 for place in tensor_axes(call.inputs[0], layer.axis)]
    keep = ", keepdim=True" if layer.keepdims else ""
    if layer.function == "prod":
        call.give(x + "".join(f".prod({axis}{keep})" for axis in reversed(axes)))
        return
    text = str(axes[0]) if len(axes) == 1 else str(tuple(axes))
    call.give(f"{x}.{REDUCTIONS[layer.function].format(axes=text, keep=keep)}")


def cut(call: CallWriter) -> None:
    """Slice; torch goes forwards only, so that what goes backwards is turned first."""
    layer: Any = call.layer
    x = call.take(as_float=False)
    axis = tensor_axis(call.inputs[0], layer.axis) + 1
    places = [layer.start, layer.stop]
    if layer.step < 0:
        x = f"{x}.flip({axis})"
        places = [None if place is None else -place - 1 for place in places]
    text = ":".join("" if place is None else str(place) for place in places)
    text += "" if abs(layer.step) == 1 else f":{abs(layer.step)}"
    mask = call.mask()
    if mask is not None and call.passes_mask:
        turned = f"{mask}.flip(1)" if layer.step < 0 else mask
        call.new_mask(f"{turned}[:, {text}]" if axis == 1 else mask)
    call.give(f"{x}[{':, ' * axis}{text}]")


def einsum(call: CallWriter) -> None:
    """Einsum."""
    layer: Any = call.layer
    taken = ", ".join(call.take(number) for number in range(len(call.inputs)))
    call.give(f'torch.einsum("{layer.equation}", {taken})')
