"""A network in two parts: what an input changes, and what stays as it is whatever comes there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flowengine.errors import ConfigureError
from flowengine.network import Call, NetworkSpec
from flowengine.network_surgery import layers_of, needed_calls


@dataclass(frozen=True)
class Division:
    """A network in two parts, the second of which an input changes.

    Args:
        before: What needs nothing of the input. Its outputs are what the second part takes, each
            under the name of its tensor; there may be none.
        after: What the input changes. Its inputs, also under their tensors' names, are that input,
            first, and the outputs of the other part.
    """

    before: NetworkSpec
    after: NetworkSpec


def divide(spec: NetworkSpec, name: str) -> Division:
    """Return a network in two parts, so that the first can be computed once for many values.

    Args:
        spec: The network.
        name: The input.

    Raises:
        ConfigureError: No output needs the input, or one needs nothing of it.
    """
    start = spec.inputs[name]
    changed = {start}
    before, after = dict[str, Call](), dict[str, Call]()
    for place, call in needed_calls(spec).items():
        is_changed = not changed.isdisjoint(call.inputs)
        (after if is_changed else before)[place] = call
        if is_changed:
            changed.update(call.outputs)
    for output, tensor in spec.outputs.items():
        if tensor not in changed:
            raise ConfigureError(f'the output "{output}" does not depend on the input "{name}"')
    read = dict.fromkeys(tensor for call in after.values() for tensor in call.inputs)
    taken = {tensor: tensor for tensor in read if tensor not in changed}
    needed = {tensor for call in before.values() for tensor in call.inputs}.union(taken)
    given = {own: tensor for own, tensor in spec.inputs.items() if tensor in needed}
    return Division(
        before=_part(spec, before, given, taken),
        after=_part(spec, after, {start: start, **taken}, spec.outputs),
    )


def _part(
    spec: NetworkSpec,
    calls: Mapping[str, Call],
    inputs: Mapping[str, str],
    outputs: Mapping[str, str],
) -> NetworkSpec:
    layers = layers_of(spec, calls.values())
    known = {*inputs.values(), *(tensor for call in calls.values() for tensor in call.outputs)}
    return replace(
        spec,
        layers=layers,
        calls=calls,
        tensors={name: tensor for name, tensor in spec.tensors.items() if name in known},
        inputs=inputs,
        outputs=outputs,
        frozen=spec.frozen & layers.keys(),
        binding=None,
    )
