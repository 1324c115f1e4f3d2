"""A Keras 3 layer as the reference of one of ours. Imports keras, on its torch backend, lazily."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pydantic import BaseModel

from flowengine.family import Member
from flowengine.layer import BaseLayer
from flowengine.nn.constraints import Constraint
from flowengine.nn.initializers import Initializer
from flowengine.nn.regularizers import Regularizer

Array = np.ndarray[Any, Any]


def load_keras() -> Any:
    """Return the module ``keras``, computing with torch.

    Raises:
        RuntimeError: Keras was imported before, with another backend.
    """
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras  # type: ignore[import-untyped]

    if keras.backend.backend() != "torch":
        raise RuntimeError(
            f'Keras computes with "{keras.backend.backend()}"; set KERAS_BACKEND=torch before it '
            f"is imported"
        )
    return keras


def keras_layer(layer: BaseLayer, **extra: Any) -> Any:
    """Return the Keras layer of the same class name with the same settings."""
    settings = keras_settings(layer)
    return getattr(load_keras().layers, type(layer).__name__)(**settings, **extra)


def keras_settings(layer: BaseLayer) -> dict[str, Any]:
    """Return the settings of a layer as Keras takes them."""
    return {name: _argument(getattr(layer, name)) for name in type(layer).model_fields}


def _argument(value: Any) -> Any:
    keras = load_keras()
    if isinstance(value, BaseLayer):
        return keras_layer(value)
    if not isinstance(value, Member):
        return value.model_dump(exclude_none=True) if isinstance(value, BaseModel) else value
    modules = {
        Initializer: keras.initializers,
        Regularizer: keras.regularizers,
        Constraint: keras.constraints,
    }
    module = next(module for base, module in modules.items() if isinstance(value, base))
    settings = {name: getattr(value, name) for name in type(value).model_fields if name != "type"}
    return getattr(module, type(value).__name__)(**settings)


class KerasReference:
    """A Keras layer with given weights.

    Args:
        layer: The Keras layer.
        weights: Our weights by name; matched by name where names are unique, else by order.
    """

    def __init__(self, layer: Any, weights: Mapping[str, Array]) -> None:
        self.layer = layer
        self.weights = weights
        self.variables: dict[str, Any] = {}

    def run(
        self, inputs: Sequence[Array], masks: Sequence[Array | None], *, training: bool
    ) -> tuple[list[Any], list[Any], list[Any]]:
        """Return the output tensors, the input tensors and the masks of the outputs."""
        import torch

        if not self.variables:
            shapes = [array.shape for array in inputs]
            self.layer.build(shapes[0] if len(shapes) == 1 else shapes)
            self.variables = self._match()
        for name, variable in self.variables.items():
            variable.assign(self.weights[name])
            variable.value.grad = None
        tensors = [torch.from_numpy(array.copy()) for array in inputs]
        for tensor, mask in zip(tensors, masks, strict=True):
            tensor.requires_grad_(tensor.is_floating_point())
            if mask is not None:
                tensor._keras_mask = torch.from_numpy(mask)  # type: ignore[attr-defined]
        with warnings.catch_warnings():
            # Keras warns of settings that make little sense, and of masks that end here.
            warnings.simplefilter("ignore")
            result = self.layer(tensors[0] if len(tensors) == 1 else tensors, training=training)
        outputs = list(result) if isinstance(result, (list, tuple)) else [result]
        return outputs, tensors, [getattr(output, "_keras_mask", None) for output in outputs]

    @property
    def parameters(self) -> int:
        """Number of values in all weights."""
        return int(self.layer.count_params())

    def penalty(self) -> Any:
        """Return what the layer adds to the loss."""
        return np.asarray(sum(float(loss.detach()) for loss in self.layer.losses))

    def backward(self, outputs: Sequence[Any], projections: Sequence[Array]) -> None:
        """Compute the gradients of the projected outputs and of what the layer adds to the loss."""
        import torch

        total = sum(
            (output * torch.from_numpy(projection)).sum()
            for output, projection in zip(outputs, projections, strict=True)
            if output.requires_grad
        ) + sum(self.layer.losses)
        if isinstance(total, torch.Tensor):
            total.backward()  # type: ignore[no-untyped-call]

    def gradients(self) -> dict[str, Array]:
        """Return the gradients of the trainable weights."""
        return {
            name: np.zeros(variable.shape)
            if variable.value.grad is None
            else variable.value.grad.numpy()
            for name, variable in self.variables.items()
            if variable.trainable
        }

    def state(self) -> dict[str, Array]:
        """Return the weights that are not trained."""
        return {
            name: variable.value.detach().numpy().copy()
            for name, variable in self.variables.items()
            if not variable.trainable
        }

    def constrained(self) -> dict[str, Array]:
        """Return the weights after their constraints."""
        return {
            name: np.asarray(variable.constraint(variable.value).detach())
            for name, variable in self.variables.items()
            if variable.constraint is not None
        }

    def _match(self) -> dict[str, Any]:
        # A seed generator's state is no weight of ours.
        variables = [v for v in self.layer.variables if "seed_generator" not in v.path]
        last = {variable.path.rpartition("/")[2]: variable for variable in variables}
        own = {name.rpartition("/")[2]: name for name in self.weights}
        if len(last) == len(variables) == len(own) and last.keys() == own.keys():
            matched = {own[name]: last[name] for name in own}
        else:
            matched = dict(zip(self.weights, variables, strict=True))
        for name, variable in matched.items():
            if tuple(variable.shape) != self.weights[name].shape:
                raise AssertionError(
                    f'weight "{name}" has the shape {self.weights[name].shape}, in Keras '
                    f"{tuple(variable.shape)}"
                )
        return matched
