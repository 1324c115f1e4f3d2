"""Zeros around a volume."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer.reshaping._sides import TripleOfSides
from flowengine_nodes.layer.reshaping._zero_padding import ZeroPadding


@node(title="ZeroPadding3D", keywords=("border", "volume"))
class ZeroPadding3D(ZeroPadding):
    """Add zeros at the edges of a volume.

    ``y[i + before_1, j + before_2, k + before_3] = x[i, j, k], else 0``.
    """

    axes: ClassVar[str] = "depth, height, width, channels"

    padding: TripleOfSides = ((1, 1), (1, 1), (1, 1))
    """Places added at the start and at the end of depth, height and width; one number stands for
    all, one number for an axis for both its sides."""
