"""All dimensions in one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from flowengine import Layer, TensorSpec, node
from flowengine_nodes.layer._settings import DataFormat
from flowengine_nodes.layer._tensors import moved

if TYPE_CHECKING:
    import torch


@node(title="Flatten")
class Flatten(Layer):
    """Turn all dimensions of a row into one.

    ``y[i · columns + j] = x[i, j]``.
    """

    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        known = [size for size in inputs[0].shape if size is not None]
        complete = len(known) == len(inputs[0].shape)
        return moved(inputs[0], math.prod(known) if complete else None)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.shaping import FlattenCell

        return FlattenCell()
