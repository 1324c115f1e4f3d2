"""Ports of attention: what is asked, what answers, and what the answers are found by."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Annotated

from flowengine import (
    ConfigureContext,
    ConfigureError,
    Context,
    Network,
    NetworkSpec,
    Port,
    TensorSpec,
)
from flowengine.layer import BaseLayer

QueryPort = Annotated[Network, Port("Network whose output asks: the query, for each step.")]
ValuePort = Annotated[Network, Port("Network whose output answers: the values, for each step.")]
KeyPort = Annotated[
    Network | None, Port("Network whose output the values are found by; by default the values.")
]
MaskPort = Annotated[
    Network | None,
    Port("Network whose output says which values a query may look at: [queries, values]."),
]


class AttentionLayer(BaseLayer):
    """What layers share that take several tensors at ports of their own."""

    def spec_behind(self, name: str, inputs: Sequence[NetworkSpec]) -> NetworkSpec:
        """Return the union of the networks with this layer behind their outputs."""
        union = reduce(NetworkSpec.merge, inputs)
        return union.apply(name, self, [one.output for one in inputs])

    def network_behind(self, name: str, inputs: Sequence[Network]) -> Network:
        """Return the union of the networks with this layer behind their outputs."""
        union = reduce(Network.merge, inputs)
        tensors = [one.spec.output for one in inputs]
        return union.with_spec(union.spec.apply(name, self, tensors))


class QueryLayer(AttentionLayer):
    """Base of layers that take a query, values and, where these differ, keys."""

    def configure(
        self,
        network: NetworkSpec,
        value: NetworkSpec,
        key: NetworkSpec | None,
        ctx: ConfigureContext,
    ) -> NetworkSpec:
        """Return the union of the networks with this layer behind their outputs."""
        return self.spec_behind(ctx.node, [network, value, *([key] if key else [])])

    def execute(self, network: QueryPort, value: ValuePort, key: KeyPort, ctx: Context) -> Network:
        """Return the union of the networks with this layer behind their outputs."""
        return self.network_behind(ctx.node, [network, value, *([key] if key else [])])


class MaskedQueryLayer(AttentionLayer):
    """Base of layers that also take a mask: what a query may look at.

    The mask is the fourth tensor, so that the values stand in for keys that are not connected.
    """

    def configure(
        self,
        network: NetworkSpec,
        value: NetworkSpec,
        key: NetworkSpec | None,
        attention_mask: NetworkSpec | None,
        ctx: ConfigureContext,
    ) -> NetworkSpec:
        """Return the union of the networks with this layer behind their outputs."""
        mask = [attention_mask] if attention_mask else []
        return self.spec_behind(ctx.node, [network, value, key or value, *mask])

    def execute(
        self,
        network: QueryPort,
        value: ValuePort,
        key: KeyPort,
        attention_mask: MaskPort,
        ctx: Context,
    ) -> Network:
        """Return the union of the networks with this layer behind their outputs."""
        mask = [attention_mask] if attention_mask else []
        return self.network_behind(ctx.node, [network, value, key or value, *mask])


def require_sequences(inputs: Sequence[TensorSpec]) -> None:
    """Check that query, value and key are sequences.

    Raises:
        ConfigureError: One of them has another number of dimensions.
    """
    for name, tensor in zip(("query", "value", "key"), inputs, strict=False):
        if len(tensor.shape) != 2:
            raise ConfigureError(
                f"this layer needs a {name} of 2 dimensions (time, features); it gets {tensor}"
            )


def require_same_steps(value: TensorSpec, key: TensorSpec) -> None:
    """Check that there is a key for each value.

    Raises:
        ConfigureError: Their numbers differ.
    """
    for one, two in zip(value.shape[:-1], key.shape[:-1], strict=True):
        if None not in (one, two) and one != two:
            raise ConfigureError(
                f"there must be a key for each value, but the values are {value} and the keys "
                f"{key}; only the last size may differ"
            )
