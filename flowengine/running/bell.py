"""A flag that one thread waits for and Ctrl-C cannot break."""

from __future__ import annotations

import contextlib
import threading


class Bell:
    """Rings once.

    Unlike with ``threading.Event``, whose lock is taken in Python code, an interrupt in the waiting
    thread leaves no lock behind at which whoever rings would hang.
    """

    def __init__(self) -> None:
        self._silence = threading.Lock()
        self._silence.acquire()
        self._has_rung = False

    def is_set(self) -> bool:
        """Return whether it has rung."""
        return self._has_rung

    def set(self) -> None:
        """Ring; further times change nothing."""
        self._has_rung = True
        with contextlib.suppress(RuntimeError):  # somebody has rung before
            self._silence.release()

    def wait(self, seconds: float) -> bool:
        """Wait so long at most, and return whether it has rung."""
        if not self._has_rung:
            self._silence.acquire(timeout=seconds)
        return self._has_rung
