"""Takes the time of the second epoch, by the clock and by the processor."""

from __future__ import annotations

import time
from typing import Any


class Stopwatch:
    """Started where the measured epoch begins, read where it ends."""

    def __init__(self) -> None:
        self.start()

    def start(self) -> None:
        """Begin to count."""
        self._clock, self._processor = time.perf_counter(), time.process_time()

    def read(self, steps: int, **more: Any) -> dict[str, Any]:
        """Return milliseconds a step, with whatever else there is to say."""
        return {
            "clock": (time.perf_counter() - self._clock) / steps * 1000,
            "processor": (time.process_time() - self._processor) / steps * 1000,
            **more,
        }
