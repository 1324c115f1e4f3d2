"""Helpers for tests of nodes and layers, built-in or a plugin's.

``check_layer`` compares with torch and Keras, so it is imported on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine.testing.context import FakeContext
from flowengine.testing.nodes import check_definition, check_node

if TYPE_CHECKING:
    from flowengine.testing.layers import check_layer

__all__ = ["FakeContext", "check_definition", "check_layer", "check_node"]


def __getattr__(name: str) -> object:
    if name == "check_layer":
        from flowengine.testing.layers import check_layer

        return check_layer
    raise AttributeError(f"module 'flowengine.testing' has no attribute {name!r}")
