"""Bases of layer nodes: nodes from network to network.

A layer's author writes settings and three pure-Python answers: ``outputs`` (shapes), ``weights``
and ``flops``; and ``build``, the only place that imports torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flowengine.context import ConfigureContext, Context
from flowengine.errors import ConfigureError
from flowengine.network import Network, NetworkSpec
from flowengine.node import Node
from flowengine.tensor import TensorSpec, Weight

if TYPE_CHECKING:
    import torch


class BaseLayer(Node):
    """What all layers answer, whatever their ports are."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec | tuple[TensorSpec, ...]:
        """Return the spec of the output tensor, or one for each of ``output_names``.

        Raises:
            ConfigureError: The layer cannot take these inputs.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method outputs(self, *inputs)")

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        """Return the weights under Keras' names; none by default."""
        return {}

    def flops(self, *inputs: TensorSpec) -> int:
        """Return the floating-point operations of one row; 0 by default."""
        return 0

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        """Return a torch module whose parameters and buffers are named like ``weights``.

        Its ``forward(*inputs, mask=None)`` takes and returns tensors with the batch first and
        channels last.
        """
        raise NotImplementedError(f"{type(self).__name__} needs a method build(self, *inputs)")

    @classmethod
    def output_names(cls) -> tuple[str, ...]:
        """Return the names of the output tensors; the first is the layer's own."""
        return ("out",)

    def output_specs(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        """Return ``outputs`` as a tuple, whatever their number."""
        specs = self.outputs(*inputs)
        return (specs,) if isinstance(specs, TensorSpec) else specs


class Layer(BaseLayer):
    """Base of layers that take one tensor."""

    def configure(self, network: NetworkSpec, ctx: ConfigureContext) -> NetworkSpec:
        """Return the network with this layer behind its output."""
        return network.apply(ctx.node, self)

    def execute(self, network: Network, ctx: Context) -> Network:
        """Return the network with this layer behind its output; touches no tensor."""
        return network.with_spec(network.spec.apply(ctx.node, self))


class MergeLayer(BaseLayer):
    """Base of layers that take several tensors, in the order of their connections."""

    def configure(self, network: list[NetworkSpec], ctx: ConfigureContext) -> NetworkSpec:
        """Return the union of the networks with this layer behind their outputs."""
        merged = network[0]
        for other in network[1:]:
            merged = merged.merge(other)
        return merged.apply(ctx.node, self, [one.output for one in network])

    def execute(self, network: list[Network], ctx: Context) -> Network:
        """Return the union of the networks with this layer behind their outputs."""
        merged = network[0]
        for other in network[1:]:
            merged = merged.merge(other)
        tensors = [one.spec.output for one in network]
        return merged.with_spec(merged.spec.apply(ctx.node, self, tensors))


def require_rank(inputs: Sequence[TensorSpec], rank: int, axes: str) -> TensorSpec:
    """Return the first input where it has ``rank`` dimensions (named by ``axes``).

    Raises:
        ConfigureError: It has another number of dimensions.
    """
    tensor = inputs[0]
    if len(tensor.shape) != rank:
        raise ConfigureError(
            f"this layer needs an input of {rank} dimensions ({axes}); it gets {tensor}"
        )
    return tensor
