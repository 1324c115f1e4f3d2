"""What a network ends with: the activation that makes an output. Imports no torch."""

from __future__ import annotations

from flowengine.network import NetworkSpec

WRAPPERS = ("layer.spectral_normalization", "layer.time_distributed")
"""Layers that give what the layer within them gives."""

SHAPING = ("activity_regularization", "identity", "flatten", "reshape")
"""Layers that leave values as they are and in their order."""

MOVING = (
    "permute",
    "global_average_pooling1d",
    "global_average_pooling2d",
    "global_average_pooling3d",
)
"""Layers that make probabilities of single values into such, and of a whole row into others."""

OVER_ROWS = ("softmax", "log_softmax", "sparsemax")
"""Activations whose values belong together along the last axis."""

SCORING = ("reversible_embedding",)
"""Layers that end a network with a score of each unit, as a dense layer without activation."""


def final_activation(spec: NetworkSpec, tensor: str) -> str:
    """Return the name of the activation that makes a tensor, ``linear`` where there is none.

    A layer that is none bears its own name; what lies within a wrapper, or is only put into another
    shape behind it, is found.
    """
    call = next((call for call in spec.calls.values() if tensor in call.outputs), None)
    if call is None:
        return "linear"
    layer = spec.layers[call.layer]
    while layer.__type_id__ in WRAPPERS:
        layer = getattr(layer, "layer")  # noqa: B009  # for a type checker
    own = layer.__type_id__.rpartition(".")[2]
    if own in SCORING:
        return "linear"
    if own in (*SHAPING, *MOVING):
        before = final_activation(spec, call.inputs[0])
        ends = (spec.tensors[one].shape[-1:] for one in (call.inputs[0], tensor))
        keeps_rows = own in SHAPING and len(set(ends)) == 1
        return before if before not in OVER_ROWS or keeps_rows else own
    return str(getattr(layer, "activation", None) or own)
