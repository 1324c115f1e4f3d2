"""Models that are applied to each step of a sequence: each of their layers is."""

from __future__ import annotations

from collections.abc import Sequence

from flowengine import ConfigureError, DataError, MergeLayer, TensorSpec
from flowengine.layer import BaseLayer
from flowengine_nodes.layer.core.clip import Clip
from flowengine_nodes.layer.core.function import Function
from flowengine_nodes.layer.core.power import Power
from flowengine_nodes.layer.core.reduce import Reduce
from flowengine_nodes.layer.merge.concatenate import Concatenate
from flowengine_nodes.layer.merge.dot import Dot
from flowengine_nodes.layer.reshaping.slice import Slice
from flowengine_nodes.layer.wrapper.time_distributed import TimeDistributed

ANY_AXES = (Clip, Function, Power)
"""Layers that do the same with every value."""


def repeated(layer: BaseLayer, specs: Sequence[TensorSpec], path: str) -> BaseLayer:
    """Return the layer that does with each step what a layer does.

    Args:
        layer: The layer.
        specs: The sequences that it gets.
        path: Its name, for sentences.

    Raises:
        DataError: It takes several tensors in another way than to merge them, or makes a mask.
    """
    kind = type(layer).__name__
    if isinstance(layer, ANY_AXES):
        return layer
    if isinstance(layer, Reduce):
        given = (layer.axis,) if isinstance(layer.axis, int) else layer.axis
        axes = tuple(axis + (axis > 0) for axis in given)
        return layer.model_copy(update={"axis": axes})
    if isinstance(layer, Concatenate | Slice):
        # Axes count from the batch, and a step has one in front.
        return layer.model_copy(update={"axis": layer.axis + (layer.axis > 0)})
    if isinstance(layer, MergeLayer) and not isinstance(layer, Dot):
        return layer
    if len(specs) > 1 or isinstance(layer, MergeLayer):
        raise _refusal(path, kind)
    outer = TimeDistributed(layer=layer)
    try:
        makes_mask = layer.output_specs(outer.step(specs[0]))[0].masked and not specs[0].masked
    except ConfigureError as error:
        raise DataError(f'layer "{path}": {error}') from None
    if makes_mask:
        raise DataError(
            f'layer "{path}" ({kind}) makes a mask in a model that TimeDistributed applies to each '
            f"step, which is not known here"
        )
    return outer


def step_of(tensor: TensorSpec) -> TensorSpec:
    """Return one step of a sequence."""
    return TensorSpec(tensor.shape[1:], tensor.dtype)


def _refusal(path: str, kind: str) -> DataError:
    return DataError(
        f'"{path}" ({kind}) cannot be applied to each step of a sequence; keep it out of the model '
        f"that TimeDistributed applies"
    )
