"""Attention: with one score written out line by line, with several heads by a class of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from flowengine_nodes.network._script.call import CallWriter

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

HEADS = '''class HeadAttention(nn.Module):
    """Attention in several heads, each with projections of its own.

    Heads of the query may share heads of keys and values. Where `allowed` is false a value does not
    count; a step for which none counts gets the mean of all, or nothing where `nothing` is set.
    """

    def __init__(
        self,
        query: int,
        value: int,
        key: int,
        result: int,
        *,
        heads: int,
        shared: int,
        size: int,
        value_size: int,
        bias: bool = True,
        gate: bool = False,
        dropout: float = 0.0,
        nothing: bool = False,
    ) -> None:
        super().__init__()
        self.heads, self.shared, self.nothing = heads, shared, nothing
        self.query = nn.Linear(query, heads * size, bias=bias)
        self.key = nn.Linear(key, shared * size, bias=bias)
        self.value = nn.Linear(value, shared * value_size, bias=bias)
        self.gate = nn.Linear(query, heads * value_size, bias=bias) if gate else None
        self.result = nn.Linear(heads * value_size, result, bias=bias)
        self.dropout = nn.Dropout(dropout)

    def forward(
        self, query: Tensor, value: Tensor, key: Tensor, allowed: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        asked = self.by_head(self.query(query), self.heads)
        keys = self.by_head(self.key(key), self.shared)
        values = self.by_head(self.value(value), self.shared)
        scores = asked * asked.shape[-1] ** -0.5 @ keys.transpose(2, 3)
        if allowed is not None:
            scores = scores.where(allowed, -1e30)
        weights = F.softmax(scores, dim=-1)
        if allowed is not None and self.nothing:
            weights = weights.where(allowed, 0)
        found = (self.dropout(weights) @ values).transpose(1, 2).flatten(2)
        if self.gate is not None:
            found = found * torch.sigmoid(self.gate(query))
        return self.result(found), weights

    def by_head(self, x: Tensor, heads: int) -> Tensor:
        apart = x.unflatten(-1, (heads, -1)).transpose(1, 2)
        return apart.repeat_interleave(self.heads // heads, dim=1)
'''


def scores(call: CallWriter) -> None:
    """Attention, AdditiveAttention."""
    layer: Any = call.layer
    query, value = call.take(0), call.take(1)
    key = call.take(2) if len(call.inputs) > 2 else value
    _score(call, query, key)
    rules = [] if call.mask(1) is None else [f"{call.mask(1)}.unsqueeze(1)"]
    if layer.use_causal_mask:
        rules.append(_earlier(call, query, key))
    if _allow(call, rules):
        call.line("scores = torch.where(allowed, scores, scores - 1e9)")
    weights = "F.softmax(scores, dim=-1)"
    if layer.dropout:
        weights = f"{call.module(f'nn.Dropout({layer.dropout})', {}, '_dropout')}({weights})"
    if call.is_used(1):
        weights = call.give(weights, output=1)
    found, asked = call.give(f"{weights} @ {value}"), call.mask(0)
    if asked:
        call.line(f"{found} = {found}.where({asked}.unsqueeze(-1), 0)")


def _score(call: CallWriter, query: str, key: str) -> None:
    """Write how well each key matches each step of the query."""
    layer: Any = call.layer
    scale = call.parameter("scale") if layer.use_scale else ""
    is_sum = type(call.layer).__name__ == "AdditiveAttention"
    if not is_sum and layer.score_mode == "dot":
        factor = f" * {scale}" if scale else ""
        call.line(f"scores = {query} @ {key}.transpose(1, 2){factor}")
        return
    call.line(f"scores = {query}.unsqueeze(2) + {key}.unsqueeze(1)")
    if is_sum:
        call.line(f"scores = scores.tanh(){f' @ {scale}' if scale else '.sum(-1)'}")
        return
    if scale:
        call.line(f"scores = scores * {scale}")
    call.line(f"scores = scores.tanh().sum(-1) * {call.parameter('concat_score_weight')}")


def _earlier(call: CallWriter, query: str, key: str) -> str:
    """Return which steps are not later than each."""
    call.line(f"pairs = torch.ones({query}.shape[1], {key}.shape[1], device={query}.device)")
    return "pairs.tril() > 0"


def heads(call: CallWriter) -> None:
    """MultiHeadAttention, GroupQueryAttention."""
    if any(len(spec.shape) != 2 for spec in call.inputs[:3]):
        raise call.refuse("only attention over the steps of a sequence is written")
    if len(call.outputs[0].shape) != 2:
        raise call.refuse("its result has several axes of features")
    taken = [call.take(number) for number in range(min(len(call.inputs), 3))]
    query, value, key = taken if len(taken) > 2 else (*taken, taken[1])
    is_restricted = _allow(call, list(_rules(call, query, value)))
    called = call.module(_constructor(call), _state(call.arrays))
    call.need("HeadAttention")
    weights = call.variable(1) if call.is_used(1) else "_"
    arguments = [query, value, key, *(["allowed"] if is_restricted else [])]
    call.line(f"{call.variable(0)}, {weights} = {called}({', '.join(arguments)})")


def _allow(call: CallWriter, rules: list[str]) -> bool:
    """Write the lines that say which values a step may look at, and return whether there are any.

    Each rule has the axes of the scores, of which those of size 1 hold for all.
    """
    for number, rule in enumerate(rules):
        call.line(f"allowed = {f'allowed & ({rule})' if number else rule}")
    return bool(rules)


def _rules(call: CallWriter, query: str, value: str) -> Iterator[str]:
    """Yield which values may be looked at, with the axes batch, heads, queries, values."""
    layer: Any = call.layer
    if len(call.inputs) > 3:
        given = f"{call.take(3, as_float=False)} != 0"
        yield given if len(call.inputs[3].shape) == 3 else f"({given}).unsqueeze(1)"
    places = ("[:, None, :, None]", "[:, None, None]", "[:, None, None]")
    for number, place in enumerate(places[: len(call.inputs)]):
        mask = call.mask(number)
        # Keys are often the values.
        if mask and (number < 2 or mask != call.mask(1)):
            yield f"{mask}{place}"
    if layer.use_causal_mask:
        yield _earlier(call, query, value)
    if layer.sliding_window is not None:
        call.line(f"steps = torch.arange({query}.shape[1], device={query}.device).unsqueeze(1)")
        call.line(f"places = torch.arange({value}.shape[1], device={value}.device)")
        yield f"(steps - places).abs() < {layer.sliding_window}"


def _constructor(call: CallWriter) -> str:
    layer: Any = call.layer
    sizes = [call.arrays[f"{name}/kernel"] for name in ("query", "value", "key")]
    (_, count, size), (_, shared, value_size), _ = (kernel.shape for kernel in sizes)
    arguments = [str(kernel.shape[0]) for kernel in sizes]
    arguments += [str(call.outputs[0].shape[-1]), f"heads={count}", f"shared={shared}"]
    arguments += [f"size={size}", f"value_size={value_size}"]
    if not layer.use_bias:
        arguments.append("bias=False")
    if layer.use_gate:
        arguments.append("gate=True")
    if layer.dropout:
        arguments.append(f"dropout={layer.dropout}")
    if layer.dropout or call.is_ever_used(1):
        # Here the engine's two ways of computing differ, and so do Keras'.
        arguments.append("nothing=True")
    return f"HeadAttention({', '.join(arguments)})"


def _state(arrays: Any) -> dict[str, Array]:
    """Return kernels and biases with all axes that are made in one."""
    state = {}
    for path, array in arrays.items():
        name, _, part = path.partition("/")
        made = "result" if name == "attention_output" else name
        if part == "bias":
            state[f"{made}.bias"] = array.reshape(-1)
        else:
            rows = array.shape[0] * (array.shape[1] if made == "result" else 1)
            state[f"{made}.weight"] = array.reshape(rows, -1).T
    return state
