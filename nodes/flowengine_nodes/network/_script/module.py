"""A network as the text of a PyTorch module."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from flowengine import ConfigureError, NetworkSpec
from flowengine.errors import listing
from flowengine.network import Call
from flowengine.network_surgery import needed_calls, needed_inputs
from flowengine_nodes.network._keras.cudnn import without_cudnn
from flowengine_nodes.network._script.call import CallWriter, Layout
from flowengine_nodes.network._script.texts import WIDTH, line_of
from flowengine_nodes.network._script.writers import JOIN_MASKS, REFUSE_MASKS, TAKE_MASKS, WRITERS

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

CHAIN = "x"
"""The variable of a tensor that only the next line needs."""

STATES = [f"{way}{name}" for way in ("", "forward_", "backward_") for name in ("state", "cell")]
RESERVED = (
    CHAIN,
    "self",
    "torch",
    "F",
    "nn",
    "Tensor",
    "first",
    "steps",
    "places",
    "scores",
    "allowed",
    "pairs",
    "made",
    "vectors",
    "bins",
    "least",
    "most",
    "share",
    "real",
    "means",
    "forward",
    "backward",
    *STATES,
)
"""Names that lines use for something else."""


class ModuleWriter:
    """Writes the lines of a module.

    Attributes:
        modules: Constructor by attribute.
        state: The state dict.
        body: Lines of ``forward``.
        layouts: Where each tensor has its channels.
        masks: The variable of each tensor's mask, where it has one that somebody needs.
        masks_wanted: Tensors whose masks somebody needs.
        helpers: Classes of ``helpers`` that the program needs.
    """

    def __init__(self, spec: NetworkSpec, weights: Mapping[str, Mapping[str, Array]]) -> None:
        self.modules: dict[str, str] = {}
        self.state: dict[str, Array] = {}
        self.body: list[str] = []
        self.layouts: dict[str, Layout] = {}
        self.masks: dict[str, str] = {}
        self.helpers: set[str] = set()
        self._spec = spec
        self._calls = needed_calls(spec)
        self._shapes = {name: len(tensor.shape) for name, tensor in spec.tensors.items()}
        self._short = _short_names([call.layer for call in self._calls.values()])
        self._readers = Counter(tensor for call in self._calls.values() for tensor in call.inputs)
        self._variables: dict[tuple[str, Layout], str] = {}
        self._attributes: dict[str, str] = {}
        self.arguments: dict[str, str] = {}
        for name in needed_inputs(spec):
            tensor = spec.inputs[name]
            variable = self._free(_identifier(name.rpartition("/")[2]))
            self.arguments[name] = self._variables[tensor, "last"] = variable
            self.layouts[tensor] = "last"
        self.masks_wanted = self._find_wanted_masks()
        self._next = dict(pairwise(self._calls))
        for name, call in self._calls.items():
            kind = spec.layers[call.layer].__type_id__.partition(".")[2]
            writer = CallWriter(self, spec, name, call, weights.get(call.layer, {}))
            if kind not in WRITERS:
                raise writer.refuse("there is no form of it in PyTorch that one could read")
            if kind in REFUSE_MASKS and any(name in self.masks for name in call.inputs):
                raise writer.refuse("what it does with masks has no readable form in PyTorch")
            WRITERS[kind](writer)
            if kind not in JOIN_MASKS:
                self._pass_mask(call)

    def results(self) -> dict[str, str]:
        """Return the variable of each output, channels last."""
        return {
            name: self.variable_in(tensor, "last") for name, tensor in self._spec.outputs.items()
        }

    def is_used(self, tensor: str) -> bool:
        """Return whether a call or the result needs a tensor."""
        return self._readers[tensor] > 0 or tensor in self._spec.outputs.values()

    def made(self, layer: str) -> list[tuple[str, ...]]:
        """Return the tensors that each call of a layer makes."""
        return [call.outputs for call in self._calls.values() if call.layer == layer]

    def variable_in(self, tensor: str, layout: Layout) -> str:
        """Return a tensor's variable with its channels where they are wanted, moving them first."""
        rank = self._shapes[tensor]
        known = self._variables.get((tensor, layout))
        if known is not None or rank < 2:
            return known or self._variables[tensor, self.layouts[tensor]]
        other = self.layouts[tensor]
        source = self._variables[tensor, other]
        order = (0, rank, *range(1, rank)) if layout == "first" else (0, *range(2, rank + 1), 1)
        is_chain = source == CHAIN
        variable = CHAIN if is_chain else self._free(f"{source}_{layout}")
        moved = f"permute{order}" if rank > 2 else "transpose(1, 2)"
        self.body.append(f"{variable} = {source}.{moved}  # channels {layout}")
        if is_chain:
            del self._variables[tensor, other]
            self.layouts[tensor] = layout
        self._variables[tensor, layout] = variable
        return variable

    def assign(self, tensor: str, expression: str, layout: Layout) -> str:
        """Add the line that makes a tensor, and return its variable."""
        variable = self.variable_for(tensor, layout)
        if expression != variable:
            self.body.append(f"{variable} = {expression}")
        return variable

    def variable_for(self, tensor: str, layout: Layout) -> str:
        """Return the variable of a tensor that is made now."""
        if self._shapes[tensor] < 2:
            layout = "last"
        self.layouts[tensor] = layout
        self._variables[tensor, layout] = variable = self._new_variable(tensor)
        return variable

    def module(self, layer: str, suffix: str, constructor: str, state: Mapping[str, Array]) -> str:
        """Add a module unless it is there, and return how it is called."""
        key = f"{layer}\0{suffix}"
        if key not in self._attributes:
            name = _attribute(self._short[layer] + suffix, set(self.modules))
            self._attributes[key] = name
            self.modules[name] = constructor
            # A parameter of the network itself is a part without a name.
            self.state |= {
                f"{name}.{part}" if part else name: array for part, array in state.items()
            }
        return f"self.{self._attributes[key]}"

    def _new_variable(self, tensor: str) -> str:
        maker = next(name for name, call in self._calls.items() if tensor in call.outputs)
        is_main = self._calls[maker].outputs[0] == tensor
        following = self._calls.get(self._next.get(maker, ""))
        only_next = (
            is_main
            and following is not None
            and following.inputs[0] == tensor
            and self._readers[tensor] == 1
            and tensor not in self._spec.outputs.values()
            and not any(self.is_used(one) for one in self._calls[maker].outputs[1:])
        )
        if only_next:
            return CHAIN
        layer = self._calls[maker].layer
        short = self._short[layer] if maker == layer else maker
        port = tensor[len(maker) :]
        return self._free(_identifier(f"{short}{port}"))

    def _free(self, name: str) -> str:
        taken = {*self._variables.values(), *self.masks.values(), *RESERVED}
        while name in taken:
            name += "_"
        return name

    def assign_mask(self, tensor: str, expression: str) -> str:
        """Add the line that makes the mask of a tensor, and return its variable."""
        if expression in self.masks.values():
            variable = expression
        else:
            maker = next(name for name, call in self._calls.items() if tensor in call.outputs)
            variable = self._free(f"{_identifier(self._short[self._calls[maker].layer])}_mask")
            self.body.append(f"{variable} = {expression}")
        self.masks[tensor] = variable
        return variable

    def _pass_mask(self, call: Call) -> None:
        mask = self.masks.get(call.inputs[0])
        for tensor in call.outputs:
            if mask and tensor in self.masks_wanted:
                self.masks.setdefault(tensor, mask)

    def _find_wanted_masks(self) -> set[str]:
        tensors, wanted = self._spec.tensors, set[str]()
        for call in reversed(self._calls.values()):
            kind = self._spec.layers[call.layer].__type_id__.partition(".")[2]
            if kind in TAKE_MASKS | REFUSE_MASKS or wanted.intersection(call.outputs):
                wanted.update(name for name in call.inputs if tensors[name].masked)
        given = wanted.intersection(self._spec.inputs.values())
        if given:
            raise ConfigureError(
                f"the input {listing(sorted(given))} comes with a mask, which a program of PyTorch "
                f"has no place for; keep the layer that makes the mask in the network"
            )
        return wanted


