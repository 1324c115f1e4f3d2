"""Bases of layer nodes: nodes from network to network.

A layer's author writes settings and three pure-Python answers: ``outputs`` (shapes), ``weights``
and ``flops``; and ``build``, the only place that imports torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

from flowengine.context import ConfigureContext, Context
from flowengine.errors import ConfigureError, NodeDefinitionError, listing
from flowengine.markers import Port
from flowengine.network import Network, NetworkSpec
from flowengine.node import Node, Specs
from flowengine.tensor import TensorSpec, Weight

if TYPE_CHECKING:
    import torch


class BaseLayer(Node):
    """What all layers answer, whatever their ports are."""

    @classmethod
    def _check_class(cls) -> None:
        for name in ("outputs", "build"):
            if getattr(cls, name) is getattr(BaseLayer, name):
                raise NodeDefinitionError(
                    f"{cls.__name__}: a layer needs a method {name}(self, *inputs)"
                )

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

    def output_names(self) -> tuple[str, ...]:
        """Return the names of the output tensors; the first is the layer's own."""
        return ("out",)

    def input_counts(self) -> tuple[int, ...]:
        """Return how many tensors the layer may take; empty where it may be any number."""
        return ()

    def output_specs(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        """Return ``outputs`` as a tuple, whatever their number."""
        specs = self.outputs(*inputs)
        found = (specs,) if isinstance(specs, TensorSpec) else specs
        if not all(isinstance(spec, TensorSpec) for spec in found):
            raise ConfigureError(
                f"{type(self).__name__}.outputs must return a TensorSpec, such as "
                f"TensorSpec((8,)); it returned {specs!r}"
            )
        return found


class Layer(BaseLayer):
    """Base of layers that take one tensor."""

    def input_counts(self) -> tuple[int, ...]:
        """Return the one number of tensors it takes."""
        return (1,)

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


SequencePort = Annotated[Network, Port("Network whose output is the sequence.")]
ResultPort = Annotated[Network, Port("Network with this layer's result as its output.")]
FirstStatePort = Annotated[Network | None, Port("Network whose output is the first state.")]
FirstCellPort = Annotated[Network | None, Port("Network whose output is the first cell state.")]
LastStatePort = Annotated[Network, Port("Network with the last state as its output.")]
LastCellPort = Annotated[Network, Port("Network with the last cell state as its output.")]


class OneState(NamedTuple):
    """Outputs of layers that keep one state."""

    out: ResultPort
    state_h: LastStatePort


class TwoStates(NamedTuple):
    """Outputs of layers that keep a state and a cell state."""

    out: ResultPort
    state_h: LastStatePort
    state_c: LastCellPort


class StateLayer(BaseLayer):
    """What layers share that take first states at optional ports and give their last ones."""

    def state_names(self) -> tuple[str, ...]:
        """Return the names of the states, at the ports of first and of last ones alike."""
        return self.output_names()[1:]

    def input_counts(self) -> tuple[int, ...]:
        """Return the numbers of tensors without first states and with all of them."""
        return (1, 1 + len(self.state_names()))

    def specs_behind(
        self, name: str, network: NetworkSpec, *states: NetworkSpec | None
    ) -> list[NetworkSpec]:
        """Return the union of the networks with this layer behind them, for each output port.

        Raises:
            ConfigureError: Only some of the states are connected, or the layer cannot take them.
        """
        ports = self.state_names()
        given = [state for state in states if state is not None]
        if given and len(given) < len(ports):
            missing = ports[states.index(None)]
            raise ConfigureError(
                f'"{missing}" is not connected, but the other state is; connect '
                f"{listing(ports)}, or neither, and the layer starts from zeros"
            )
        merged = network
        for state in given:
            merged = merged.merge(state)
        merged = merged.apply(name, self, [network.output, *(state.output for state in given)])
        return [merged.with_output(tensor) for tensor in merged.calls[name].outputs]

    def networks_behind(
        self, name: str, network: Network, *states: Network | None
    ) -> list[Network]:
        """Return ``specs_behind`` with the weights of all the networks."""
        first = [None if state is None else state.spec for state in states]
        specs = self.specs_behind(name, network.spec, *first)
        merged = network
        for state in states:
            merged = merged if state is None else merged.merge(state)
        return [merged.with_spec(spec) for spec in specs]


class OneStateLayer(StateLayer):
    """Base of layers over a sequence that keep one state."""

    def output_names(self) -> tuple[str, ...]:
        """Return the names of the output tensors: the result and the last state."""
        return OneState._fields

    def configure(
        self, network: NetworkSpec, state_h: NetworkSpec | None, ctx: ConfigureContext
    ) -> Specs:
        """Return the network with this layer behind its output, once for each output."""
        specs = self.specs_behind(ctx.node, network, state_h)
        return Specs(**dict(zip(self.output_names(), specs, strict=True)))

    def execute(
        self, network: SequencePort, ctx: Context, state_h: FirstStatePort = None
    ) -> OneState:
        """Return the network with this layer behind its output; touches no tensor."""
        return OneState(*self.networks_behind(ctx.node, network, state_h))


class TwoStateLayer(StateLayer):
    """Base of layers over a sequence that keep a state and a cell state."""

    def output_names(self) -> tuple[str, ...]:
        """Return the names of the output tensors: the result, the last state and cell state."""
        return TwoStates._fields

    def configure(
        self,
        network: NetworkSpec,
        state_h: NetworkSpec | None,
        state_c: NetworkSpec | None,
        ctx: ConfigureContext,
    ) -> Specs:
        """Return the network with this layer behind its output, once for each output."""
        specs = self.specs_behind(ctx.node, network, state_h, state_c)
        return Specs(**dict(zip(self.output_names(), specs, strict=True)))

    def execute(
        self,
        network: SequencePort,
        ctx: Context,
        state_h: FirstStatePort = None,
        state_c: FirstCellPort = None,
    ) -> TwoStates:
        """Return the network with this layer behind its output; touches no tensor."""
        return TwoStates(*self.networks_behind(ctx.node, network, state_h, state_c))


def require_rank(inputs: Sequence[TensorSpec], rank: int, axes: str) -> TensorSpec:
    """Return the first input where it has ``rank`` dimensions (named by ``axes``).

    Raises:
        ConfigureError: It has another number of dimensions.
    """
    tensor = inputs[0]
    if len(tensor.shape) != rank:
        raise ConfigureError(
            f"this layer needs an input of {rank} dimension{'s' * (rank > 1)} ({axes}); "
            f"it gets {tensor}{_way_out(tensor, rank)}"
        )
    return tensor


def _way_out(tensor: TensorSpec, rank: int) -> str:
    """Return how a tensor gets ``rank`` dimensions, where one layer does it."""
    shape = tensor.shape
    if len(shape) == rank + 1 and shape[0] is None:
        return "; if the unknown one is the batch, leave it out of the input layer's shape"
    if not shape or None in shape:
        return ""
    if len(shape) == rank - 1:
        wanted = (*shape, 1)
        return f"; a reshape layer to {list(wanted)} would add a dimension"
    if len(shape) > rank == 1:
        return "; a flatten layer would make one of them"
    if len(shape) > rank:
        size = TensorSpec(shape[rank - 1 :]).size
        return f"; a reshape layer to {[*shape[: rank - 1], size]} would join the last ones"
    return ""
