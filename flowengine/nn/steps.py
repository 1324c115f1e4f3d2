"""Steps: the calls of a network in order, each with what it needs to run. Imports torch."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from torch import Tensor, nn

from flowengine.errors import DataError
from flowengine.network import Call, NetworkSpec
from flowengine.network_surgery import needed_calls
from flowengine.nn.regularizers import Regularizer
from flowengine.tensor import Shape, TensorSpec
from flowengine.wording import kind_of_value

Mask = Tensor | None
Masks = Mask | tuple[Mask, ...]


@dataclass
class Step:
    """One call of a layer.

    Attributes:
        layer: Name of the layer.
        module: What computes it.
        inputs: Names of the tensors it takes.
        outputs: Names of the tensors it makes.
        casts: For each input whether it is turned into float32 first.
        masked: For each output whether a mask travels with it.
        reads_mask: Whether the module takes a mask.
        after: An activation of an earlier step that a rewrite moved behind this one.
        regularizer: Adds to the loss what it finds in the outputs.
        read: How many outputs there are up to the last that somebody reads; at least 1.
        last_use: Tensors that nobody needs after this step.
        title: What the layer is called in sentences to its author.
        promised: The specs of all tensors, until the first run has held its outputs against them.
    """

    layer: str
    module: nn.Module
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    casts: tuple[bool, ...]
    masked: tuple[bool, ...]
    reads_mask: bool
    after: nn.Module | None = None
    regularizer: Regularizer | None = None
    read: int = 1
    last_use: tuple[str, ...] = field(default=())
    title: str = ""
    promised: Mapping[str, TensorSpec] | None = None

    def run(self, values: dict[str, Tensor], masks: dict[str, Tensor]) -> tuple[Tensor, ...]:
        """Compute the outputs into ``values`` and their masks into ``masks``, and return them.

        Raises:
            DataError: The layer's module gave something else than the layer promised.
        """
        taken = [
            values[name].float() if cast else values[name]
            for name, cast in zip(self.inputs, self.casts, strict=True)
        ]
        mask = self._mask(masks) if masks else None
        if mask is not None and self.reads_mask:
            result = self.module(*taken, mask=mask)
        else:
            result = self.module(*taken)
        outputs = result if isinstance(result, tuple) else (result,)
        if self.promised is not None:
            self._check(taken, outputs, self.promised)
            self.promised = None
        if self.after is not None:
            outputs = (self.after(outputs[0]), *outputs[1:])
        values.update(zip(self.outputs, outputs, strict=True))
        if any(self.masked):
            self._pass_mask(mask, taken, masks)
        for name in self.last_use:
            del values[name]
            masks.pop(name, None)
        return outputs

    def activities(self, outputs: tuple[Tensor, ...]) -> Sequence[Tensor]:
        """Return what a regularizer of activities looks at, after a run that gave ``outputs``."""
        # Attention and wrappers have activities of their own that count, those of their parts.
        own = getattr(self.module, "activities", None)
        if own is not None:
            found: Sequence[Tensor] = own(outputs[: self.read])
            return found
        # As in Keras, where a layer has further outputs if one asks for them, and then all.
        return outputs if self.read > 1 else outputs[:1]

    def _check(
        self,
        taken: Sequence[Tensor],
        outputs: tuple[object, ...],
        promised: Mapping[str, TensorSpec],
    ) -> None:
        """Hold what a module gave against its layer's promise: the next layer would be blamed."""
        # A text generator goes through a sequence step by step, of which no shape was promised.
        as_planned = all(
            _fits(tuple(tensor.shape[1:]), promised[name].shape)
            for name, tensor in zip(self.inputs, taken, strict=True)
        )
        if len(outputs) != len(self.outputs):
            raise DataError(
                f"{self.title}: outputs() promised {len(self.outputs)} "
                f"tensor{'s' * (len(self.outputs) != 1)}, but forward of the module from build() "
                f"gave {len(outputs)}"
            )
        for name, output in zip(self.outputs, outputs, strict=True):
            if not isinstance(output, Tensor):
                raise DataError(
                    f"{self.title}: forward of the module from build() must return a tensor, not "
                    f"{kind_of_value(output)}"
                )
            shape, wanted = tuple(output.shape[1:]), promised[name].shape
            if as_planned and not _fits(shape, wanted):
                raise DataError(
                    f"{self.title}: outputs() promised the shape {promised[name]}, but forward of "
                    f"the module from build() gave {TensorSpec(shape)} (each without the batch)"
                )

    def _mask(self, masks: Mapping[str, Tensor]) -> Masks:
        found = tuple(masks.get(name) for name in self.inputs)
        if all(mask is None for mask in found):
            return None
        return found[0] if len(found) == 1 else found

    def _pass_mask(self, mask: Masks, taken: list[Tensor], masks: dict[str, Tensor]) -> None:
        compute = getattr(self.module, "compute_mask", None)
        if compute is not None:
            made = compute(mask, *taken)
        elif isinstance(mask, tuple):
            made = next(one for one in mask if one is not None)
        else:
            made = mask
        made = made if isinstance(made, tuple) else (made,) * len(self.outputs)
        for name, has_mask, one in zip(self.outputs, self.masked, made, strict=True):
            if has_mask and one is not None:
                masks[name] = one


