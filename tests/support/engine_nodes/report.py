from __future__ import annotations

from flowengine import Context, Node, node


@node(title="Report")
class Report(Node):
    """Say what there is to say."""

    def execute(self, ctx: Context) -> int:
        for number in ctx.track(range(3), "counting"):
            ctx.metric("loss", number, 1 / (number + 1))
        ctx.warn("this is odd")
        ctx.warn("this is odd")
        return ctx.seed
