"""``CallWriter``: what one call of a layer needs to be written as lines of a program."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, Literal

from flowengine import ConfigureError, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.network import Call

if TYPE_CHECKING:
    import numpy as np

    from flowengine_nodes.network._script.module import ModuleWriter

    Arrays = Mapping[str, np.ndarray[Any, Any]]

Layout = Literal["first", "last"]
"""Where a tensor has its channels."""


class CallWriter:
    """Writes one call.

    Attributes:
        layer: The layer that is called.
        inputs: Specs of the tensors it takes.
        outputs: Specs of the tensors it makes.
        arrays: Its weights, in Keras' names, in torch's layout.
    """

    def __init__(
        self, writer: ModuleWriter, spec: NetworkSpec, name: str, call: Call, arrays: Arrays
    ) -> None:
        self.layer: BaseLayer = spec.layers[call.layer]
        self.inputs: list[TensorSpec] = [spec.tensors[tensor] for tensor in call.inputs]
        self.outputs: list[TensorSpec] = [spec.tensors[tensor] for tensor in call.outputs]
        self.name = name
        known = spec.weights_of(call.layer)
        self.arrays = {
            weight: array.transpose(known[weight].axes) if known[weight].axes else array
            for weight, array in arrays.items()
        }
        self._writer = writer
        self._call = call

    @property
    def rank(self) -> int:
        """Number of axes of the first input beside batch and channels."""
        return len(self.inputs[0].shape) - 1

    def refuse(self, reason: str) -> ConfigureError:
        """Return the error that says why the layer cannot be written."""
        kind = type(self.layer).__name__
        return ConfigureError(f'layer "{self._call.layer}" ({kind}) cannot be written: {reason}')

    def take(self, number: int = 0, layout: Layout = "last", *, as_float: bool = True) -> str:
        """Return the name of an input's variable, with its channels where they are wanted."""
        tensor = self._call.inputs[number]
        name = self._writer.variable_in(tensor, layout)
        if as_float and self.inputs[number].dtype != "float32":
            return f"{name}.float()"
        return name

    def layout_of(self, number: int = 0) -> Layout:
        """Return where an input has its channels now."""
        return self._writer.layouts[self._call.inputs[number]]

    def common_layout(self) -> Layout:
        """Return where all inputs have their channels, or shall have them."""
        found = {self.layout_of(number) for number in range(len(self.inputs))}
        return found.pop() if len(found) == 1 else "last"

    def module(self, constructor: str, state: Arrays, suffix: str = "") -> str:
        """Add a module to the network, unless an earlier call did, and return what calls it."""
        return self._writer.module(self._call.layer, suffix, constructor, state)

    def parameter(self, weight: str) -> str:
        """Add a weight that belongs to no module of PyTorch, and return what reads it."""
        array = self.arrays[weight]
        sizes = ", ".join(map(str, array.shape)) or "()"
        return self.module(f"nn.Parameter(torch.zeros({sizes}))", {"": array}, f"_{weight}")

    def constant(self, name: str, array: np.ndarray[Any, Any]) -> str:
        """Add an array that training does not change, and return what reads it."""
        sizes = ", ".join(map(str, array.shape)) or "()"
        made = f"nn.Parameter(torch.zeros({sizes}), requires_grad=False)"
        return self.module(made, {"": array}, f"_{name}")

    def around(self, layer: BaseLayer, name: str) -> CallWriter:
        """Return what writes this call as one of a layer within this one.

        Args:
            layer: The inner layer.
            name: What its weights' names begin with.
        """
        inner = copy(self)
        inner.layer = layer
        inner.arrays = {
            path.removeprefix(f"{name}/"): array
            for path, array in self.arrays.items()
            if path.startswith(f"{name}/")
        }
        return inner

    def line(self, text: str) -> None:
        """Add a line."""
        self._writer.body.append(text)

    def give(self, expression: str, layout: Layout = "last", output: int = 0) -> str:
        """Assign an expression to an output, and return the name of its variable."""
        return self._writer.assign(self._call.outputs[output], expression, layout)

    def mask(self, number: int = 0) -> str | None:
        """Return the variable of the mask of an input, if it has one."""
        return self._writer.masks.get(self._call.inputs[number])

    @property
    def passes_mask(self) -> bool:
        """Whether a later call needs the mask of the first output."""
        return self._call.outputs[0] in self._writer.masks_wanted

    def new_mask(self, expression: str) -> str:
        """Assign the mask of the first output, and return the name of its variable."""
        return self._writer.assign_mask(self._call.outputs[0], expression)

    def need(self, *helpers: str) -> None:
        """Have classes of ``helpers`` written into the program."""
        self._writer.helpers.update(helpers)

    def variable(self, output: int) -> str:
        """Return the variable for an output, channels last, that a line of one's own assigns."""
        return self._writer.variable_for(self._call.outputs[output], "last")

    def is_used(self, output: int) -> bool:
        """Return whether a call or the network's result needs an output."""
        return self._writer.is_used(self._call.outputs[output])

    def is_ever_used(self, output: int) -> bool:
        """Return whether that of any call of this layer is needed."""
        return any(self._writer.is_used(one[output]) for one in self._writer.made(self._call.layer))
