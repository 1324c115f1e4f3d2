"""A Keras model becomes a network: nested models are gone through, shared layers called again."""

from __future__ import annotations

from typing import get_args

from flowengine import ConfigureError, DataError, NetworkSpec, TensorSpec
from flowengine.errors import listing
from flowengine.layer import BaseLayer, StateLayer
from flowengine.network import Call
from flowengine_nodes.layer.core.input import DataType
from flowengine_nodes.network._keras.fitting import fitted
from flowengine_nodes.network._keras.items import Item, Model, Place, Use
from flowengine_nodes.network._keras.kept import computed_in, is_stateful
from flowengine_nodes.network._keras.operation import Operation, remedy
from flowengine_nodes.network._keras.operations import EACH, is_known, layers_of
from flowengine_nodes.network._keras.repeating import repeated, step_of


class Builder:
    """Collects layers and calls while models are gone through.

    Attributes:
        stateful: Layers that keep their states from batch to batch in Keras.
        computed: Layers that compute in other numbers than float32 in Keras, by data type.
    """

    def __init__(self, *, keras2: bool) -> None:
        self.keras2 = keras2
        self.layers: dict[str, BaseLayer] = {}
        self.calls: dict[str, Call] = {}
        self.tensors: dict[str, TensorSpec] = {}
        self.frozen: set[str] = set()
        self.stateful: dict[str, None] = {}
        self.computed: dict[str, dict[str, None]] = {}
        self._notes: list[str] = []

    def notes(self) -> tuple[str, ...]:
        """Return what is not quite as in Keras, in sentences."""
        found = list(self._notes)
        if self.stateful:
            found.append(
                f"{listing(self.stateful)} kept states from batch to batch in Keras; here each "
                f"batch begins with zeros, as after reset_states; connect the state ports to go on"
            )
        found += [
            f"{listing(paths)} computed in {dtype} in Keras, and in float32 here: numbers differ "
            f"as {dtype} rounds"
            for dtype, paths in self.computed.items()
        ]
        return tuple(found)

    def network(self, model: Model) -> NetworkSpec:
        """Return the network of the outermost model.

        Raises:
            DataError: Layers do not fit together.
        """
        items = {item.name: item for item in model.items}
        inputs = {}
        for name, _, _ in model.inputs:
            inputs[name] = name
            self.tensors[name] = _input_spec(items[name])
        outputs = self.run(model, list(inputs), "")
        return NetworkSpec(
            layers=self.layers,
            calls=self.calls,
            tensors=self.tensors,
            inputs=inputs,
            outputs=_named(outputs, model.names),
            frozen=frozenset(self.frozen),
        )

    def run(
        self, model: Model, inputs: list[str], prefix: str, *, is_repeated: bool = False
    ) -> list[str]:
        """Call a model on tensors and return the tensors it gives.

        Args:
            model: The model.
            inputs: The tensors.
            prefix: What the names of its layers begin with.
            is_repeated: Whether it is applied to each step of a sequence.
        """
        if len(inputs) != len(model.inputs):
            raise DataError(f"a model of {len(model.inputs)} inputs is called on {len(inputs)}")
        known: dict[tuple[str, int], list[str]] = {}
        for place, tensor in zip(model.inputs, inputs, strict=True):
            known[place[0], 0] = [tensor]
        waiting = [(item, at) for item in model.items for at in range(len(item.uses))]
        while waiting:
            rest = []
            for item, at in waiting:
                places = item.uses[at].inputs
                cannot = item.kind == "operation" and not is_known(item.entry["class_name"])
                if cannot or any(place[:2] not in known for place in places):
                    rest.append((item, at))
                    continue
                taken = [_pick(known, place) for place in places]
                known[item.name, at] = self._call(item, at, taken, prefix, is_repeated=is_repeated)
            if len(rest) == len(waiting):
                self._check_rest(model, rest)
                break
            waiting = rest
        return [_pick(known, place) for place in model.outputs]

    def _call(
        self, item: Item, at: int, taken: list[str], prefix: str, *, is_repeated: bool
    ) -> list[str]:
        path = f"{prefix}{item.name}"
        if item.model is not None:
            repeats = is_repeated or item.is_repeated
            return self.run(item.model, taken, f"{path}/", is_repeated=repeats)
        if item.kind == "operation":
            return self._operate(item, at, taken, path, is_repeated=is_repeated)
        layer = item.layer
        if layer is None:
            raise DataError(f'the input "{path}" is called like a layer')
        if not taken:
            raise DataError(f'layer "{path}" is called on nothing')
        specs = [self.tensors[tensor] for tensor in taken]
        self._check_mask(item.uses[at], path, layer, specs)
        self._note_on(item, path)
        steps = [step_of(spec) for spec in specs] if is_repeated else specs
        layer = fitted(layer, steps[0], path, is_reversed=item.uses[at].is_reversed)
        if item.is_frozen:
            self.frozen.add(path)
        made = self._apply(path, layer, taken, is_repeated=is_repeated)
        if item.after is None:
            return made
        return self._apply(f"{path}_activation", item.after, made[:1], is_repeated=is_repeated)

    def _operate(
        self, item: Item, at: int, taken: list[str], path: str, *, is_repeated: bool
    ) -> list[str]:
        node = item.entry["inbound_nodes"][at]
        operation = Operation(item.entry["class_name"], path, item.entry["config"], node["args"])
        specs = [self.tensors[tensor] for tensor in taken]
        steps = [step_of(spec) for spec in specs] if is_repeated else specs
        made: list[str] = []
        for number, layers in enumerate(layers_of(operation, steps), 1):
            name = path if number == 1 else f"{path}_{number}"
            each = operation.kind in EACH
            made += self._chain(name, layers, taken, each=each, is_repeated=is_repeated)
        return made

    def _chain(
        self,
        path: str,
        layers: list[BaseLayer],
        taken: list[str],
        *,
        each: bool,
        is_repeated: bool,
    ) -> list[str]:
        """Put layers behind the last tensor, or behind each, and the last layer behind all."""
        *before, last = layers
        *others, tensor = taken
        for number, layer in enumerate(before, 1):
            name = f"{path}_part_{number}"
            (tensor,) = self._apply(name, layer, [tensor], is_repeated=is_repeated)
            if each:
                others = [
                    self._apply(name, layer, [one], is_repeated=is_repeated)[0] for one in others
                ]
        return self._apply(path, last, [*others, tensor], is_repeated=is_repeated)

    def _apply(
        self, path: str, layer: BaseLayer, taken: list[str], *, is_repeated: bool
    ) -> list[str]:
        """Call a layer on tensors and return the tensors it makes."""
        specs = [self.tensors[tensor] for tensor in taken]
        if is_repeated:
            layer = repeated(layer, specs, path)
        self.layers[path] = layer
        call, count = path, 1
        while call in self.tensors:
            count += 1
            call = f"{path}_call_{count}"
        try:
            made = layer.output_specs(*specs)
        except ConfigureError as error:
            raise DataError(f'layer "{path}": {error}') from None
        names = (call, *(f"{call}.{port}" for port in layer.output_names()[1:]))
        self.calls[call] = Call(path, tuple(taken), names)
        self.tensors |= dict(zip(names, made, strict=True))
        return list(names)

    def _note_on(self, item: Item, path: str) -> None:
        """Keep what a layer does otherwise in Keras."""
        if is_stateful(item.entry["config"]):
            self.stateful.setdefault(path)
        computes = computed_in(item.entry["config"])
        if computes is not None:
            self.computed.setdefault(computes, {}).setdefault(path)

    def _check_mask(self, use: Use, path: str, layer: BaseLayer, specs: list[TensorSpec]) -> None:
        is_masked = any(spec.masked for spec in specs)
        if use.is_masked and not is_masked:
            raise DataError(f'layer "{path}" is called with a mask of its own, which is not known')
        has_states = isinstance(layer, StateLayer) and len(specs) > 1
        if is_masked and has_states and not use.is_masked and not self.keras2:
            self._notes.append(
                f'"{path}" takes a masked sequence and first states: Keras 3 forgets the mask '
                f"there, here it counts"
            )

    def _check_rest(self, model: Model, rest: list[tuple[Item, int]]) -> None:
        """Check that nothing is left but operations that masks are made by."""
        operations = {
            one.name: one.entry["class_name"]
            for one in model.items
            if one.kind == "operation" and not is_known(one.entry["class_name"])
        }
        # What no layer needs is no matter: it may be there for masks alone.
        needed = [
            (f'"{item.name}"', place[0])
            for item, at in rest
            if item.kind != "operation"
            for place in item.uses[at].inputs
        ]
        needed += [("the result of the model", place[0]) for place in model.outputs]
        waiting = {item.name: item.uses[at].inputs for item, at in rest}
        seen: set[str] = set()
        while needed:
            taker, name = needed.pop()
            if name in operations:
                raise DataError(
                    f'the operation "{operations[name]}" ("{name}") cannot be read, and {taker} '
                    f"needs it; {remedy(operations[name])}"
                )
            if name not in seen:
                seen.add(name)
                needed += [(f'"{name}"', place[0]) for place in waiting.get(name, ())]
        for item, at in rest:
            if item.kind == "operation":
                continue
            raise DataError(
                f'layer "{item.name}" takes a tensor that no layer makes: '
                f"{listing(place[0] for place in item.uses[at].inputs)}"
            )


