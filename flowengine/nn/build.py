"""The compiler: a network's description becomes one fast torch module. Imports torch.

Tensors have the batch first and the channels last. Weights enter and leave in Keras' names and
layouts; this is the only place that transposes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from flowengine.blobs import save_blob
from flowengine.errors import DataError, listing, suggest
from flowengine.network import NetworkSpec
from flowengine.nn.rewrites import pool_before_activation, store_channels_last
from flowengine.nn.steps import Step, plan
from flowengine.nn.weights import LayerWeights, initial_weights, network_weights
from flowengine.tensor import Weight
from flowengine.wording import kind_of_value

__all__ = [
    "BuiltNetwork",
    "build",
    "export_weights",
    "initial_weights",
    "load_weights",
    "network_weights",
    "save_weights",
]


class BuiltNetwork(nn.Module):
    """A network that computes.

    Attributes:
        spec: Its description.
        layer_modules: Module by layer name; a shared layer has one.
    """

    def __init__(
        self, spec: NetworkSpec, modules: Mapping[str, nn.Module], steps: list[Step]
    ) -> None:
        super().__init__()
        self.spec = spec
        self.layer_modules = dict(modules)
        # A list, because a layer's name may be no attribute's name.
        self._registered = nn.ModuleList(modules.values())
        self._steps = steps
        self._inputs = self._needed_inputs()
        self._weights = {name: spec.weights_of(name) for name in modules}
        self._regularized = [item for item in self._trainable() if item[1].regularizer]
        self._constrained = [item for item in self._trainable() if item[1].constraint]
        self._activity: list[Tensor] = []

    def forward(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Return the output tensors by output name, for input tensors by input name."""
        return self.forward_with_masks(inputs)[0]

    def forward_with_masks(
        self, inputs: Mapping[str, Tensor], masks: Mapping[str, Tensor] | None = None
    ) -> tuple[dict[str, Tensor], dict[str, Tensor | None]]:
        """Return the output tensors, and their masks (``None`` where there is none), by name.

        Args:
            inputs: Input tensors by input name.
            masks: Masks of inputs by input name, where the caller has some.

        Raises:
            DataError: An input that an output needs is missing.
        """
        missing = [name for name in self._inputs if name not in inputs]
        if missing:
            raise DataError(
                f"the network needs the inputs {listing(self._inputs)}; "
                f"{listing(missing)} did not come"
            )
        values = {
            self.spec.inputs[name]: inputs[name].to(dtype) for name, dtype in self._inputs.items()
        }
        known = {self.spec.inputs[name]: mask for name, mask in (masks or {}).items()}
        self._activity = []
        for step in self._steps:
            outputs = step.run(values, known)
            if step.regularizer is not None:
                found = step.activities(outputs)
                self._activity += [step.regularizer.penalty(one) / one.shape[0] for one in found]
        named = self.spec.outputs.items()
        return (
            {name: values[tensor] for name, tensor in named},
            {name: known.get(tensor) for name, tensor in named},
        )

    def penalty(self) -> Tensor | None:
        """Return what regularizers add to the loss, activities of the last forward included.

        ``None`` where the network has no regularizer. Weights of frozen layers do not count.
        """
        terms = [
            weight.regularizer.penalty(_keras_view(parameter, weight))
            for parameter, weight in self._regularized
        ] + self._activity
        return torch.stack(terms).sum() if terms else None

    @torch.no_grad()
    def apply_constraints(self) -> None:
        """Bring weights back into their constraints; call it after each optimizer step."""
        for parameter, weight in self._constrained:
            view = _keras_view(parameter, weight)
            view.copy_(weight.constraint.project(view))

    def tensor_of(self, layer: str, weight: str) -> Tensor:
        """Return the live parameter or buffer of a weight, in torch's layout.

        Raises:
            DataError: The layer's module does not have what the layer promised.
        """
        module, _, name = weight.rpartition("/")
        try:
            owner = self.layer_modules[layer].get_submodule(module.replace("/", "."))
            found: Tensor = getattr(owner, name)
        except AttributeError:
            raise DataError(
                f'{self.title_of(layer)}: weights() names "{weight}", but the module from build() '
                f"has no parameter or buffer of that name"
            ) from None
        return found

    def title_of(self, layer: str) -> str:
        """Return what a layer is called in sentences to its author."""
        return f'layer "{layer}" ({type(self.spec.layers[layer]).__name__})'

    def trainable(self) -> dict[str, nn.Parameter]:
        """Return the parameters that training changes, by ``layer/weight``."""
        return {
            f"{layer}/{name}": parameter
            for layer, weights in self._weights.items()
            if layer not in self.spec.frozen
            for name, weight in weights.items()
            if weight.trainable
            and isinstance(parameter := self.tensor_of(layer, name), nn.Parameter)
        }

    def axes(self) -> dict[str, tuple[int, ...]]:
        """Return Keras' axes in the order of a parameter's, by ``layer/weight``."""
        return {
            f"{layer}/{name}": weight.axes
            for layer, weights in self._weights.items()
            for name, weight in weights.items()
        }

    def _trainable(self) -> list[tuple[nn.Parameter, Weight]]:
        weights = {
            f"{layer}/{name}": weight
            for layer, items in self._weights.items()
            for name, weight in items.items()
        }
        return [(parameter, weights[name]) for name, parameter in self.trainable().items()]

    def _needed_inputs(self) -> dict[str, torch.dtype]:
        read = {name for step in self._steps for name in step.inputs}
        read.update(self.spec.outputs.values())
        return {
            name: getattr(torch, self.spec.tensors[tensor].dtype)
            for name, tensor in self.spec.inputs.items()
            if tensor in read
        }


