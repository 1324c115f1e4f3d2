"""Zeros around an image."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer.reshaping._sides import PairOfSides
from flowengine_nodes.layer.reshaping._zero_padding import ZeroPadding


@node(title="ZeroPadding2D", keywords=("border", "image"))
class ZeroPadding2D(ZeroPadding):
    """Add zeros at the edges of an image.

    ``y[i + top, j + left] = x[i, j], else 0``.
    """

    axes: ClassVar[str] = "height, width, channels"

    padding: PairOfSides = ((1, 1), (1, 1))
    """Rows added at the top and at the bottom, columns at the left and at the right; one number
    stands for all, one number for an axis for both its sides."""
