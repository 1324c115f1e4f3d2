from __future__ import annotations

from flowengine import Context, Node, node

from ._log import note


@node(title="Number")
class Number(Node):
    """Give a number."""

    value: int = 1
    """The number."""

    def configure(self) -> str:
        return "int"

    def execute(self, ctx: Context) -> int:
        note(ctx.node)
        return self.value
