"""Truncated back-propagation through time: which networks can be trained piece by piece."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from flowengine.errors import ConfigureError, listing
from flowengine.network import NetworkSpec
from flowengine.network_surgery import called, needed_calls

SETTING = "truncated_bptt"


def check_truncation(spec: NetworkSpec, outputs: Iterable[str], steps: int) -> bool:
    """Check that a network can be trained in pieces of a window.

    Args:
        spec: The network.
        outputs: Names of the outputs that are trained.
        steps: Steps of a piece.

    Returns:
        Whether the outputs answer at every step; else they answer at the end of a window.

    Raises:
        ConfigureError: It cannot; names the layer.
    """
    needed = needed_calls(spec)
    recurrent = False
    for call in needed.values():
        weights = spec.layers[call.layer].weights(*(spec.tensors[one] for one in call.inputs))
        if any(name.endswith("/recurrent_kernel") for name in weights) or (
            "recurrent_kernel" in weights
            and getattr(spec.layers[call.layer], "go_backwards", False)
        ):
            raise _refusal(f'layer "{call.layer}" begins at the end of a window')
        if "recurrent_kernel" in weights and len(call.inputs) > 1:
            raise _refusal(f'layer "{call.layer}" gets its first state from another layer')
        recurrent = recurrent or "recurrent_kernel" in weights
    if not recurrent:
        raise _refusal("it has no recurrent layer whose state could be carried")
    _check_layers(spec, steps)
    lengths = {spec.tensors[tensor].shape[0] for tensor in spec.inputs.values()}
    answers = {name: spec.tensors[spec.outputs[name]].shape for name in outputs}
    sequences = [name for name, shape in answers.items() if len(shape) > 1 and shape[0] in lengths]
    if sequences and len(sequences) < len(answers):
        others = [name for name in answers if name not in sequences]
        raise _refusal(
            f"{listing(sequences)} answer at every step and {listing(others)} only at the end"
        )
    return bool(sequences)


def _check_layers(spec: NetworkSpec, steps: int) -> None:
    """Refuse layers that need all steps at once: those that would change with their number."""
    for name, tensor in spec.inputs.items():
        if not spec.tensors[tensor].shape:
            raise _refusal(f'input "{name}" is no sequence')
    shorter = {
        tensor: replace(spec.tensors[tensor], shape=(steps, *spec.tensors[tensor].shape[1:]))
        for tensor in spec.inputs.values()
    }
    for id_, call in needed_calls(spec).items():
        try:
            made = called(spec, {id_: call}, shorter)
            inputs = [shorter[one] for one in call.inputs]
            weights = spec.layers[call.layer].weights(*inputs)
        except ConfigureError as error:
            raise _refusal(f'layer "{call.layer}" needs the whole window: {error}') from error
        whole = spec.weights_of(call.layer)
        if any(weight.shape != whole[name].shape for name, weight in weights.items()):
            raise _refusal(f'layer "{call.layer}" needs the whole window')
        shorter |= made


def _refusal(reason: str) -> ConfigureError:
    return ConfigureError(
        f"this network cannot be trained in pieces of a window: {reason}", setting=SETTING
    )
