"""A recurrent layer in both directions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from flowengine import (
    ConfigureContext,
    ConfigureError,
    Context,
    NetworkSpec,
    Specs,
    TensorSpec,
    Weight,
    node,
)
from flowengine.errors import listing
from flowengine.layer import BaseLayer, SequencePort, StateLayer
from flowengine.nested import LayerSetting
from flowengine.nn.regularizers import Regularizer
from flowengine_nodes.layer.wrapper._directions import (
    BothDirections,
    FirstBackwardCellPort,
    FirstBackwardPort,
    FirstForwardCellPort,
    FirstForwardPort,
)

if TYPE_CHECKING:
    import torch


@node(title="Bidirectional", keywords=("recurrent", "wrapper", "both directions", "rnn"))
class Bidirectional(StateLayer):
    """Go through a sequence with a recurrent layer from both ends.

    ``y = merge(forward(x), backward(x[::-1])[::-1])``.

    Two layers with the same settings and each with its own weights, one of which begins at the
    end. At each step of a sequence the output knows what was before and what comes behind. Of
    the steps that a mask excludes, a sequence has zeros. Both directions take first states and give
    their last ones; ports of a cell state are for layers that keep one, such as an LSTM.

    Source: Bidirectional recurrent neural networks (Schuster and Paliwal, 1997).
    """

    layer: LayerSetting
    """The recurrent layer: an object with its type and its settings, such as ``{"type":
    "layer.lstm", "units": 32}``."""
    merge_mode: Literal["concat", "sum", "mul", "ave"] | None = "concat"
    """What becomes of the outputs of both directions: ``concat`` puts them side by side, ``sum``
    adds, ``mul`` multiplies, and ``ave`` takes their mean; null keeps them apart, that of the
    backward layer at the port ``backward``."""
    backward_layer: LayerSetting | None = None
    """The layer that begins at the end, with ``go_backwards``; by default like the other one."""

    def configure(
        self,
        network: NetworkSpec,
        forward_h: NetworkSpec | None,
        forward_c: NetworkSpec | None,
        backward_h: NetworkSpec | None,
        backward_c: NetworkSpec | None,
        ctx: ConfigureContext,
    ) -> Specs:
        """Return the network with this layer behind its output, once for each output."""
        ports = dict(zip(STATES, (forward_h, forward_c, backward_h, backward_c), strict=True))
        states = self._taken({name: state for name, state in ports.items() if state is not None})
        specs = self.specs_behind(ctx.node, network, *(ports[name] for name in states))
        return Specs(**self._by_port(specs))

    def execute(
        self,
        network: SequencePort,
        ctx: Context,
        forward_h: FirstForwardPort = None,
        forward_c: FirstForwardCellPort = None,
        backward_h: FirstBackwardPort = None,
        backward_c: FirstBackwardCellPort = None,
    ) -> BothDirections:
        """Return the network with this layer behind its output; touches no tensor."""
        ports = dict(zip(STATES, (forward_h, forward_c, backward_h, backward_c), strict=True))
        networks = self.networks_behind(
            ctx.node, network, *(ports[name] for name in self.state_names())
        )
        specs = self._by_port([one.spec for one in networks])
        return BothDirections(*(networks[0].with_spec(spec) for spec in specs.values()))

    def output_names(self) -> tuple[str, ...]:
        """Return the names of the output tensors: result or results, then the last states."""
        results = ("out",) if self.merge_mode else ("out", "backward")
        return (*results, *self.state_names())

    def state_names(self) -> tuple[str, ...]:
        """Return the names of the states that both directions keep."""
        return tuple(
            name.replace("state", direction.removesuffix("_layer"))
            for direction, layer in self.directions().items()
            for name in layer.output_names()[1:]
        )

    @property
    def activity_regularizer(self) -> Regularizer | None:
        """What the output of each direction adds to the loss."""
        found: Regularizer | None = getattr(self.layer, "activity_regularizer", None)
        return found

    def directions(self) -> dict[str, BaseLayer]:
        """Return the layers of both directions under the names that their weights begin with.

        Raises:
            ConfigureError: They are no recurrent layers, or do not go together.
        """
        forward, backward = self.layer, self.backward_layer
        goes_backwards, sequences = _course("layer", forward)
        if backward is None:
            if goes_backwards:
                raise ConfigureError(
                    "the layer has go_backwards true; set it to false, since a layer for the "
                    "other direction is added by itself",
                    setting="layer",
                )
            backward = forward.model_copy(update={"go_backwards": True})
        elif _course("backward_layer", backward) != (not goes_backwards, sequences):
            raise ConfigureError(
                f"backward_layer needs go_backwards {_word(not goes_backwards)} and "
                f"return_sequences {_word(sequences)}, the opposite and the same as layer",
                setting="backward_layer",
            )
        elif getattr(backward, "activity_regularizer", None) != self.activity_regularizer:
            raise ConfigureError(
                "backward_layer needs the same activity_regularizer as layer",
                setting="backward_layer",
            )
        update = {"zero_output_for_mask": sequences}
        return {
            "forward_layer": forward.model_copy(update=update),
            "backward_layer": backward.model_copy(update=update),
        }

    def outputs(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        sequence, *first = inputs
        half = len(first) // 2
        layers = self.directions().values()
        forward, backward = (
            layer.output_specs(sequence, *states)
            for layer, states in zip(layers, (first[:half], first[half:]), strict=True)
        )
        return (*self._merged(forward[0], backward[0]), *forward[1:], *backward[1:])

    def _merged(self, forward: TensorSpec, backward: TensorSpec) -> tuple[TensorSpec, ...]:
        if self.merge_mode is None:
            return forward, backward
        if self.merge_mode == "concat" and forward.shape[:-1] == backward.shape[:-1]:
            sizes = (forward.shape[-1], backward.shape[-1])
            width = None if None in sizes else sum(size or 0 for size in sizes)
            return (replace(forward, shape=(*forward.shape[:-1], width)),)
        if forward.shape != backward.shape:
            raise ConfigureError(
                f'merge_mode "{self.merge_mode}" needs outputs of one size; they are {forward} '
                f"and {backward}",
                setting="merge_mode",
            )
        return (forward,)

    def _taken(self, given: dict[str, NetworkSpec]) -> tuple[str, ...]:
        """Return the names of the states, if those that are given are among them."""
        names = self.state_names()
        for name in given:
            if name not in names:
                raise ConfigureError(
                    f'"{name}" is connected, but this layer keeps no such state; its states are '
                    f"{listing(names)}"
                )
        return names

    def _by_port(self, specs: list[NetworkSpec]) -> dict[str, NetworkSpec]:
        """Return a network for each port; without an output where this layer makes no tensor."""
        made = dict(zip(self.output_names(), specs, strict=True))
        nothing = replace(specs[0], outputs={})
        return {port: made.get(port, nothing) for port in BothDirections._fields}

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        return {
            f"{direction}/{name}": weight
            for direction, layer in self.directions().items()
            for name, weight in layer.weights(inputs[0]).items()
        }

    def flops(self, *inputs: TensorSpec) -> int:
        return sum(layer.flops(inputs[0]) for layer in self.directions().values())

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.wrapper import BidirectionalCell

        forward, backward = (one.build(inputs[0]) for one in self.directions().values())
        _, sequences = _course("layer", self.layer)
        return BidirectionalCell(forward, backward, self.merge_mode, sequences=sequences)


STATES = ("forward_h", "forward_c", "backward_h", "backward_c")
"""Ports of states, in the order of Keras."""


def _course(setting: str, layer: BaseLayer) -> tuple[bool, bool]:
    """Return whether a layer begins at the end, and whether it gives sequences."""
    names = ("go_backwards", "return_sequences")
    if not all(name in type(layer).model_fields for name in names):
        raise ConfigureError(
            f'"{layer.__type_id__ or type(layer).__name__}" does not go through a sequence; '
            f'choose a recurrent layer, such as "layer.lstm" or "layer.gru"',
            setting=setting,
        )
    backwards, sequences = (bool(getattr(layer, name)) for name in names)
    return backwards, sequences


def _word(truth: bool) -> str:  # noqa: FBT001
    return "true" if truth else "false"
