from __future__ import annotations

from flowengine import Context, Node, node

from ._log import note


@node(title="Add")
class Add(Node):
    """Add a number to numbers."""

    plus: int = 0
    """Added to the sum."""

    def configure(self, numbers: list[str]) -> str:
        return "int"

    def execute(self, numbers: list[int], ctx: Context) -> int:
        note(ctx.node)
        return sum(numbers) + self.plus
