"""A thread that repeats a small piece of work while there is any."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Ticker:
    """Calls ``action`` every few seconds from ``start`` on until it returns ``False``.

    The thread exists only meanwhile, so an idle store has none.

    Args:
        name: Name of the thread.
        seconds: Pause before each call.
        action: Does the work and returns whether there will be more. It must not raise.
    """

    def __init__(self, name: str, seconds: float, action: Callable[[], bool]) -> None:
        self._name = name
        self._seconds = seconds
        self._action = action
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._wanted = False

    def start(self) -> None:
        """See to it that the action is called once more."""
        if self._wanted:
            return
        with self._lock:
            self._wanted = True
            if self._thread is None and not self._ended.is_set():
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """End the thread and wait for it."""
        self._ended.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._seconds):
            self._wanted = False
            more = self._action()
            with self._lock:
                if not more and not self._wanted:
                    self._thread = None
                    return
