"""Zeros around a sequence."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer.reshaping._sides import Side, Sides
from flowengine_nodes.layer.reshaping._zero_padding import ZeroPadding


@node(title="ZeroPadding1D", keywords=("border", "sequence"))
class ZeroPadding1D(ZeroPadding):
    """Add zeros at the edges of a sequence.

    ``y[t + before] = x[t], else 0``.
    """

    axes: ClassVar[str] = "steps, channels"

    padding: Side = (1, 1)
    """Steps added at the start and at the end; one number stands for both."""

    @property
    def sides(self) -> Sides:
        return (self.padding,)
