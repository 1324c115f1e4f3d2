from __future__ import annotations

from flowengine import Context, Node, node


@node(title="Mirror")
class Mirror(Node):
    """Give what the engine says about the node."""

    def execute(self, ctx: Context) -> dict:  # type: ignore[type-arg]
        return {
            "node": ctx.node,
            "device": ctx.device,
            "threads": ctx.threads,
            "seed": ctx.seed,
            "path": str(ctx.path("x", write=True)),
            "blobs": str(ctx.blobs),
            "resume": ctx.resume is not None,
            "stopping": ctx.stopping(),
        }
