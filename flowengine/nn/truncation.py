"""Truncated back-propagation through time: which networks can be trained piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flowengine.errors import ConfigureError, listing
from flowengine.layer import BaseLayer
from flowengine.network import NetworkSpec
from flowengine.network_surgery import called, needed_calls
from flowengine.tensor import TensorSpec

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
    shorter = _check_layers(spec, steps)
    lengths = {spec.tensors[tensor].shape[0] for tensor in spec.inputs.values()}
    answers = {name: spec.tensors[spec.outputs[name]].shape for name in outputs}
    sequences = [name for name, shape in answers.items() if len(shape) > 1 and shape[0] in lengths]
    if sequences and len(sequences) < len(answers):
        others = [name for name in answers if name not in sequences]
        raise _refusal(
            f"{listing(sequences)} answer at every step and {listing(others)} only at the end"
        )
    for name in sequences:
        if shorter[spec.outputs[name]].shape[0] != steps:
            raise _refusal(f'output "{name}" does not follow the window step by step')
    return bool(sequences)


def _check_layers(spec: NetworkSpec, steps: int) -> dict[str, TensorSpec]:
    """Refuse layers that need all steps at once, and return the tensors of a piece."""
    for name, tensor in spec.inputs.items():
        if not spec.tensors[tensor].shape:
            raise _refusal(f'input "{name}" is no sequence')
    shorter = {
        tensor: replace(spec.tensors[tensor], shape=(steps, *spec.tensors[tensor].shape[1:]))
        for tensor in spec.inputs.values()
    }
    in_pieces = bool(_steps(spec.tensors, shorter, spec.inputs.values()))
    for id_, call in needed_calls(spec).items():
        try:
            made = called(spec, {id_: call}, shorter)
            inputs = [shorter[one] for one in call.inputs]
            weights = spec.layers[call.layer].weights(*inputs)
        except ConfigureError as error:
            raise _refusal(f'layer "{call.layer}" needs the whole window: {error}') from error
        whole = spec.weights_of(call.layer)
        is_recurrent = "recurrent_kernel" in weights
        before = _steps(spec.tensors, shorter, call.inputs)
        behind = _steps(spec.tensors, made, call.outputs)
        if any(weight.shape != whole[name].shape for name, weight in weights.items()) or (
            not is_recurrent and before and _mixes(spec.layers[call.layer], before, behind)
        ):
            raise _refusal(f'layer "{call.layer}" needs the whole window')
        if is_recurrent and in_pieces and not before:
            raise _refusal(f'layer "{call.layer}" goes over other steps than those of the window')
        shorter |= made
    return shorter


def _steps(
    whole: Mapping[str, TensorSpec], shorter: Mapping[str, TensorSpec], names: Iterable[str]
) -> set[tuple[int, int | None]]:
    """Return the axes that get shorter with the window, and their sizes."""
    return {
        (axis, size)
        for name in names
        for axis, size in enumerate(shorter[name].shape)
        if size != whole[name].shape[axis]
    }


def _mixes(
    layer: BaseLayer, before: set[tuple[int, int | None]], behind: set[tuple[int, int | None]]
) -> bool:
    """Return whether a layer looks beyond each step, other than at the last one."""
    if behind != before:
        return (getattr(layer, "axis", None), getattr(layer, "start", None)) != (1, -1)
    windows = [getattr(layer, name, ()) for name in ("kernel_size", "pool_size")]
    return any(isinstance(size, tuple) and size[:1] > (1,) for size in windows)


def _refusal(reason: str) -> ConfigureError:
    return ConfigureError(
        f"this network cannot be trained in pieces of a window: {reason}", setting=SETTING
    )
