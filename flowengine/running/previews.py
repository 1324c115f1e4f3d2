"""Pictures that a node shows while it runs: few enough for whoever watches, and for the store."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flowengine.pictures import check_picture, data_uri, png

if TYPE_CHECKING:
    import numpy as np

LARGEST = 512
"""Pixels of the longer side."""
LEAST_SECONDS = 0.5
"""Between two pictures of one name."""
SHARE = 0.01
"""Part of the time so far between two pictures: a run of hours does not fill the store."""


class Previews:
    """Tells pictures at a rate that can be watched. The last of each name is told in any case.

    Args:
        tell: Called with name, step and image, a PNG as data URI.
    """

    def __init__(self, tell: Callable[..., None]) -> None:
        self._tell = tell
        self._started = time.monotonic()
        self._due: dict[str, float] = {}
        self._waiting: dict[str, tuple[int, np.ndarray[Any, Any]]] = {}

    def show(self, name: str, step: int, image: np.ndarray[Any, Any]) -> None:
        """Tell a picture, or hold it back until the next one takes its place or the node ends.

        Raises:
            ValueError: The array is no picture.
        """
        check_picture(image.shape)
        now = time.monotonic()
        if now < self._due.get(name, 0.0):
            # A copy, as the node may go on in the same array.
            self._waiting[name] = (step, image.copy())
            return
        self._due[name] = now + max(LEAST_SECONDS, SHARE * (now - self._started))
        self._waiting.pop(name, None)
        self._send(name, step, image)

    def finish(self) -> None:
        """Tell what was held back."""
        for name, (step, image) in self._waiting.items():
            self._send(name, step, image)
        self._waiting.clear()

    def _send(self, name: str, step: int, image: np.ndarray[Any, Any]) -> None:
        self._tell(name=name, step=step, image=data_uri(png(image, largest=LARGEST)))
