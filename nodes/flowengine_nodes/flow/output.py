"""``flow.output``."""

from __future__ import annotations

from flowengine import Node, node


@node(title="Output", keywords=("port", "result"))
class Output(Node):
    """Give a component, or a whole workflow, an output port named like this node.

    What is connected to its port ``value`` comes out of the component.
    """

    def execute(self) -> None:
        """Never called: the engine passes the value through."""
