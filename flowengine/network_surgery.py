"""Networks taken apart and put together: cut, applied, collected, frozen, renamed.

All of it works on descriptions; weights stay where they are.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flowengine.binding import Binding
from flowengine.errors import ConfigureError, listing, suggest
from flowengine.network import Call, Network, NetworkSpec
from flowengine.tensor import TensorSpec

if TYPE_CHECKING:
    from flowengine.layer import BaseLayer


def needed_calls(spec: NetworkSpec, stop: Iterable[str] = ()) -> dict[str, Call]:
    """Return the calls that lead to an output, in order; tensors in ``stop`` need none."""
    stop = set(stop)
    wanted = set(spec.outputs.values()) - stop
    calls = {}
    for name, call in reversed(list(spec.calls.items())):
        if wanted.intersection(call.outputs):
            calls[name] = call
            wanted.update(tensor for tensor in call.inputs if tensor not in stop)
    return dict(reversed(calls.items()))


def cut(spec: NetworkSpec, inputs: Sequence[str], outputs: Sequence[str]) -> NetworkSpec:
    """Return the part of a network between tensors.

    Args:
        spec: The network.
        inputs: Tensors that become inputs; what leads to them is dropped.
        outputs: Tensors (or names of outputs) that become the outputs; the network's own outputs
            if there are none.

    Raises:
        ConfigureError: There is no such tensor, no output needs one of the inputs, or what computes
            one of them is needed all the same.
    """
    starts = [_tensor(spec, name, spec.inputs, "inputs") for name in inputs]
    ends = {name: _tensor(spec, name, spec.outputs, "outputs") for name in outputs}
    wanted = replace(spec, outputs=ends or spec.outputs)
    calls = needed_calls(wanted, starts)
    read = {tensor for call in calls.values() for tensor in call.inputs}
    read.update(wanted.outputs.values())
    for name, tensor in zip(inputs, starts, strict=True):
        if tensor not in read:
            raise ConfigureError(
                f'no output needs "{name}"; the outputs are {listing(wanted.outputs)}',
                setting="inputs",
            )
    # A layer with several outputs would compute anew what is to come from outside.
    for call in calls.values():
        for tensor in call.outputs:
            if tensor in starts:
                others = sorted(read.intersection(call.outputs).difference(starts))
                raise ConfigureError(
                    f'"{tensor}" cannot come from outside, for layer "{call.layer}", which '
                    f"computes it, is still needed for {listing(others)}; name {listing(others)} "
                    f"as inputs too, or other outputs",
                    setting="inputs",
                )
    own = {tensor: name for name, tensor in spec.inputs.items()}
    # A tensor that comes from outside comes without a mask.
    tensors = {
        tensor: spec.tensors[tensor]
        if tensor in own
        else replace(spec.tensors[tensor], masked=False)
        for tensor in [*(one for one in spec.inputs.values() if one in read), *starts]
    }
    return NetworkSpec(
        layers=layers_of(spec, calls.values()),
        calls=calls,
        tensors=tensors | called(spec, calls, tensors),
        inputs={own.get(tensor, tensor): tensor for tensor in tensors},
        outputs=wanted.outputs,
        frozen=spec.frozen & {call.layer for call in calls.values()},
    )


def apply_network(
    name: str, spec: NetworkSpec, target: NetworkSpec, feeds: Mapping[str, str]
) -> NetworkSpec:
    """Return ``target`` with another network called on some of its tensors.

    Layers keep their names, so that a network applied twice is one set of layers; calls and
    tensors get names below ``name``.

    Args:
        name: Name of this application.
        spec: The network that is applied.
        target: The network it is applied to, with all layers of ``spec`` merged in.
        feeds: Tensor of ``target`` for each input of ``spec`` that an output needs.

    Raises:
        ConfigureError: A tensor does not fit its input, or a name is taken.
    """
    if any(tensor == name or tensor.startswith(f"{name}/") for tensor in target.tensors):
        raise ConfigureError(f'the network has tensors called "{name}" already; rename this node')
    renamed = {}
    for given, tensor in feeds.items():
        _check_fit(given, spec.tensors[spec.inputs[given]], tensor, target.tensors[tensor])
        renamed[spec.inputs[given]] = tensor
    calls = {}
    for id_, call in needed_calls(spec).items():
        renamed |= {tensor: f"{name}/{tensor}" for tensor in call.outputs}
        calls[f"{name}/{id_}"] = Call(
            call.layer,
            tuple(renamed[tensor] for tensor in call.inputs),
            tuple(renamed[tensor] for tensor in call.outputs),
        )
    tensors = called(spec, calls, target.tensors)
    _check_weights(spec, calls, {**target.tensors, **tensors})
    single = len(spec.outputs) == 1
    return NetworkSpec(
        layers={**target.layers, **layers_of(spec, calls.values())},
        calls={**target.calls, **calls},
        tensors={**target.tensors, **tensors},
        inputs=target.inputs,
        outputs={
            name if single else f"{name}/{output}": renamed[tensor]
            for output, tensor in spec.outputs.items()
        },
        frozen=target.frozen | (spec.frozen & {call.layer for call in calls.values()}),
    )


def call_again(spec: NetworkSpec, name: str, layer: str) -> NetworkSpec:
    """Return a network with one of its layers called once more, on its output.

    Raises:
        ConfigureError: There is no such layer, its weights do not fit, or the name is taken.
    """
    if layer not in spec.layers:
        raise ConfigureError(
            f'the network has no layer "{layer}".{suggest(layer, spec.layers)} '
            f"It has {listing(spec.layers)}",
            setting="layer",
        )
    if name in spec.tensors:
        raise ConfigureError(f'the network has a "{name}" already; rename this node')
    outputs = (name, *(f"{name}.{port}" for port in spec.layers[layer].output_names()[1:]))
    calls = {name: Call(layer, (spec.output,), outputs)}
    tensors = {**spec.tensors, **called(spec, calls, spec.tensors)}
    _check_weights(spec, calls, tensors)
    return replace(
        spec,
        binding=None,
        calls={**spec.calls, **calls},
        tensors=tensors,
        outputs={name: name},
    )


def needed_inputs(spec: NetworkSpec) -> list[str]:
    """Return the names of the inputs that an output needs."""
    read = {tensor for call in needed_calls(spec).values() for tensor in call.inputs}
    read.update(spec.outputs.values())
    return [name for name, tensor in spec.inputs.items() if tensor in read]


def collect(specs: Sequence[NetworkSpec], names: Sequence[str] = ()) -> NetworkSpec:
    """Return the union of networks with all their outputs.

    Args:
        specs: The networks.
        names: Names of the outputs in order; their own if there are none.

    Raises:
        ConfigureError: Names are missing or used twice, or the networks contradict each other.
    """
    found = [item for spec in specs for item in spec.outputs.items()]
    if names and len(names) != len(found):
        raise ConfigureError(
            f"{len(names)} names for {len(found)} outputs; the outputs that arrive are "
            f"{listing(name for name, _ in found)}",
            setting="names",
        )
    chosen = list(names) or [name for name, _ in found]
    twice = {name for name in chosen if chosen.count(name) > 1}
    if twice:
        raise ConfigureError(
            f"two outputs are called {listing(sorted(twice))}; give each its own name with the "
            f'setting "names"',
            setting="names",
        )
    merged = specs[0]
    for spec in specs[1:]:
        merged = merged.merge(spec)
    return replace(merged, outputs=dict(zip(chosen, (tensor for _, tensor in found), strict=True)))


def freeze(spec: NetworkSpec, patterns: Sequence[str], *, others: bool = False) -> NetworkSpec:
    """Return the network with the layers frozen that match, and all others trainable.

    Args:
        spec: The network.
        patterns: Names of layers; ``*`` stands for anything, ``?`` for one character.
        others: Freeze the layers that do not match, and make those that do trainable.

    Raises:
        ConfigureError: A pattern matches no layer.
    """
    matching: set[str] = set()
    for pattern in patterns:
        found = fnmatch.filter(spec.layers, pattern) if _is_glob(pattern) else [pattern]
        if not found or found[0] not in spec.layers:
            raise ConfigureError(
                f'no layer matches "{pattern}".{suggest(pattern, spec.layers)} '
                f"The network has {listing(spec.layers)}",
                setting="layers",
            )
        matching.update(found)
    frozen = spec.layers.keys() - matching if others else matching
    return replace(spec, frozen=frozenset(frozen))


def refitted(network: Network, spec: NetworkSpec) -> Network:
    """Return the network with another description: weights and binding of what is left of it."""
    binding = network.binding
    if binding is not None:
        binding = Binding(
            {name: feed for name, feed in binding.inputs.items() if name in spec.inputs},
            {name: feed for name, feed in binding.targets.items() if name in spec.outputs},
        )
    weights = {name: digest for name, digest in network.weights.items() if name in spec.layers}
    return replace(network, spec=spec, weights=weights, binding=binding)


def prefixed(network: Network, prefix: str) -> Network:
    """Return the network with ``prefix/`` before the name of each layer, tensor and input."""

    def longer(name: str) -> str:
        return f"{prefix}/{name}"

    spec, binding = network.spec, network.binding
    renamed = NetworkSpec(
        layers={longer(name): layer for name, layer in spec.layers.items()},
        calls={
            longer(name): Call(
                longer(call.layer),
                tuple(map(longer, call.inputs)),
                tuple(map(longer, call.outputs)),
            )
            for name, call in spec.calls.items()
        },
        tensors={longer(name): tensor for name, tensor in spec.tensors.items()},
        inputs={longer(name): longer(tensor) for name, tensor in spec.inputs.items()},
        outputs={longer(name): longer(tensor) for name, tensor in spec.outputs.items()},
        frozen=frozenset(map(longer, spec.frozen)),
    )
    if binding is not None:
        binding = Binding(
            {longer(name): feed for name, feed in binding.inputs.items()},
            {longer(name): feed for name, feed in binding.targets.items()},
        )
    weights = {longer(name): digest for name, digest in network.weights.items()}
    return replace(network, spec=renamed, weights=weights, binding=binding)


def called(
    spec: NetworkSpec, calls: Mapping[str, Call], tensors: Mapping[str, TensorSpec]
) -> dict[str, TensorSpec]:
    """Return the tensors that calls of ``spec``'s layers make, worked out anew."""
    known = dict(tensors)
    made: dict[str, TensorSpec] = {}
    for call in calls.values():
        specs = spec.layers[call.layer].output_specs(*(known[name] for name in call.inputs))
        new = dict(zip(call.outputs, specs, strict=True))
        known |= new
        made |= new
    return made