def _named(tensors: list[str], names: list[str] | None) -> dict[str, str]:
    """Return outputs by name; a tensor that is given twice has two."""
    named: dict[str, str] = {}
    for name, tensor in zip(names or tensors, tensors, strict=True):
        free, count = name, 1
        while free in named:
            count += 1
            free = f"{name}_{count}"
        named[free] = tensor
    return named


def _pick(known: dict[tuple[str, int], list[str]], place: Place) -> str:
    made = known.get(place[:2])
    if made is None or not 0 <= place[2] < len(made):
        raise DataError(f'output {place[2]} of "{place[0]}" is used, but never made')
    return made[place[2]]


def _input_spec(item: Item) -> TensorSpec:
    config = item.entry["config"]
    shape = config.get("batch_shape") or config.get("batch_input_shape")
    dtype = config.get("dtype") or "float32"
    if isinstance(dtype, dict):
        dtype = dtype["config"]["name"]
    # Both are numbers of 16 bits, and float32 holds the numbers of either.
    dtype = "float32" if dtype == "bfloat16" else dtype
    if dtype not in get_args(DataType):
        raise DataError(f'the input "{item.name}" takes {dtype}; it must be numbers')
    sizes = tuple(shape[1:])
    if not all(size is None or (type(size) is int and size > 0) for size in sizes):
        raise DataError(f'the input "{item.name}" has the shape {shape}')
    return TensorSpec(sizes, dtype)
