"""Layers over sequences that are not recurrent: embedding, masking, one-hot."""

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
    tokens = call.take(as_float=False)
    if layer.mask_zero and call.passes_mask:
        call.new_mask(f"{tokens} != 0")
    call.give(f"{called}({tokens}.long())")


def one_hot(call: CallWriter) -> None:
    """One-Hot; numbers beyond the classes give zeros only."""
    layer: Any = call.layer
    x = call.take(as_float=False)
    places = f"torch.arange({layer.num_classes}, device={x}.device)"
    whole = f"{x}.long()" if "float" in call.inputs[0].dtype else x
    call.give(f"({whole}.unsqueeze(-1) == {places}).float()")


def masking(call: CallWriter) -> None:
    """Masking: the mask is wanted by the layer itself, too."""
    layer: Any = call.layer
    x = call.take()
    mask = call.new_mask(f"({x} != {layer.mask_value}).any(-1)")
    call.give(f"{x} * {mask}.unsqueeze(-1)")
