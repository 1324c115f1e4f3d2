"""The whole program: the module, and how its weights are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flowengine import ConfigureError, NetworkSpec
from flowengine_nodes.network._keras.cudnn import without_cudnn
from flowengine_nodes.network._script.helpers import HELPERS
from flowengine_nodes.network._script.module import ModuleWriter, module_text

if TYPE_CHECKING:
    import numpy as np

PROGRAM = '''"""A network, written by flowengine. Needs PyTorch and nothing else.

Images, sequences and volumes come and go with their channels last; inside, PyTorch has them first.

    network = load()
    result = network({arguments})
"""

from __future__ import annotations

import json
{callables}from pathlib import Path

import torch
{functional}from torch import Tensor, nn

WEIGHTS = Path(__file__).with_name("{weights}")


{helpers}{module}


def load(path: Path = WEIGHTS) -> {name}:
    """Return the network with its weights, ready to compute."""
    network = {name}()
    network.load_state_dict(read_weights(path))
    return network.eval()


def read_weights(path: Path) -> dict[str, Tensor]:
    """Return the tensors of a safetensors file: a header in JSON, then the values."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    types = {{"F32": torch.float32, "I64": torch.int64}}
    tensors = {{}}
    for name, entry in json.loads(data[8:start]).items():
        if name != "__metadata__":
            begin, end = entry["data_offsets"]
            values = bytearray(data[start + begin : start + end])
            tensor = torch.frombuffer(values, dtype=types[entry["dtype"]])
            tensors[name] = tensor.reshape(entry["shape"])
    return tensors


if __name__ == "__main__":
    print(load())
'''


def program(
    spec: NetworkSpec,
    weights: Mapping[str, Mapping[str, np.ndarray[Any, Any]]],
    *,
    class_name: str,
    weights_file: str,
) -> tuple[str, bytes]:
    """Return the program's text, and the bytes of its file of weights.

    Args:
        spec: The network.
        weights: Weights by layer.
        class_name: Name of the module's class.
        weights_file: Name of the file of weights, beside the program.

    Raises:
        ConfigureError: A layer has no form in PyTorch.
    """
    import numpy as np
    from safetensors.numpy import save

    if class_name in HELPERS:
        raise ConfigureError(
            f'"{class_name}" is the name of a class that such programs have; choose another name',
            setting="class_name",
        )
    writer = ModuleWriter(*without_cudnn(spec, weights))
    module = module_text(writer, class_name, spec)
    needed = [text for name, text in HELPERS.items() if name in writer.helpers]
    body = "\n".join([*needed, module])
    text = PROGRAM.format(
        callables="from collections.abc import Callable\n" if "Callable" in body else "",
        helpers="".join(f"{text}\n\n" for text in needed),
        arguments=", ".join(writer.arguments.values()),
        functional="import torch.nn.functional as F\n" if "F." in body else "",
        weights=weights_file,
        module=module,
        name=class_name,
    )
    return text, save({name: np.asarray(array, order="C") for name, array in writer.state.items()})
