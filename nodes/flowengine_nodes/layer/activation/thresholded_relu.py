"""The rectifier with a threshold, as Keras 2 had it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import TensorSpec, node
from flowengine_nodes.layer.activation._activation import ActivationLayer

if TYPE_CHECKING:
    import torch


@node(title="ThresholdedReLU", keywords=("rectifier",))
class ThresholdedReLU(ActivationLayer):
    """Keep what lies above a threshold and set the rest to zero: ``x`` where ``x > theta``.

    Keras 3 no longer has it; its ReLU with ``threshold`` does the same (Konda et al., 2014).
    """

    theta: Annotated[float, Field(ge=0)] = 1.0
    """The threshold."""

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.rectifiers import ReLUModule
        from flowengine.nn.cells.shaping import ActivationCell

        return ActivationCell(ReLUModule(threshold=self.theta))