def plan(spec: NetworkSpec, modules: Mapping[str, nn.Module]) -> list[Step]:
    """Return the steps of a network, one for each call that an output needs."""
    steps = [_step(spec, modules, call) for call in needed_calls(spec).values()]
    kept = set(spec.outputs.values())
    wanted = kept.union(*(step.inputs for step in steps))
    for step in steps:
        found = [number for number, name in enumerate(step.outputs, 1) if name in wanted]
        step.read = max(found, default=1)
    _leave_out(steps)
    for step in reversed(steps):
        # Walked backwards, so the first time a tensor is met is its last use.
        step.last_use = tuple(dict.fromkeys(name for name in step.inputs if name not in kept))
        kept.update(step.inputs)
    return steps


def _leave_out(steps: list[Step]) -> None:
    """Ask modules that can leave out further outputs for what somebody reads."""
    for step in steps:
        if hasattr(step.module, "gives_all"):
            calls = [other for other in steps if other.module is step.module]
            gives_all = any(other.read > 1 for other in calls)
            setattr(step.module, "gives_all", gives_all)  # noqa: B010  # for a type checker
            if not gives_all:
                step.outputs, step.masked = step.outputs[:1], step.masked[:1]


def _step(spec: NetworkSpec, modules: Mapping[str, nn.Module], call: Call) -> Step:
    layer, module = spec.layers[call.layer], modules[call.layer]
    takes_integers = getattr(module, "takes_integers", False)
    return Step(
        layer=call.layer,
        module=module,
        inputs=call.inputs,
        outputs=call.outputs,
        casts=tuple(_is_cast(spec.tensors[name], takes_integers) for name in call.inputs),
        masked=tuple(spec.tensors[name].masked for name in call.outputs),
        reads_mask="mask" in inspect.signature(module.forward).parameters,
        regularizer=getattr(layer, "activity_regularizer", None),
        title=f'layer "{call.layer}" ({type(layer).__name__})',
        promised=spec.tensors,
    )


def _fits(shape: tuple[int, ...], wanted: Shape) -> bool:
    """Return whether a tensor has the shape that was planned; ``None`` is any size."""
    return len(shape) == len(wanted) and all(
        size in (None, found) for size, found in zip(wanted, shape, strict=True)
    )


def _is_cast(tensor: TensorSpec, takes_integers: bool) -> bool:  # noqa: FBT001
    # As in Keras, layers compute in float32 whatever arrives, but indices stay integers.
    if tensor.dtype == "float32":
        return False
    return "float" in tensor.dtype or not takes_integers
