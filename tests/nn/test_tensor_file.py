"""Tensors laid out as safetensors does, so that the library reads what a training wrote."""

from __future__ import annotations

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load, save

from flowengine.nn.tensor_file import DTYPES, tensor_parts


def bytes_of(tensors: dict[str, torch.Tensor], **metadata: str) -> bytes:
    return b"".join(tensor_parts(tensors, metadata))


@pytest.mark.parametrize("dtype", DTYPES, ids=str)
def test_every_type_is_read_by_the_library(dtype: torch.dtype) -> None:
    tensors = {"a": torch.arange(6).reshape(2, 3).to(dtype), "b": torch.ones((), dtype=dtype)}
    read = load(bytes_of(tensors))
    assert read.keys() == tensors.keys()
    for name, tensor in tensors.items():
        assert read[name].dtype == dtype
        assert torch.equal(read[name], tensor)


def test_mixed_types_empty_ones_views_and_strange_names() -> None:
    tensors = {
        "bytes": torch.arange(3, dtype=torch.uint8),
        "wide": torch.randn(2, dtype=torch.float64),
        "none": torch.zeros(0, 4),
        "größe/kernel": torch.randn(4, 6)[:, ::2],
        "last": torch.randn(2, 3, 4, 5).to(memory_format=torch.channels_last),
    }
    read = load(bytes_of(tensors))
    assert all(torch.equal(read[name], tensor) for name, tensor in tensors.items())


def test_the_metadata_and_the_layout_are_the_librarys(tmp_path: object) -> None:
    tensors = {"b": torch.randn(3, 2), "a": torch.arange(5, dtype=torch.int64)}
    written = bytes_of(tensors, note="ä")
    start = 8 + int.from_bytes(written[:8], "little")
    theirs = save(tensors)
    assert written[start:] == theirs[8 + int.from_bytes(theirs[:8], "little") :]
    path = f"{tmp_path}/file.safetensors"
    with open(path, "wb") as file:
        file.write(written)
    with safe_open(path, "pt") as opened:
        assert opened.metadata() == {"note": "ä"}


def test_contiguous_tensors_are_not_copied() -> None:
    tensor = torch.zeros(8)
    header, data = tensor_parts({"a": tensor}, {})
    tensor += 1
    assert load(bytes(header) + bytes(data))["a"].tolist() == [1.0] * 8
