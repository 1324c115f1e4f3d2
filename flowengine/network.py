"""Networks as immutable descriptions: layers, the calls that apply them, named inputs and outputs.

Layers and calls are two things, so that a layer can be shared and a network applied twice. Nothing
here imports torch: shapes and parameter counts are known while a person wires. Tensors are named
after the call that makes them (``conv_1``); further outputs of a call are ``lstm_1.state_h``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowengine.binding import Binding, merged_bindings
from flowengine.errors import ConfigureError, listing
from flowengine.tensor import TensorSpec, Weight

if TYPE_CHECKING:
    from flowengine.layer import BaseLayer

LayerLoader = Callable[[str, int, dict[str, Any]], "BaseLayer"]
"""Turns type id, version and settings into a layer; a registry has one."""


@dataclass(frozen=True, slots=True)
class Call:
    """One application of a layer: the tensors it takes and the tensors it makes."""

    layer: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True)
class NetworkSpec:
    """What is known of a network before it has weights.

    Args:
        layers: Layer by name, which is the path of its node.
        calls: Call by id, in an order in which they can be computed.
        tensors: Every tensor by name.
        inputs: Input name to tensor name.
        outputs: Output name to tensor name.
        frozen: Names of layers that training leaves alone.
        binding: What feeds what, as far as it is known before running.
    """

    layers: Mapping[str, BaseLayer] = field(default_factory=dict)
    calls: Mapping[str, Call] = field(default_factory=dict)
    tensors: Mapping[str, TensorSpec] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    frozen: frozenset[str] = frozenset()
    binding: Binding | None = field(default=None, compare=False)

    @staticmethod
    def input(name: str, tensor: TensorSpec) -> NetworkSpec:
        """Return the network that is one input."""
        spec = NetworkSpec(tensors={name: tensor}, inputs={name: name}, outputs={name: name})
        return spec._counting(parameters=0, flops=0)

    def apply(
        self, name: str, layer: BaseLayer, inputs: Sequence[str] | None = None
    ) -> NetworkSpec:
        """Return this network with ``layer`` called on ``inputs`` (default: its one output).

        Raises:
            ConfigureError: The layer cannot take these tensors, its weights cannot be filled as
                its settings say, or the name is taken.
        """
        taken = tuple(inputs) if inputs is not None else (self.output,)
        if name in self.tensors or name in self.layers:
            raise ConfigureError(f'the network has a "{name}" already; rename this node')
        given = [self.tensors[tensor] for tensor in taken]
        specs = layer.output_specs(*given)
        weights = layer.weights(*given)
        _check_initializers(weights)
        names = (name, *(f"{name}.{port}" for port in layer.output_names()[1:]))
        applied = replace(
            self,
            binding=None,
            layers={**self.layers, name: layer},
            calls={**self.calls, name: Call(name, taken, names)},
            tensors={**self.tensors, **dict(zip(names, specs, strict=True))},
            outputs={name: name},
        )
        # Counted on where it can be: each node of a chain of thousands tells what it comes to.
        counted = vars(self)
        if "parameters" not in counted or "flops" not in counted:
            return applied
        return applied._counting(
            parameters=self.parameters + _size(weights), flops=self.flops + layer.flops(*given)
        )

    def _counting(self, *, parameters: int, flops: int) -> NetworkSpec:
        """Return this network knowing what it comes to; else that is counted when asked for."""
        vars(self).update(parameters=parameters, flops=flops)
        return self

    def with_output(self, tensor: str) -> NetworkSpec:
        """Return the same network with ``tensor`` as its one output."""
        return replace(self, outputs={tensor: tensor})

    @property
    def output(self) -> str:
        """Name of the one output tensor.

        Raises:
            ConfigureError: The network has several outputs.
        """
        if len(self.outputs) != 1:
            raise ConfigureError(
                f"this needs a network with one output; it has {listing(self.outputs)}"
            )
        return next(iter(self.outputs.values()))

    @property
    def output_spec(self) -> TensorSpec:
        """Spec of the one output tensor."""
        return self.tensors[self.output]

    def merge(self, other: NetworkSpec) -> NetworkSpec:
        """Return the union of both by name, with the outputs of both.

        Raises:
            ConfigureError: One name stands for two different things.
        """
        for kind in ("layers", "calls", "tensors", "inputs"):
            mine, theirs = getattr(self, kind), getattr(other, kind)
            for name in mine.keys() & theirs.keys():
                if mine[name] is not theirs[name] and mine[name] != theirs[name]:
                    raise ConfigureError(
                        f'both networks have "{name}", but defined differently; '
                        f"rename one of the two nodes"
                    )
        for one, two in ((self, other), (other, self)):
            made = {tensor for call in one.calls.values() for tensor in call.outputs}
            for tensor in made.intersection(two.inputs.values()):
                raise ConfigureError(
                    f'"{tensor}" is computed in one network and an input of the other; '
                    f"apply the one to the other with the node Network Apply"
                )
        return NetworkSpec(
            layers={**self.layers, **other.layers},
            calls={**self.calls, **other.calls},
            tensors={**self.tensors, **other.tensors},
            inputs={**self.inputs, **other.inputs},
            outputs={**self.outputs, **other.outputs},
            frozen=self.frozen | other.frozen,
        )

    def weights_of(self, layer: str) -> dict[str, Weight]:
        """Return the weights of a layer, from the first call of it."""
        call = next(call for call in self.calls.values() if call.layer == layer)
        return self.layers[layer].weights(*(self.tensors[name] for name in call.inputs))

    def weights_by_layer(self) -> dict[str, dict[str, Weight]]:
        """Return ``weights_of`` every layer, in one pass over the calls."""
        weights: dict[str, dict[str, Weight]] = {}
        for call in self.calls.values():
            if call.layer not in weights:
                inputs = (self.tensors[name] for name in call.inputs)
                weights[call.layer] = self.layers[call.layer].weights(*inputs)
        return weights

    def parameters_of(self, layer: str) -> int:
        """Number of values in a layer's weights, moving averages included (as Keras counts)."""
        return _size(self.weights_of(layer))

    @cached_property
    def parameters(self) -> int:
        """Number of values in all weights."""
        return sum(map(_size, self.weights_by_layer().values()))

    @property
    def trainable_parameters(self) -> int:
        """Number of values that training changes: no moving averages, no frozen layers."""
        return sum(
            weight.size
            for layer, weights in self.weights_by_layer().items()
            if layer not in self.frozen
            for weight in weights.values()
            if weight.trainable
        )

    @cached_property
    def flops(self) -> int:
        """Floating-point operations of one row through the network."""
        return sum(
            self.layers[call.layer].flops(*(self.tensors[name] for name in call.inputs))
            for call in self.calls.values()
        )

    def to_json(self) -> dict[str, Any]:
        """Return the description as JSON data; ``from_json`` reads it."""
        return {
            "layers": {
                name: {
                    "type": layer.__type_id__,
                    "version": layer.__node__.version,
                    "settings": layer.model_dump(mode="json", exclude_defaults=True),
                }
                for name, layer in self.layers.items()
            },
            "calls": [
                {"id": name, "layer": call.layer, "inputs": list(call.inputs)}
                for name, call in self.calls.items()
            ],
            "inputs": {
                name: {
                    "tensor": tensor,
                    "shape": list(self.tensors[tensor].shape),
                    "dtype": self.tensors[tensor].dtype,
                    "masked": self.tensors[tensor].masked,
                }
                for name, tensor in self.inputs.items()
            },
            "outputs": dict(self.outputs),
            "frozen": sorted(self.frozen),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any], load_layer: LayerLoader) -> NetworkSpec:
        """Return the network that ``to_json`` described; shapes are worked out anew."""
        layers = {
            name: load_layer(item["type"], item["version"], item["settings"])
            for name, item in data["layers"].items()
        }
        tensors = {
            item["tensor"]: TensorSpec(tuple(item["shape"]), item["dtype"], item["masked"])
            for item in data["inputs"].values()
        }
        calls: dict[str, Call] = {}
        for item in data["calls"]:
            layer, inputs = layers[item["layer"]], tuple(item["inputs"])
            names = (item["id"], *(f"{item['id']}.{port}" for port in layer.output_names()[1:]))
            specs = layer.output_specs(*(tensors[name] for name in inputs))
            tensors.update(zip(names, specs, strict=True))
            calls[item["id"]] = Call(item["layer"], inputs, names)
        return NetworkSpec(
            layers=layers,
            calls=calls,
            tensors=tensors,
            inputs={name: item["tensor"] for name, item in data["inputs"].items()},
            outputs=dict(data["outputs"]),
            frozen=frozenset(data.get("frozen", ())),
        )


