"""Ctrl-C while a workflow runs: the first one asks, the second one (or a second's time) insists."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

PATIENCE_SECONDS = 1.0
CANCELLED = 130


class Interrupt:
    """Turns SIGINT and SIGTERM into a cooperative cancel, and into the end if that is not enough.

    Args:
        leave: Prints what there is to say before the process ends hard.
        patience: Seconds given to the run to end by itself.
    """

    def __init__(self, leave: Callable[[], None], *, patience: float = PATIENCE_SECONDS) -> None:
        self.asked = False
        self._leave = leave
        self._patience = patience
        self._cancel: Callable[[], None] | None = None
        self._before: dict[int, Any] = {}
        self._timer: threading.Timer | None = None

    def __enter__(self) -> Interrupt:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *details: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def on_cancel(self, cancel: Callable[[], None]) -> None:
        """Set what asks the run to end; before that, a signal raises ``KeyboardInterrupt``."""
        self._cancel = cancel

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        if self._cancel is None:
            raise KeyboardInterrupt
        if self.asked:
            self._end()
        self.asked = True
        # The timer is a thread: it also ends a process whose main thread is stuck.
        self._timer = threading.Timer(self._patience, self._end)
        self._timer.daemon = True
        self._timer.start()
        self._cancel()

    def _end(self) -> None:
        try:
            self._leave()
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(CANCELLED)
