"""A longer sequence."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.reshaping._up_sampling import UpSampling


@node(title="UpSampling1D", keywords=("repeat", "sequence"))
class UpSampling1D(UpSampling):
    """Repeat each step of a sequence.

    ``y[t] = x[t // size]``.
    """

    axes: ClassVar[str] = "steps, channels"

    size: Size = 2
    """How often each step is repeated."""

    @property
    def factors(self) -> tuple[int, ...]:
        return (self.size,)
