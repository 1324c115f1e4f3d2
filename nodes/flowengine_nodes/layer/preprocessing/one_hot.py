"""Whole numbers as vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import Layer, TensorSpec, node
from flowengine_nodes.layer._settings import Size

if TYPE_CHECKING:
    import torch


@node(title="One-Hot", keywords=("category", "class", "index", "dictionary", "encode"))
class OneHot(Layer):
    """Turn each whole number into a vector with a 1 at its place and zeros elsewhere.

    ``y[k] = 1 where k = x, else 0``.

    Numbers beyond the classes give zeros only. As a layer it travels with the network, and tables
    keep their small integers: 16 MB instead of 4 GB for 160,000 windows of 100 characters.
    """

    num_classes: Size
    """Number of classes, the size of the vectors; the numbers are 0 to one less."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        shape = (*inputs[0].shape, self.num_classes)
        return TensorSpec(shape, masked=inputs[0].masked)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.encoding import OneHotCell

        return OneHotCell(self.num_classes)
