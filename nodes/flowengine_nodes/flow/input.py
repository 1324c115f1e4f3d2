"""``flow.input``."""

from __future__ import annotations

from typing import Literal

from flowengine import Node, node


@node(title="Input", keywords=("port", "parameter"))
class Input(Node):
    """Give a component, or a whole workflow, an input port named like this node.

    Inside, the value comes out of the port ``out``.
    """

    port_type: Literal["table", "network", "model", "chart", "variable"] = "table"
    """Type of the port."""
    optional: bool = False
    """Whether the port may stay unconnected."""

    def execute(self) -> None:
        """Never called: the engine passes the value through."""