def build(spec: NetworkSpec, *, optimize: bool = True) -> BuiltNetwork:
    """Return the module that computes a network; its weights are zero until they are loaded.

    Args:
        spec: The network.
        optimize: Apply the exact rewrites; without them the plan follows the description step by
            step, for comparison.

    Raises:
        DataError: A layer builds no module, or one without a weight that it promised.
    """
    modules = {}
    for name, layer in spec.layers.items():
        call = next(call for call in spec.calls.values() if call.layer == name)
        modules[name] = layer.build(*(spec.tensors[tensor] for tensor in call.inputs))
        if not isinstance(modules[name], nn.Module):
            raise DataError(
                f'layer "{name}" ({type(layer).__name__}): build must return a torch.nn.Module, '
                f"not {kind_of_value(modules[name])}"
            )
    for name in spec.frozen & modules.keys():
        _freeze(modules[name])
    steps = plan(spec, modules)
    if optimize:
        pool_before_activation(steps, spec)
        store_channels_last(part for module in modules.values() for part in module.modules())
    built = BuiltNetwork(spec, modules, steps)
    _check_weights(built)
    return built


def _check_weights(built: BuiltNetwork) -> None:
    """Hold each module against the weights that its layer promised."""
    for layer, name, weight in _all_weights(built):
        shape = tuple(_keras_view(built.tensor_of(layer, name), weight).shape)
        if shape != weight.shape:
            raise DataError(
                f'{built.title_of(layer)}: weights() says that "{name}" has the shape '
                f"{weight.shape}, but in the module from build() it has {shape}"
            )
    known = {id(built.tensor_of(layer, name)) for layer, name, _ in _all_weights(built)}
    for layer, module in built.layer_modules.items():
        for name, parameter in module.named_parameters():
            if id(parameter) not in known:
                raise DataError(
                    f'{built.title_of(layer)}: the module from build() has the parameter "{name}", '
                    f"which weights() does not name; it would neither learn nor be kept"
                )


@torch.no_grad()
def load_weights(
    built: BuiltNetwork, weights: Mapping[str, Mapping[str, np.ndarray[Any, Any]]]
) -> None:
    """Copy weights by layer and name into a built network; layers not named keep theirs.

    Raises:
        DataError: A layer or weight is unknown or missing, or has another shape.
    """
    for layer, arrays in weights.items():
        if layer not in built.layer_modules:
            raise DataError(
                f'the network has no layer "{layer}".{suggest(layer, built.layer_modules)} '
                f"It has {listing(built.layer_modules)}"
            )
        known = built.spec.weights_of(layer)
        if arrays.keys() != known.keys():
            raise DataError(
                f'layer "{layer}" needs the weights {listing(known)}; it gets {listing(arrays)}'
            )
        for name, weight in known.items():
            array = arrays[name]
            if array.shape != weight.shape:
                raise DataError(
                    f'weight "{name}" of layer "{layer}" needs the shape {weight.shape}; '
                    f"it gets {array.shape}"
                )
            target = _keras_view(built.tensor_of(layer, name), weight)
            target.copy_(torch.from_numpy(np.require(array, requirements=["C", "W"])))


def export_weights(built: BuiltNetwork, *, trainable_only: bool = False) -> dict[str, LayerWeights]:
    """Return copies of the weights by layer and name; layers without any have an empty entry.

    Args:
        built: The network.
        trainable_only: Leave out what training does not change: frozen layers, moving averages.
    """
    return {
        layer: _layer_weights(built, layer, trainable_only=trainable_only)
        for layer in built.layer_modules
    }


def save_weights(built: BuiltNetwork, folder: Path) -> dict[str, str]:
    """Write the weights of each layer that has any to a file and return the files' digests.

    One layer after the other, so that the network never stands in memory twice.
    """
    exported = ((layer, _layer_weights(built, layer)) for layer in built.layer_modules)
    return {layer: save_blob(folder, arrays) for layer, arrays in exported if arrays}


def _layer_weights(
    built: BuiltNetwork, layer: str, *, trainable_only: bool = False
) -> LayerWeights:
    if trainable_only and layer in built.spec.frozen:
        return {}
    return {
        name: np.array(
            _keras_view(built.tensor_of(layer, name).detach(), weight).cpu().numpy(), order="C"
        )
        for name, weight in built.spec.weights_of(layer).items()
        if weight.trainable or not trainable_only
    }


def _all_weights(built: BuiltNetwork) -> Iterator[tuple[str, str, Weight]]:
    for layer in built.layer_modules:
        for name, weight in built.spec.weights_of(layer).items():
            yield layer, name, weight


def _keras_view(tensor: Tensor, weight: Weight) -> Tensor:
    if not weight.axes:
        return tensor
    back = [weight.axes.index(axis) for axis in range(len(weight.axes))]
    return tensor.permute(back)


def _freeze(module: nn.Module) -> None:
    module.requires_grad_(requires_grad=False)
    for part in module.modules():
        # Batch normalization of a frozen layer uses its moving averages, as in Keras.
        if isinstance(getattr(part, "frozen", None), bool):
            setattr(part, "frozen", True)  # noqa: B010  # for a type checker