def module_text(writer: ModuleWriter, class_name: str, spec: NetworkSpec) -> str:
    """Return the class as text."""
    results = writer.results()
    single = len(results) == 1
    takes = ", ".join(
        f"{variable} ({_shape(spec, spec.inputs[name])})"
        for name, variable in writer.arguments.items()
    )
    gives = ", ".join(f"{name} ({_shape(spec, spec.outputs[name])})" for name in results)
    about = wrap(f"Takes {takes}; gives {gives}.", WIDTH - 8)
    lines = [
        f"class {class_name}(nn.Module):",
        *(f'    """{line}' if line is about[0] else f"    {line}" for line in about),
        "",
        "    def __init__(self) -> None:",
        "        super().__init__()",
        *(line_of(f"self.{name} = {made}") for name, made in writer.modules.items()),
        "",
    ]
    # The closing quotes stand on a line of their own where the text has several.
    lines[len(about)] += '"""' if len(about) == 1 else '\n    """'
    arguments = "".join(f", {name}: Tensor" for name in writer.arguments.values())
    result = "Tensor" if single else "dict[str, Tensor]"
    head = f"    def forward(self{arguments}) -> {result}:"
    if len(head) > WIDTH:
        head = head.replace("(self", "(\n        self").replace(") ->", "\n    ) ->")
    lines.append(head)
    lines += [line_of(line) for line in writer.body]
    if single:
        lines.append(f"        return {next(iter(results.values()))}")
    else:
        pairs = (f'            "{name}": {variable},' for name, variable in results.items())
        lines += ["        return {", *pairs, "        }"]
    return "\n".join(lines)


