"""The inner part of a sequence."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer.reshaping._cropping import Cropping
from flowengine_nodes.layer.reshaping._sides import Side, Sides


@node(title="Cropping1D", keywords=("cut", "sequence"))
class Cropping1D(Cropping):
    """Cut the edges off a sequence.

    ``y[t] = x[t + before]``.
    """

    axes: ClassVar[str] = "steps, channels"

    cropping: Side = (1, 1)
    """Steps cut off at the start and at the end; one number stands for both."""

    @property
    def sides(self) -> Sides:
        return (self.cropping,)
