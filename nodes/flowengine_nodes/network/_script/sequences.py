"""Layers over sequences that are not recurrent: embedding, masking."""

from __future__ import annotations

from typing import Any

from flowengine_nodes.network._script.call import CallWriter


def embedding(call: CallWriter) -> None:
    """Embedding."""
    layer: Any = call.layer
    called = _vectors(call)
    tokens = call.take(as_float=False)
    if layer.mask_zero and call.passes_mask:
        call.new_mask(f"{tokens} != 0")
    call.give(f"{called}({tokens}.long())")


def reversible_embedding(call: CallWriter) -> None:
    """ReversibleEmbedding: vectors of whole numbers, or scores of vectors."""
    layer: Any = call.layer
    if "int" in call.inputs[0].dtype:
        embedding(call)
        return
    x, called = call.take(), _vectors(call)
    own = layer.tie_weights
    scores = f"{x} @ {f'{called}.weight.T' if own else call.parameter('reverse_embeddings')}"
    cap = layer.logit_soft_cap
    call.give(scores if cap is None else f"{cap} * torch.tanh(({scores}) / {cap})")


def _vectors(call: CallWriter) -> str:
    layer: Any = call.layer
    return call.module(
        f"nn.Embedding({layer.input_dim}, {layer.output_dim})",
        {"weight": call.arrays["embeddings"]},
    )


def masking(call: CallWriter) -> None:
    """Masking: the mask is wanted by the layer itself, too."""
    layer: Any = call.layer
    x = call.take()
    mask = call.new_mask(f"({x} != {layer.mask_value}).any(-1)")
    call.give(f"{x} * {mask}.unsqueeze(-1)")
