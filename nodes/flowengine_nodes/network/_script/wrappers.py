"""Layers around other layers."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any

from flowengine import TensorSpec
from flowengine.layer import BaseLayer
from flowengine_nodes.network._script.call import CallWriter, Layout

Writers = Mapping[str, Callable[[CallWriter], None]]


def spectral_normalization(writers: Writers, call: CallWriter) -> None:
    """SpectralNormalization, whose kernel is as training left it."""
    layer: Any = call.layer
    kind = layer.layer.__type_id__.partition(".")[2]
    if kind not in writers:
        raise call.refuse(
            f"{type(layer.layer).__name__} has no form in PyTorch that one could read"
        )
    call.line("# The kernel is held to its norm only in training by flowengine.")
    writers[kind](call.around(layer.layer, "layer"))


def time_distributed(writers: Writers, readers: Container[str], call: CallWriter) -> None:
    """TimeDistributed: all steps of all rows are rows of the inner layer.

    Args:
        writers: Which function writes which layer.
        readers: Layers that depend on masks.
        call: The call.
    """
    layer: Any = call.layer
    kind = layer.layer.__type_id__.partition(".")[2]
    if kind not in writers:
        raise call.refuse(
            f"{type(layer.layer).__name__} has no form in PyTorch that one could read"
        )
    if kind == "dense":
        # PyTorch applies it to the last axis of any tensor.
        writers[kind](call.around(layer.layer, "layer"))
        return
    # A mask of more than the steps goes on into the layer.
    if call.inputs[0].masked and len(call.inputs[0].shape) > 2 and kind in readers:
        raise call.refuse("what the layer inside does with masks is not written")
    call.line(f"steps = {call.take(as_float=False)}.flatten(0, 1)")
    inner = StepCall(call, layer.layer)
    writers[kind](inner)
    if not inner.is_given:
        inner.give("steps")


class StepCall(CallWriter):
    """Writes the call of a layer on all steps of a sequence, which stand in ``steps``.

    Attributes:
        is_given: Whether the layer said what its result is, or left it in ``steps``.
    """

    def __init__(self, outer: CallWriter, layer: BaseLayer) -> None:
        self.__dict__.update(outer.around(layer, "layer").__dict__)
        (tensor,) = outer.inputs
        step = TensorSpec(tensor.shape[1:], tensor.dtype)
        self.inputs = [step]
        self.outputs = list(layer.output_specs(step))
        self.is_given = False
        self._outer = outer

    def take(self, number: int = 0, layout: Layout = "last", *, as_float: bool = True) -> str:
        is_whole = as_float and self.inputs[0].dtype != "float32"
        steps = "steps.float()" if is_whole else "steps"
        return f"{steps}.movedim(-1, 1)" if layout == "first" and self.rank else steps

    def layout_of(self, number: int = 0) -> Layout:
        return "last"

    def mask(self, number: int = 0) -> str | None:
        return None

    @property
    def passes_mask(self) -> bool:
        return False

    def is_used(self, output: int) -> bool:
        return output == 0

    def variable(self, output: int) -> str:
        return "steps"

    def give(self, expression: str, layout: Layout = "last", output: int = 0) -> str:
        self.is_given = True
        if expression != "steps":
            self.line(f"steps = {expression}")
        is_first = layout == "first" and len(self.outputs[0].shape) > 1
        made = "steps.movedim(1, -1)" if is_first else "steps"
        steps = self._outer.inputs[0].shape[0]
        if steps is None:
            raise self._outer.refuse("it needs a sequence of known length")
        return self._outer.give(f"{made}.unflatten(0, (-1, {steps}))")
