from __future__ import annotations

import time

from flowengine import Context, Node, node

from ._log import note


@node(title="Pause")
class Pause(Node):
    """Wait, and give the time of start and end."""

    seconds: float = 0.3
    """How long."""
    listens: bool = True
    """Whether it ends early when the run is cancelled."""
    number: int = 0
    """Makes it another node."""

    def execute(self, ctx: Context, after: int | None = None) -> dict:  # type: ignore[type-arg]
        note(ctx.node)
        start = time.time()
        while time.time() < start + self.seconds:
            if self.listens:
                ctx.progress((time.time() - start) / self.seconds, "waiting")
            time.sleep(0.01)
        return {"start": start, "end": time.time()}
