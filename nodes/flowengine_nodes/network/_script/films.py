"""Convolutional LSTMs, which go through films and the like step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowengine.nn.windows import same_padding
from flowengine_nodes.network._script.activations import function
from flowengine_nodes.network._script.call import CallWriter
from flowengine_nodes.network._script.texts import compact, constructor_of, flat_sides

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

STEPS = '''class ConvLSTMSteps(nn.Module):
    """An LSTM whose kernels slide over each step; gates as input, forget, candidate, output.

    A step that the mask leaves out changes nothing: it repeats the output before it, or gives zeros
    where `zeros` is set. Steps and states have their channels last.
    """

    def __init__(
        self,
        kernel: nn.Module,
        recurrent: nn.Module,
        *,
        activation: Callable[[Tensor], Tensor] = torch.tanh,
        gate: Callable[[Tensor], Tensor] = torch.sigmoid,
        zeros: bool = False,
    ) -> None:
        super().__init__()
        self.kernel, self.recurrent = kernel, recurrent
        self.activation, self.gate, self.zeros = activation, gate, zeros

    def forward(
        self, x: Tensor, mask: Tensor | None = None, first: tuple[Tensor, ...] | None = None
    ) -> tuple[Tensor, tuple[Tensor, ...]]:
        steps = self.kernel(x.movedim(-1, 2).flatten(0, 1)).unflatten(0, x.shape[:2])
        nothing = torch.zeros_like(steps[:, 0].chunk(4, dim=1)[0])
        state, cell = (one.movedim(-1, 1) for one in first) if first else (nothing, nothing)
        outputs, output = [], nothing
        for number, taken in enumerate(steps.unbind(1)):
            into, keep, candidate, out = (taken + self.recurrent(state)).chunk(4, dim=1)
            new_cell = self.gate(keep) * cell + self.gate(into) * self.activation(candidate)
            new = self.gate(out) * self.activation(new_cell)
            if mask is not None:
                valid = mask[:, number].reshape(-1, *[1] * (new.dim() - 1))
                output = torch.where(valid, new, nothing if self.zeros else output)
                state, cell = torch.where(valid, new, state), torch.where(valid, new_cell, cell)
            else:
                state, cell, output = new, new_cell, new
            outputs.append(output.movedim(1, -1))
        return torch.stack(outputs, dim=1), (state.movedim(1, -1), cell.movedim(1, -1))
'''


def steps_of(call: CallWriter, layer: Any, arrays: Any) -> tuple[str, dict[str, Array]]:
    """Return what makes the module of a ConvLSTM, and its weights."""
    ones = (1,) * len(layer.kernel_size)
    sizes = call.inputs[0].shape[1:-1]
    if layer.padding == "same" and None in sizes and max(layer.strides) > 1:
        raise call.refuse('with padding "same" and strides it needs an input of known size')
    sides = [(0, 0)] * len(ones)
    if layer.padding == "same":
        axes = zip(sizes, layer.kernel_size, layer.strides, layer.dilation_rate, strict=True)
        sides = [same_padding(size or 0, *axis) for size, *axis in axes]
    taken = Sliding("kernel", layer.kernel_size, layer.strides, layer.dilation_rate, sides)
    # States keep their size.
    sides = [same_padding(0, places, 1) for places in layer.kernel_size]
    kept = Sliding("recurrent", layer.kernel_size, ones, ones, sides)
    one, state = taken.written(arrays["kernel"], arrays.get("bias"))
    two, more = kept.written(arrays["recurrent_kernel"], None)
    arguments = [one, two]
    for name, setting, usual in (
        ("activation", "activation", "tanh"),
        ("gate", "recurrent_activation", "sigmoid"),
    ):
        chosen = getattr(layer, setting)
        if chosen != usual:
            arguments.append(f"{name}={function(call, chosen, 'first')}")
    if layer.zero_output_for_mask and call.mask() is not None:
        arguments.append("zeros=True")
    call.need("ConvLSTMSteps")
    return f"ConvLSTMSteps({', '.join(arguments)})", state | more


@dataclass(frozen=True)
class Sliding:
    """How a kernel slides over the axes of a step.

    Args:
        name: The module's name.
        window: Size of the window.
        strides: Its steps.
        dilation: Steps between places of the window.
        sides: What is padded before and after each axis.
    """

    name: str
    window: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    sides: list[tuple[int, int]]

    def written(self, kernel: Array, bias: Array | None) -> tuple[str, dict[str, Array]]:
        """Return what makes the convolution, padded beforehand where it must be, and weights."""
        is_even = all(before == after for before, after in self.sides)
        made = constructor_of(
            f"nn.Conv{len(self.window)}d",
            kernel.shape[1],
            kernel.shape[0],
            kernel_size=compact(self.window),
            stride=compact(self.strides),
            padding=compact([before for before, _ in self.sides]) if is_even else 0,
            dilation=compact(self.dilation),
            bias=bias is not None,
        )
        place = self.name if is_even else f"{self.name}.1"
        state = {f"{place}.weight": kernel}
        if bias is not None:
            state[f"{place}.bias"] = bias
        if not is_even:
            made = f"nn.Sequential(nn.ZeroPad{len(self.window)}d({flat_sides(self.sides)}), {made})"
        return made, state
