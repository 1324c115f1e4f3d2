"""``FakeContext``: what a node asks of the engine, answered and recorded without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flowengine.errors import Cancelled, PathError
from flowengine.layer import BaseLayer
from flowengine.pictures import check_picture
from flowengine.registry import Registry

if TYPE_CHECKING:
    import numpy as np

T = TypeVar("T")


class FakeContext:
    """A context that records what a node says, for calling ``configure`` and ``execute`` alone.

    Args:
        folder: Where relative paths start, and where weights and checkpoints go.
        cancel_after: Raise ``Cancelled`` at this many-th cancellation point; 0: never.
        stop_after: ``stopping()`` is true from this many-th cancellation point on; 0: never.
    """

    def __init__(
        self,
        folder: Path,
        *,
        node: str = "node",
        seed: int = 0,
        threads: int = 1,
        resume: Path | None = None,
        cancel_after: int = 0,
        stop_after: int = 0,
    ) -> None:
        self.folder = folder
        self.node = node
        self.seed = seed
        self.device = "cpu"
        self.threads = threads
        self.blobs = folder / "blobs"
        self.resume = resume
        self.cancel_after = cancel_after
        self.stop_after = stop_after
        self.warnings: list[str] = []
        self.fractions: list[float] = []
        self.messages: list[str] = []
        self.metrics: list[tuple[str, int, float]] = []
        self.previews: list[tuple[str, int, np.ndarray[Any, Any]]] = []
        self.points = 0

    def load_layer(self, type_id: str, version: int, settings: dict[str, Any]) -> BaseLayer:
        """Return a layer of the installed packs."""
        return Registry.default().load_layer(type_id, version, settings)

    def path(self, value: str, *, write: bool = False) -> Path:
        """Return the path below the context's folder."""
        path = self.folder / value
        if not write and not path.exists():
            raise PathError(f'there is no file "{value}"')
        return path

    def warn(self, message: str) -> None:
        """Record a warning."""
        self.warnings.append(message)

    def progress(self, fraction: float, message: str = "") -> None:
        """Record progress."""
        self.fractions.append(fraction)
        self.messages.append(message)
        self.check()

    def track(self, items: Sequence[T] | Iterable[T], message: str = "") -> Iterator[T]:
        """Yield the items with a cancellation point before each."""
        for item in items:
            self.progress(0.0, message)
            yield item

    def metric(self, name: str, step: int, value: float) -> None:
        """Record a point of a chart."""
        self.metrics.append((name, step, value))

    def preview(self, name: str, step: int, image: np.ndarray[Any, Any]) -> None:
        """Record a picture, which must be one."""
        check_picture(image.shape)
        self.previews.append((name, step, image))

    def check(self) -> None:
        """Count a cancellation point; cancel when its time has come."""
        self.points += 1
        if self.cancel_after and self.points >= self.cancel_after:
            raise Cancelled

    def stopping(self) -> bool:
        """Return whether *Stop and keep* was asked for."""
        return bool(self.stop_after) and self.points >= self.stop_after
