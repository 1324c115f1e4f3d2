"""Tensors as the parts of a safetensors file, none of them copied. Imports torch.

The library makes a file of copies, in memory. A checkpoint is written while a training holds its
weights, their gradients and the optimizer's state, so that two more copies would be its peak.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import torch
from torch import Tensor

DTYPES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}
ALIGNMENT = 8
"""Data begins at a multiple of this many bytes."""


def tensor_parts(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> list[memoryview]:
    """Return the parts of a safetensors file: its header, then the bytes of each tensor.

    Tensors on another device, or not contiguous, are copied one by one; the others are views.

    Args:
        tensors: Tensors by name, on any device.
        metadata: Words in the file's header.

    Source: https://github.com/huggingface/safetensors, section Format.
    """
    # the widest numbers first, so that each begins at a multiple of its own size
    names = sorted(tensors, key=lambda name: (-tensors[name].element_size(), name))
    header: dict[str, object] = {"__metadata__": dict(metadata)}
    place = 0
    for name in names:
        tensor = tensors[name]
        size = tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": DTYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [place, place + size],
        }
        place += size
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    start = len(text).to_bytes(8, "little") + text
    return [memoryview(start), *_data(tensors[name] for name in names)]


def _data(tensors: Iterator[Tensor]) -> Iterator[memoryview]:
    for tensor in tensors:
        flat = tensor.detach().cpu().contiguous().reshape(-1)
        yield flat.view(torch.uint8).numpy().data
