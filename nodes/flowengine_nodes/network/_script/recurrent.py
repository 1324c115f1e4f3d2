"""Recurrent layers: PyTorch's own where it computes the same, else written out step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowengine_nodes.network._script import films
from flowengine_nodes.network._script.activations import function
from flowengine_nodes.network._script.call import CallWriter

if TYPE_CHECKING:
    import numpy as np

    Arrays = Mapping[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class Form:
    """How a layer is written.

    Args:
        constructor: What makes its module, with a place for further arguments.
        state: Its weights.
        states: Number of its states.
        is_stepwise: Whether it is written out step by step.
    """

    constructor: str
    state: dict[str, Any]
    states: int
    is_stepwise: bool


def recurrent(call: CallWriter) -> None:
    """LSTM, GRU, SimpleRNN, ConvLSTM."""
    layer: Any = call.layer
    form = _form(call, layer, call.arrays)
    called = call.module(form.constructor, form.state)
    first = [call.take(number) for number in range(1, len(call.inputs))]
    used = [call.is_used(number) for number in range(form.states + 1)]
    x, mask = call.take(), call.mask()
    if layer.go_backwards:
        x, mask = f"{x}.flip(1)", mask and f"{mask}.flip(1)"
    keeps = layer.return_sequences
    steps = "_"
    if used[0]:
        steps = call.variable(0) if keeps else "steps"
    names = ("state", "cell")[: form.states]
    _sweep(call, form, called, (x, mask, first), steps, names, used)
    if used[0] and not keeps:
        call.give("steps[:, -1]")
    _give_states(call, form, names, used, 1)


def bidirectional(call: CallWriter) -> None:
    """Bidirectional: two modules, one of which gets the steps in reverse."""
    layer: Any = call.layer
    found = layer.directions()
    kinds = [one.__type_id__.partition(".")[2] for one in found.values()]
    if any(kind not in KINDS for kind in kinds):
        raise call.refuse("only recurrent layers can be written in both directions")
    x, mask = call.take(), call.mask()
    first = [call.take(number) for number in range(1, len(call.inputs))]
    results = 1 if layer.merge_mode else 2
    outputs, states, place = [], [], 0
    for name, one in found.items():
        short = name.removesuffix("_layer")
        arrays = {
            weight.removeprefix(f"{name}/"): array
            for weight, array in call.arrays.items()
            if weight.startswith(f"{name}/")
        }
        form = _form(call, one, arrays)
        called = call.module(form.constructor, form.state, f"_{short}")
        begin = results + place
        used = [True, *(call.is_used(begin + n) for n in range(form.states))]
        names = tuple(f"{short}_{state}" for state in ("state", "cell")[: form.states])
        mine = first[place : place + form.states]
        there, its_mask = x, mask
        if one.go_backwards:
            there, its_mask = f"{x}.flip(1)", mask and f"{mask}.flip(1)"
        _sweep(call, form, called, (there, its_mask, mine), short, names, used)
        states.append((form, names, used, begin))
        place += form.states
        if not one.return_sequences:
            outputs.append(f"{short}[:, -1]")
        else:
            outputs.append(f"{short}.flip(1)" if short == "backward" else short)
    if layer.merge_mode:
        call.give(MERGES[layer.merge_mode].format(*outputs))
    else:
        for number, one in enumerate(outputs):
            if call.is_used(number):
                call.give(one, output=number)
    for form, names, used, begin in states:
        _give_states(call, form, names, used, begin)


MERGES = {
    "concat": "torch.cat([{}, {}], dim=-1)",
    "sum": "{} + {}",
    "mul": "{} * {}",
    "ave": "({} + {}) / 2",
}


def _sweep(
    call: CallWriter,
    form: Form,
    called: str,
    taken: tuple[str, str | None, Sequence[str]],
    steps: str,
    names: Sequence[str],
    used: Sequence[bool],
) -> None:
    """Write the line that goes through a sequence."""
    x, mask, first = taken
    last = "_"
    if any(used[1:]):
        last = names[0] if len(names) == 1 else f"({', '.join(names)})"
        if form.is_stepwise and len(names) == 1:
            last = f"({names[0]},)"
    arguments = [x]
    if form.is_stepwise and (mask or first):
        arguments.append(mask or "None")
    if first:
        given = first if form.is_stepwise else [f"{one}.unsqueeze(0)" for one in first]
        is_tuple = form.is_stepwise or len(given) > 1
        joined = ", ".join(given) + ("," if len(given) == 1 else "")
        call.line(f"first = {f'({joined})' if is_tuple else given[0]}")
        arguments.append("first")
    call.line(f"{steps}, {last} = {called}({', '.join(arguments)})")


def _give_states(
    call: CallWriter, form: Form, names: Sequence[str], used: Sequence[bool], begin: int
) -> None:
    for number, name in enumerate(names):
        if used[number + 1]:
            call.give(name if form.is_stepwise else f"{name}.squeeze(0)", output=begin + number)


def _form(call: CallWriter, layer: Any, arrays: Arrays) -> Form:
    return KINDS[layer.__type_id__.partition(".")[2]](call, layer, arrays)


def _lstm(call: CallWriter, layer: Any, arrays: Arrays) -> Form:
    if _is_plain(call, layer):
        return _own(layer, "nn.LSTM", 2, _own_state(arrays, 0 * arrays["kernel"][:, 0]))
    return _stepwise(call, layer, "LSTMSteps", 2, arrays)


def _gru(call: CallWriter, layer: Any, arrays: Arrays) -> Form:
    if layer.reset_after and _is_plain(call, layer):
        turned = {name: _reset_first(array) for name, array in arrays.items() if name != "bias"}
        if "bias" in arrays:
            turned["bias"], second = map(_reset_first, arrays["bias"])
        return _own(layer, "nn.GRU", 1, _own_state(turned, second if "bias" in arrays else None))
    if layer.reset_after:
        return _stepwise(call, layer, "GRUSteps", 1, arrays)
    return _stepwise(call, layer, "ResetFirstGRUSteps", 1, arrays)


def _simple_rnn(call: CallWriter, layer: Any, arrays: Arrays) -> Form:
    if layer.activation in ("tanh", "relu") and call.mask() is None:
        more = ', nonlinearity="relu"' if layer.activation == "relu" else ""
        state = _own_state(arrays, 0 * arrays["kernel"][:, 0])
        return _own(layer, "nn.RNN", 1, state, more)
    return _stepwise(call, layer, "RNNSteps", 1, arrays)


def _conv_lstm(call: CallWriter, layer: Any, arrays: Arrays) -> Form:
    return Form(*films.steps_of(call, layer, arrays), 2, is_stepwise=True)


KINDS: dict[str, Callable[[CallWriter, Any, Arrays], Form]] = {
    "lstm": _lstm,
    "gru": _gru,
    "simple_rnn": _simple_rnn,
    "conv_lstm1d": _conv_lstm,
    "conv_lstm2d": _conv_lstm,
    "conv_lstm3d": _conv_lstm,
}


def _is_plain(call: CallWriter, layer: Any) -> bool:
    functions = (layer.activation, layer.recurrent_activation)
    return functions == ("tanh", "sigmoid") and call.mask() is None


def _own(layer: Any, kind: str, states: int, state: dict[str, Any], more: str = "") -> Form:
    width = state["weight_ih_l0"].shape[1]
    bias = "" if layer.use_bias else ", bias=False"
    constructor = f"{kind}({width}, {layer.units}, batch_first=True{bias}{more})"
    return Form(constructor, state, states, is_stepwise=False)


def _own_state(arrays: Arrays, second_bias: Any) -> dict[str, Any]:
    state = {"weight_ih_l0": arrays["kernel"], "weight_hh_l0": arrays["recurrent_kernel"]}
    if "bias" in arrays:
        state |= {"bias_ih_l0": arrays["bias"], "bias_hh_l0": second_bias}
    return state


def _stepwise(call: CallWriter, layer: Any, kind: str, states: int, arrays: Arrays) -> Form:
    arguments = [str(arrays["kernel"].shape[1]), str(layer.units)]
    for name, setting, usual in (
        ("activation", "activation", "tanh"),
        ("gate", "recurrent_activation", "sigmoid"),
    ):
        chosen = getattr(layer, setting, usual)
        if chosen != usual:
            arguments.append(f"{name}={function(call, chosen)}")
    if not layer.use_bias:
        arguments.append("bias=False")
    if layer.zero_output_for_mask and call.mask() is not None:
        arguments.append("zeros=True")
    state = {"kernel.weight": arrays["kernel"], "recurrent.weight": arrays["recurrent_kernel"]}
    if "bias" in arrays:
        state["kernel.bias"] = arrays["bias"]
    if kind == "GRUSteps" and "bias" in arrays:
        state["kernel.bias"], state["recurrent.bias"] = arrays["bias"]
    if kind == "ResetFirstGRUSteps":
        border = 2 * layer.units
        whole = state["recurrent.weight"]
        state["recurrent.weight"], state["recurrent_new.weight"] = whole[:border], whole[border:]
    call.need("Steps", kind)
    return Form(f"{kind}({', '.join(arguments)})", state, states, is_stepwise=True)


def _reset_first(array: Any) -> Any:
    """PyTorch has the reset gate before the update gate."""
    import numpy as np

    update, reset, new = np.split(array, 3)
    return np.concatenate([reset, update, new])
