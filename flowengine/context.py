"""What a node may ask of the engine while it is configured and while it executes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np

    from flowengine.network import LayerLoader

T = TypeVar("T")


class ConfigureContext(Protocol):
    """Given to ``configure`` where it asks for ``ctx``."""

    @property
    def node(self) -> str:
        """Path of the node in the workflow, such as ``block_1/conv_1``."""

    @property
    def load_layer(self) -> LayerLoader:
        """Makes a layer from type id, version and settings, for readers of networks."""

    def path(self, value: str, *, write: bool = False) -> Path:
        """Return the real path of a setting's path or ``data://`` name.

        Relative paths start at the workflow file. While a node executes, ``data://`` data that is
        not in the cache is fetched.

        Raises:
            PathError: It leaves the workspace, or is to be read and does not exist.
            DataError: ``data://`` data could not be fetched.
        """

    def warn(self, message: str) -> None:
        """Mark the node yellow with a sentence."""


class Context(ConfigureContext, Protocol):
    """Given to ``execute`` where it asks for ``ctx``."""

    @property
    def seed(self) -> int:
        """The node's seed: its own, else derived from the workflow's seed and the node's path."""

    @property
    def device(self) -> str:
        """Device to compute on: ``cpu``, ``cuda`` or ``mps``."""

    @property
    def threads(self) -> int:
        """Number of threads the node may use."""

    @property
    def blobs(self) -> Path:
        """Folder of content-addressed weight files, see ``flowengine.blobs``."""

    @property
    def resume(self) -> Path | None:
        """Folder for the node's checkpoints, the same for the same work; ``None``: keep none."""

    def progress(self, fraction: float, message: str = "") -> None:
        """Report progress, 0 to 1, with a few words. A cancellation point."""

    def track(self, items: Sequence[T] | Iterable[T], message: str = "") -> Iterator[T]:
        """Yield the items and report progress before each. A cancellation point."""

    def metric(self, name: str, step: int, value: float) -> None:
        """Add a point to a live chart."""

    def preview(self, name: str, step: int, image: np.ndarray[Any, Any]) -> None:
        """Show a picture while the node runs, such as what a generator makes by now.

        Of pictures that come quickly one after the other only some are shown, and the last one.

        Args:
            name: What it is called.
            step: When it was made, such as the epoch.
            image: Height × width, or height × width × 1 to 4 channels. Bytes are colours; other
                numbers go from black to white. Large ones are made smaller.
        """

    def check(self) -> None:
        """Raise ``Cancelled`` when the run is to stop; cheap enough for an inner loop."""

    def stopping(self) -> bool:
        """Return whether a person pressed *Stop and keep*: end early, keep what there is."""