def _size(weights: Mapping[str, Weight]) -> int:
    return sum(weight.size for weight in weights.values())


def _check_initializers(weights: Mapping[str, Weight]) -> None:
    for name, weight in weights.items():
        # One that a pack brings need not have an opinion.
        check = getattr(weight.initializer, "check", None)
        if check is not None:
            try:
                check(weight.shape)
            except ValueError as error:
                raise ConfigureError(f'weight "{name}": {error}') from None


@dataclass(frozen=True)
class Network:
    """A network as a value: its description and where its weights lie.

    Args:
        spec: The description.
        weights: Layer name to the digest of its weight file; layers without one are untrained and
            get their initial weights from the seed of the node that uses them and their name.
        binding: What feeds what, once a learner has settled it.
        blobs: Folder of the weight files, see ``flowengine.blobs``.
    """

    spec: NetworkSpec
    weights: Mapping[str, str] = field(default_factory=dict)
    binding: Binding | None = None
    blobs: Path | None = field(default=None, compare=False)

    def with_spec(self, spec: NetworkSpec) -> Network:
        """Return the network with another description and the same weights."""
        return replace(self, spec=spec)

    @property
    def is_trained(self) -> bool:
        """Whether every layer that has weights has them on disk."""
        return all(
            name in self.weights or not weights
            for name, weights in self.spec.weights_by_layer().items()
        )

    def merge(self, other: Network) -> Network:
        """Return the union of both by name.

        Raises:
            ConfigureError: One name has two definitions or two trainings, or an input was fed
                differently in both.
        """
        for name in self.weights.keys() & other.weights.keys():
            if self.weights[name] != other.weights[name]:
                raise ConfigureError(
                    f'layer "{name}" arrives with two different trainings; '
                    f"take it from one learner only"
                )
        return Network(
            spec=self.spec.merge(other.spec),
            weights={**self.weights, **other.weights},
            binding=merged_bindings(self.binding, other.binding),
            blobs=self.blobs or other.blobs,
        )

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON data; weights as references."""
        return {
            **self.spec.to_json(),
            "weights": dict(self.weights),
            "binding": self.binding.to_json() if self.binding else None,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any], load_layer: LayerLoader, blobs: Path) -> Network:
        """Return the network that ``to_json`` described, with its weight files in ``blobs``."""
        binding = Binding.from_json(data["binding"]) if data["binding"] else None
        return Network(
            spec=replace(NetworkSpec.from_json(data, load_layer), binding=binding),
            weights=dict(data["weights"]),
            binding=binding,
            blobs=blobs,
        )
