"""Keeps standard output free of what nodes, their libraries and their child processes print."""

from __future__ import annotations

import os
import sys
from typing import TextIO


class Aside:
    """While entered, what is printed goes to the error stream: the answer is one JSON object.

    Afterwards both streams are what they were before, whatever a node made of them.

    Args:
        wanted: Whether what is printed goes aside; otherwise it is printed as it comes.
    """

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._streams: tuple[TextIO, TextIO] | None = None
        self._kept = -1

    def __enter__(self) -> Aside:
        self._streams = (sys.stdout, sys.stderr)
        if self._wanted:
            sys.stdout.flush()
            sys.stdout = sys.stderr
            # not only print(): also what is written by C code and by child processes
            self._kept = os.dup(1)
            os.dup2(2, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Give the streams back; nothing happens where that was done before."""
        if self._streams is None:
            return
        (sys.stdout, sys.stderr), self._streams = self._streams, None
        if self._wanted:
            os.dup2(self._kept, 1)
            os.close(self._kept)