def _tensor(spec: NetworkSpec, name: str, aliases: Mapping[str, str], setting: str) -> str:
    tensor = aliases.get(name, name)
    if tensor not in spec.tensors:
        known = [*aliases, *spec.tensors]
        raise ConfigureError(
            f'the network has no tensor "{name}".{suggest(name, known)} '
            f"It has {listing(spec.tensors, limit=20)}",
            setting=setting,
        )
    return tensor


def layers_of(spec: NetworkSpec, calls: Iterable[Call]) -> dict[str, BaseLayer]:
    """Return the layers that calls are of, by name."""
    used = {call.layer for call in calls}
    return {name: layer for name, layer in spec.layers.items() if name in used}


def _check_fit(name: str, wanted: TensorSpec, tensor: str, given: TensorSpec) -> None:
    fits = len(wanted.shape) == len(given.shape) and all(
        one is None or two is None or one == two
        for one, two in zip(wanted.shape, given.shape, strict=True)
    )
    if not fits:
        raise ConfigureError(
            f'the input "{name}" of the network that is applied takes {wanted}; '
            f'"{tensor}" is {given}'
        )


def _check_weights(
    spec: NetworkSpec, calls: Mapping[str, Call], tensors: Mapping[str, TensorSpec]
) -> None:
    for call in calls.values():
        here = spec.layers[call.layer].weights(*(tensors[name] for name in call.inputs))
        for name, weight in spec.weights_of(call.layer).items():
            if name not in here or here[name].shape != weight.shape:
                raise ConfigureError(
                    f'layer "{call.layer}" cannot be shared: its weight "{name}" is '
                    f"{weight.shape}, here it would have to be {here[name].shape}"
                )


def _is_glob(pattern: str) -> bool:
    return any(sign in pattern for sign in "*?[")