def check_network(spec: NetworkSpec) -> None:
    """Check that all layers of a network have a form in PyTorch.

    Raises:
        ConfigureError: One has none.
    """
    spec, _ = without_cudnn(spec, {})
    unknown = {
        type(spec.layers[call.layer]).__name__
        for call in needed_calls(spec).values()
        if spec.layers[call.layer].__type_id__.partition(".")[2] not in WRITERS
    }
    if unknown:
        raise ConfigureError(
            f"{listing(sorted(unknown))} cannot be written as a script; use the Network Writer or "
            f"the ONNX Writer for this network"
        )


def _shape(spec: NetworkSpec, tensor: str) -> str:
    sizes = ("?" if size is None else str(size) for size in spec.tensors[tensor].shape)
    return f"[{', '.join(['batch', *sizes])}]"


def _short_names(layers: list[str]) -> dict[str, str]:
    """Return layers without the component that holds them all."""
    parts = [name.split("/")[:-1] for name in layers]
    common = 0
    while parts and all(len(one) > common and one[common] == parts[0][common] for one in parts):
        common += 1
    return {name: "_".join(name.split("/")[common:]) for name in layers}


def _identifier(name: str) -> str:
    name = re.sub(r"\W", "_", name)
    if not name or name[0].isdigit() or keyword.iskeyword(name):
        name = f"_{name}"
    return name


def _attribute(name: str, taken: set[str]) -> str:
    from torch import nn

    name = _identifier(name)
    # What a module has of its own, "training" among it, is no name of a part.
    own = nn.Module()
    while name in taken or hasattr(own, name) or name.startswith("_"):
        name = name.lstrip("_") + "_" if name.startswith("_") else f"{name}_"
        if name[0].isdigit():
            name = f"layer_{name}"
    return name
