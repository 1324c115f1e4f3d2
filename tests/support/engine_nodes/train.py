from __future__ import annotations

import time

from flowengine import Context, Node, node

from ._log import note


@node(title="Train", exclusive=True, random=True, resume_without=("epochs",))
class Train(Node):
    """Pretend to train: nobody else may, meanwhile."""

    epochs: int = 3
    """Steps to take."""
    seconds: float = 0.05
    """How long each takes."""

    def execute(self, ctx: Context, after: int | None = None) -> dict:  # type: ignore[type-arg]
        note(ctx.node)
        assert ctx.resume is not None
        place = ctx.resume / "epoch"
        first = done = int(place.read_text()) if place.exists() else 0
        start = time.time()
        while done < self.epochs and not ctx.stopping():
            ctx.progress(done / self.epochs)
            time.sleep(self.seconds)
            done += 1
            place.write_text(str(done))
        return {"first": first, "done": done, "start": start, "end": time.time()}
