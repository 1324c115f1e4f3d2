"""A Keras model becomes a network: nested models are gone through, shared layers called again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from flowengine import ConfigureError, DataError, NetworkSpec, TensorSpec
from flowengine.errors import listing
from flowengine.layer import BaseLayer
from flowengine.network import Call
from flowengine.tensor import DataType
from flowengine_nodes.network._keras.fitting import fitted
from flowengine_nodes.network._keras.items import Item, Model, Place
from flowengine_nodes.network._keras.kept import computed_in, is_stateful
from flowengine_nodes.network._keras.masks import Masks, sources_of
from flowengine_nodes.network._keras.operation import Operation, remedy
from flowengine_nodes.network._keras.operations import EACH, is_known, layers_of
from flowengine_nodes.network._keras.repeating import repeated, step_of

Known = dict[tuple[str, int], list[str]]
"""Tensors that layers of a model have made, by layer and call."""


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
        self._items: set[str] = set()
        self._masks = Masks()

    def notes(self) -> tuple[str, ...]:
        """Return what is not quite as in Keras, in sentences."""
        found = self._masks.notes()
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
        if prefix and not is_repeated:
            self._check_ranks(model, inputs, prefix)
        self._items |= {f"{prefix}{item.name}" for item in model.items}
        known: Known = {}
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
                self._check_mask(item, at, f"{prefix}{item.name}", taken, model, known)
                known[item.name, at] = self._call(item, at, taken, prefix, is_repeated=is_repeated)
            if len(rest) == len(waiting):
                self._check_rest(model, rest)
                break
            waiting = rest
        return [_pick(known, place) for place in model.outputs]

    def _check_ranks(self, model: Model, inputs: list[str], prefix: str) -> None:
        starts = {item.name: item.entry["config"] for item in model.items if item.is_input}
        for (name, _, _), tensor in zip(model.inputs, inputs, strict=True):
            config = starts[name]
            shape = config.get("batch_shape") or config.get("batch_input_shape")
            if shape and len(shape) != len(self.tensors[tensor].shape) + 1:
                raise DataError(
                    f'the input "{name}" of the model "{prefix[:-1]}" has {len(shape) - 1} '
                    f"dimensions, but the tensor it is called on has "
                    f"{len(self.tensors[tensor].shape)}; give both as many before saving"
                )

    def _call(
        self, item: Item, at: int, taken: list[str], prefix: str, *, is_repeated: bool
    ) -> list[str]:
        path = f"{prefix}{item.name}"
        if item.model is not None:
            repeats = is_repeated or item.is_repeated
            inputs = _arranged(item.model, item.uses[at].names, taken)
            return self.run(item.model, inputs, f"{path}/", is_repeated=repeats)
        if item.kind == "operation":
            return self._operate(item, at, taken, path, is_repeated=is_repeated)
        layer = item.layer
        if layer is None:
            raise DataError(f'the input "{path}" is called like a layer')
        if not taken:
            raise DataError(f'layer "{path}" is called on nothing')
        specs = [self.tensors[tensor] for tensor in taken]
        self._note_on(item, path)
        steps = [step_of(spec) for spec in specs] if is_repeated else specs
        layer = fitted(layer, steps[0], path, is_reversed=item.uses[at].is_reversed)
        if item.is_frozen:
            self.frozen.add(path)
        made = self._apply(path, layer, taken, is_repeated=is_repeated)
        self._masks.follow(path, layer, taken, made, self.tensors)
        if item.after is None:
            return made
        name = self._free(f"{path}_activation")
        after = self._apply(name, item.after, made[:1], is_repeated=is_repeated)
        self._masks.follow(name, item.after, made[:1], after, self.tensors)
        return after

    def _operate(
        self, item: Item, at: int, taken: list[str], path: str, *, is_repeated: bool
    ) -> list[str]:
        node = item.entry["inbound_nodes"][at]
        operation = Operation(item.entry["class_name"], path, item.entry["config"], node["args"])
        specs = [self.tensors[tensor] for tensor in taken]
        steps = [step_of(spec) for spec in specs] if is_repeated else specs
        made: list[str] = []
        for number, layers in enumerate(layers_of(operation, steps), 1):
            name = path if number == 1 else self._free(f"{path}_{number}")
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
            name = self._free(f"{path}_part_{number}")
            (tensor,) = self._apply(name, layer, [tensor], is_repeated=is_repeated)
            if each:
                others = [
                    self._apply(name, layer, [one], is_repeated=is_repeated)[0] for one in others
                ]
        return self._apply(path, last, [*others, tensor], is_repeated=is_repeated)

    def _free(self, path: str) -> str:
        """Return a name for a part of an item, which is that of no other item."""
        while path in self._items:
            path += "_"
        return path

    def _apply(
        self, path: str, layer: BaseLayer, taken: list[str], *, is_repeated: bool
    ) -> list[str]:
        """Call a layer on tensors and return the tensors it makes."""
        specs = [self.tensors[tensor] for tensor in taken]
        if is_repeated:
            layer = repeated(layer, specs, path)
        while self.layers.get(path, layer) != layer:
            # What an operation becomes may follow from the sizes that it is called on.
            path = self._free(f"{path}_")
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

    def _check_mask(
        self, item: Item, at: int, path: str, taken: list[str], model: Model, known: Known
    ) -> None:
        use, layer = item.uses[at], item.layer
        if item.kind == "operation":
            return
        given = sources_of(use.masks, model, known) if use.is_masked else None
        self._masks.check(path, taken, given)
        if item.model is not None and use.is_masked:
            self._masks.restore(taken)
        masked = [tensor for tensor in taken if self.tensors[tensor].masked]
        if not use.is_masked and not self.keras2:
            self._masks.read(path, layer, taken, masked)

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


def _named(tensors: list[str], names: Sequence[str | None] | None) -> dict[str, str]:
    """Return outputs by name; a tensor that is given twice has two."""
    named: dict[str, str] = {}
    for own, tensor in zip(names or tensors, tensors, strict=True):
        name = tensor if own is None else own
        free, count = name, 1
        while free in named:
            count += 1
            free = f"{name}_{count}"
        named[free] = tensor
    return named


def _arranged(model: Model, names: tuple[str, ...], tensors: list[str]) -> list[str]:
    """Return tensors in the order of a model's inputs, where they are given by name."""
    given = dict(zip(names, tensors, strict=True)) if names else {}
    wanted = [name for name, _, _ in model.inputs]
    if model.takes_names or not given.keys() >= set(wanted):
        return tensors
    return [given[name] for name in wanted]


def _pick(known: Known, place: Place) -> str:
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
        helps = (
            "save the model that begins where numbers stand"
            if dtype == "string"
            else f"give the model an input of one of {listing(get_args(DataType))} before saving"
        )
        raise DataError(f'the input "{item.name}" takes {dtype}, which is not known here; {helps}')
    sizes = tuple(shape[1:])
    if not all(size is None or (type(size) is int and size > 0) for size in sizes):
        raise DataError(f'the input "{item.name}" has the shape {shape}')
    return TensorSpec(sizes, dtype)
