"""Steps: the calls of a network in order, each with what it needs to run. Imports torch."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor, nn

from flowengine.network import Call, NetworkSpec
from flowengine.network_surgery import needed_calls
from flowengine.nn.regularizers import Regularizer
from flowengine.tensor import TensorSpec

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
        regularized: How many outputs it looks at: the first, or all where another one is wanted,
            as in Keras, where a layer has further outputs if one asks for them.
        last_use: Tensors that nobody needs after this step.
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
    regularized: int = 1
    last_use: tuple[str, ...] = field(default=())

    def run(self, values: dict[str, Tensor], masks: dict[str, Tensor]) -> tuple[Tensor, ...]:
        """Compute the outputs into ``values`` and their masks into ``masks``, and return them."""
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
        if self.after is not None:
            outputs = (self.after(outputs[0]), *outputs[1:])
        values.update(zip(self.outputs, outputs, strict=True))
        if any(self.masked):
            self._pass_mask(mask, taken, masks)
        for name in self.last_use:
            del values[name]
            masks.pop(name, None)
        return outputs

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
        step.regularized = 1 if wanted.isdisjoint(step.outputs[1:]) else len(step.outputs)
    for step in reversed(steps):
        # Walked backwards, so the first time a tensor is met is its last use.
        step.last_use = tuple(dict.fromkeys(name for name in step.inputs if name not in kept))
        kept.update(step.inputs)
    return steps


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
    )


def _is_cast(tensor: TensorSpec, takes_integers: bool) -> bool:  # noqa: FBT001
    # As in Keras, layers compute in float32 whatever arrives, but indices stay integers.
    if tensor.dtype == "float32":
        return False
    return "float" in tensor.dtype or not takes_integers
