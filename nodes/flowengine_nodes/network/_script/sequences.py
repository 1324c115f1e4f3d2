"""Layers over sequences: recurrent ones, embedding, one-hot."""

from __future__ import annotations

from typing import Any

from flowengine_nodes.network._script.call import CallWriter


def embedding(call: CallWriter) -> None:
    """Embedding."""
    layer: Any = call.layer
    called = call.module(
        f"nn.Embedding({layer.input_dim}, {layer.output_dim})",
        {"weight": call.arrays["embeddings"]},
    )
    call.give(f"{called}({call.take(as_float=False)}.long())")


def one_hot(call: CallWriter) -> None:
    """One-Hot; numbers beyond the classes give zeros only."""
    layer: Any = call.layer
    x = call.take(as_float=False)
    places = f"torch.arange({layer.num_classes}, device={x}.device)"
    call.give(f"({x}.unsqueeze(-1) == {places}).float()")


def lstm(call: CallWriter) -> None:
    """LSTM; the gates stand in the same order as in PyTorch."""
    layer: Any = call.layer
    _check_functions(call, "tanh")
    state = {
        "weight_ih_l0": call.arrays["kernel"],
        "weight_hh_l0": call.arrays["recurrent_kernel"],
    }
    if layer.use_bias:
        state["bias_ih_l0"] = call.arrays["bias"]
        state["bias_hh_l0"] = 0 * call.arrays["bias"]
    _recurrent(call, "nn.LSTM", state, states=2)


def gru(call: CallWriter) -> None:
    """GRU; PyTorch has the reset gate before the update gate."""
    layer: Any = call.layer
    _check_functions(call, "tanh")
    if not layer.reset_after:
        raise call.refuse("PyTorch has GRUs with reset_after only")
    state = {
        "weight_ih_l0": _reset_first(call.arrays["kernel"]),
        "weight_hh_l0": _reset_first(call.arrays["recurrent_kernel"]),
    }
    if layer.use_bias:
        state["bias_ih_l0"], state["bias_hh_l0"] = map(_reset_first, call.arrays["bias"])
    _recurrent(call, "nn.GRU", state, states=1)


def simple_rnn(call: CallWriter) -> None:
    """SimpleRNN."""
    layer: Any = call.layer
    if layer.activation not in ("tanh", "relu"):
        raise call.refuse(f'PyTorch has "tanh" and "relu", not "{layer.activation}"')
    state = {
        "weight_ih_l0": call.arrays["kernel"],
        "weight_hh_l0": call.arrays["recurrent_kernel"],
    }
    if layer.use_bias:
        state["bias_ih_l0"] = call.arrays["bias"]
        state["bias_hh_l0"] = 0 * call.arrays["bias"]
    more = ', nonlinearity="relu"' if layer.activation == "relu" else ""
    _recurrent(call, "nn.RNN", state, states=1, more=more)


def bidirectional(call: CallWriter) -> None:
    """Never written: two layers, one of them backwards, can be."""
    raise call.refuse("use two layers, one of them with go_backwards, and a concatenate layer")


def _check_functions(call: CallWriter, activation: str) -> None:
    layer: Any = call.layer
    if (layer.activation, layer.recurrent_activation) != (activation, "sigmoid"):
        raise call.refuse(
            f'PyTorch has it with "{activation}" and "sigmoid" only, not with '
            f'"{layer.activation}" and "{layer.recurrent_activation}"'
        )


def _recurrent(
    call: CallWriter, kind: str, state: dict[str, Any], *, states: int, more: str = ""
) -> None:
    layer: Any = call.layer
    width = state["weight_ih_l0"].shape[1]
    bias = "" if layer.use_bias else ", bias=False"
    called = call.module(f"{kind}({width}, {layer.units}, batch_first=True{bias}{more})", state)
    x = call.take()
    if layer.go_backwards:
        x = f"{x}.flip(1)"
    first = [f"{call.take(number)}.unsqueeze(0)" for number in range(1, len(call.inputs))]
    if first:
        joined = ", ".join(first)
        call.line(f"first = {joined if states == 1 else f'({joined})'}")
        x += ", first"
    names = ("state", "cell")[:states]
    used = [call.is_used(number) for number in range(1, states + 1)]
    last = "_"
    if any(used):
        last = "state" if states == 1 else "(state, cell)"
    if layer.return_sequences:
        call.line(f"{call.variable(0)}, {last} = {called}({x})")
    elif call.is_used(0):
        call.line(f"steps, {last} = {called}({x})")
        call.give("steps[:, -1]")
    else:
        call.line(f"_, {last} = {called}({x})")
    for number, name in enumerate(names, start=1):
        if used[number - 1]:
            call.give(f"{name}.squeeze(0)", output=number)


def _reset_first(array: Any) -> Any:
    import numpy as np

    update, reset, new = np.split(array, 3)
    return np.concatenate([reset, update, new])
