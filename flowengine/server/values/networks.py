"""Networks as people look at them: their layers in order, before and after training."""

from __future__ import annotations

from flowengine.network import NetworkSpec
from flowengine.server.wire.value import LayerLine, NetworkView


def network_view(spec: NetworkSpec, *, trained: bool) -> NetworkView:
    """Return a network as a list of what it computes.

    A layer that is applied several times has a line for each; its parameters count in the first.

    Args:
        spec: The network's description.
        trained: Whether all its layers have weights.
    """
    lines, seen = [], set()
    for name, call in spec.calls.items():
        layer = spec.layers[call.layer]
        inputs = [spec.tensors[tensor] for tensor in call.inputs]
        lines.append(
            LayerLine(
                name=name,
                type=layer.__type_id__,
                title=layer.__node__.title,
                shape=" · ".join(str(spec.tensors[tensor]) for tensor in call.outputs),
                parameters=0 if call.layer in seen else spec.parameters_of(call.layer),
                flops=layer.flops(*inputs),
                frozen=call.layer in spec.frozen,
            )
        )
        seen.add(call.layer)
    return NetworkView(
        inputs={name: str(spec.tensors[tensor]) for name, tensor in spec.inputs.items()},
        outputs={name: str(spec.tensors[tensor]) for name, tensor in spec.outputs.items()},
        parameters=spec.parameters,
        trainable=spec.trainable_parameters,
        flops=spec.flops,
        trained=trained,
        layers=tuple(lines),
    )
