"""Ports of attention: what is asked, what answers, and what the answers are found by."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Annotated, NamedTuple

from flowengine import (
    ConfigureContext,
    ConfigureError,
    Context,
    Network,
    NetworkSpec,
    Port,
    Specs,
    TensorSpec,
)
from flowengine.layer import BaseLayer, ResultPort

QueryPort = Annotated[Network, Port("Network whose output asks: the query, for each step.")]
ValuePort = Annotated[Network, Port("Network whose output answers: the values, for each step.")]
KeyPort = Annotated[
    Network | None, Port("Network whose output the values are found by; by default the values.")
]
MaskPort = Annotated[
    Network | None,
    Port("Network whose output says which values a query may look at: [queries, values]."),
]


ScoresPort = Annotated[
    Network,
    Port("Network whose output is how much each value counts for each step of the query."),
]


class Attended(NamedTuple):
    """Outputs of layers that attend."""

    out: ResultPort
    scores: ScoresPort


class AttentionLayer(BaseLayer):
    """What layers share that take several tensors at ports of their own."""

    def output_names(self) -> tuple[str, ...]:
        """Return the names of the output tensors: what is found, and how the values count."""
        return Attended._fields

    def specs_behind(self, name: str, inputs: Sequence[NetworkSpec]) -> Specs:
        """Return the union of the networks with this layer behind them, for each output port."""
        union = reduce(NetworkSpec.merge, inputs)
        union = union.apply(name, self, [one.output for one in inputs])
        out, scores = union.calls[name].outputs
        return Specs(out=union.with_output(out), scores=union.with_output(scores))

    def networks_behind(self, name: str, inputs: Sequence[Network]) -> Attended:
        """Return ``specs_behind`` with the weights of all the networks."""
        union = reduce(Network.merge, inputs)
        specs = self.specs_behind(name, [one.spec for one in inputs])
        return Attended(union.with_spec(specs["out"]), union.with_spec(specs["scores"]))


class QueryLayer(AttentionLayer):
    """Base of layers that take a query, values and, where these differ, keys."""

    def configure(
        self,
        network: NetworkSpec,
        value: NetworkSpec,
        key: NetworkSpec | None,
        ctx: ConfigureContext,
    ) -> Specs:
        """Return the union of the networks with this layer behind their outputs."""
        return self.specs_behind(ctx.node, [network, value, *([key] if key else [])])

    def execute(self, network: QueryPort, value: ValuePort, key: KeyPort, ctx: Context) -> Attended:
        """Return the union of the networks with this layer behind their outputs."""
        return self.networks_behind(ctx.node, [network, value, *([key] if key else [])])


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
    ) -> Specs:
        """Return the union of the networks with this layer behind their outputs."""
        mask = [attention_mask] if attention_mask else []
        return self.specs_behind(ctx.node, [network, value, key or value, *mask])

    def execute(
        self,
        network: QueryPort,
        value: ValuePort,
        key: KeyPort,
        attention_mask: MaskPort,
        ctx: Context,
    ) -> Attended:
        """Return the union of the networks with this layer behind their outputs."""
        mask = [attention_mask] if attention_mask else []
        return self.networks_behind(ctx.node, [network, value, key or value, *mask])


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
