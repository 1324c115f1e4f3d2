"""State dicts of PyTorch modules: read from a file, and laid out as our layers want them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowengine import DataError, NetworkSpec
from flowengine.errors import listing
from flowengine.nn.foreign import PYTORCH, WEIGHTS, foreign_sentence

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

NAMES = {
    "kernel": "weight",
    "bias": "bias",
    "gamma": "weight",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
    "embeddings": "weight",
    "alpha": "weight",
}
"""Name in a state dict for each name of a weight; other weights have no counterpart there."""

WRAPPERS = ("state_dict", "model_state_dict", "model")
"""Keys under which training scripts put the state dict into their checkpoints."""

COUNTER = "num_batches_tracked"

FLATTEN = "layer.flatten"


def read_state_dict(path: Path) -> dict[str, Array]:
    """Return the arrays of a ``.safetensors`` or a ``.pt`` file by key.

    Nothing in a file is executed: of a ``.pt`` file only tensors are read.

    Raises:
        DataError: It is no such file, is damaged, or holds more than tensors.
    """
    import torch

    told = foreign_sentence(path, own=(WEIGHTS, PYTORCH))
    if told is not None:
        raise DataError(told)
    tensors = _load_safetensors(path) if path.suffix == ".safetensors" else _load_pt(path)
    for wrapper in WRAPPERS:
        if isinstance(tensors.get(wrapper), dict):
            tensors = tensors[wrapper]
    others = [str(key) for key, value in tensors.items() if not isinstance(value, torch.Tensor)]
    if others or not tensors:
        raise DataError(
            f'"{path.name}" holds no state dict: {listing(others) if others else "it is empty"}'
            f"{' are no tensors' if others else ''}"
        )
    for key, value in tensors.items():
        if not _is_plain(value):
            raise DataError(
                f'"{key}" in "{path.name}" is no plain tensor of real numbers, but sparse, '
                f"quantized, complex, spread or without values; save the weights as they are "
                f"trained, on the CPU"
            )
    return {
        str(key).removeprefix("module."): value.detach().float().numpy()
        for key, value in tensors.items()
        if not str(key).endswith(COUNTER)
    }


def _is_plain(value: Any) -> bool:
    """Return whether a tensor's values all stand in the file, one beside the other."""
    import torch

    if value.layout != torch.strided or value.device.type == "meta" or value.is_quantized:
        return False
    # A spread tensor shows few values as many, which would fill the memory.
    is_whole = value.numel() * value.element_size() <= value.untyped_storage().nbytes()
    return is_whole and not value.is_complex()


def _load_safetensors(path: Path) -> dict[Any, Any]:
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return dict(load_file(path))
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise DataError(f'"{path.name}" is no safetensors file, or damaged: {error}') from None


def _load_pt(path: Path) -> dict[Any, Any]:
    import torch

    try:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # whatever a damaged or hostile file makes of the reader
        if type(error).__name__ == "UnpicklingError":
            raise DataError(
                f'"{path.name}" is damaged, or holds more than weights (a whole module, code), '
                f"which is not read; save the state_dict() of the module instead"
            ) from None
        raise DataError(f'"{path.name}" is no file of PyTorch, or damaged') from None
    if not isinstance(loaded, dict):
        raise DataError(f'"{path.name}" holds a {type(loaded).__name__}, not a state dict')
    return loaded


@dataclass(frozen=True)
class Match:
    """Which module of a state dict is which layer.

    Args:
        modules: Name of the module by name of the layer.
        missing: Layers that have weights, but no module.
        unused: Modules that are no layer.
    """

    modules: Mapping[str, str]
    missing: tuple[str, ...]
    unused: tuple[str, ...]


def match_layers(spec: NetworkSpec, keys: Iterable[str]) -> Match:
    """Find the layer of each module of a state dict by its name.

    ``layer1.0.conv1`` is ``layer1_0/conv1``, inside of whatever component fits most modules; layers
    outside of it are none of the state dict's business.
    """
    modules = {_plain(name): name for name in (key.rpartition(".")[0] for key in keys)}
    layers = [name for name in spec.layers if spec.weights_of(name)]
    parts = {"", *(name[:place] for name in layers for place in _slashes(name))}
    found: dict[str, str] = {}
    inside = layers
    for part in sorted(parts, key=len):
        below = [name for name in layers if not part or name.startswith(f"{part}/")]
        fitting = {
            name: modules[short]
            for name in below
            if (short := _plain(name[len(part) :].removeprefix("/"))) in modules
        }
        if len(fitting) > len(found):
            found, inside = fitting, below
    used = set(found.values())
    return Match(
        found,
        tuple(name for name in inside if name not in found),
        tuple(name for name in modules.values() if name not in used),
    )


def layer_arrays(
    spec: NetworkSpec, layer: str, module: str, state: Mapping[str, Array]
) -> dict[str, Array]:
    """Return the weights of a layer in Keras' names and layouts.

    Raises:
        DataError: One is missing or has another shape, or the layer has no counterpart.
    """
    import numpy as np

    arrays = {}
    for name, weight in spec.weights_of(layer).items():
        key = f"{module}.{NAMES.get(name, name)}"
        array = state.get(key)
        if array is None:
            raise DataError(f'the state dict has no "{key}" for layer "{layer}"')
        axes = weight.axes or tuple(range(len(weight.shape)))
        wanted = tuple(weight.shape[axis] for axis in axes)
        if array.shape != wanted:
            raise DataError(
                f'"{key}" is {_times(array.shape)}; layer "{layer}" needs {_times(wanted)}'
            )
        image = _flattened(spec, layer) if name == "kernel" else None
        if image is not None:
            # PyTorch flattens channels first, we channels last.
            height, width, channels = image
            array = array.reshape(-1, channels, height, width).transpose(0, 2, 3, 1)
            array = array.reshape(wanted)
        arrays[name] = np.ascontiguousarray(array.transpose(np.argsort(axes)), np.float32)
    return arrays


def _flattened(spec: NetworkSpec, layer: str) -> tuple[int, ...] | None:
    """Return the shape of the image that a dense layer sees flattened, or nothing."""
    makers = {call.outputs[0]: call for call in spec.calls.values()}
    call = next(call for call in spec.calls.values() if call.layer == layer)
    while (maker := makers.get(call.inputs[0])) is not None and len(maker.inputs) == 1:
        before = spec.tensors[maker.inputs[0]].shape
        if spec.layers[maker.layer].__type_id__ == FLATTEN:
            sizes = tuple(size for size in before if size is not None)
            return sizes if len(sizes) == len(before) == 3 else None
        if before != spec.tensors[maker.outputs[0]].shape:
            return None
        call = maker
    return None


def _plain(name: str) -> str:
    return re.sub(r"[/_]", ".", name)


def _slashes(name: str) -> list[int]:
    return [place for place, sign in enumerate(name) if sign == "/"]


def _times(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "a scalar"
