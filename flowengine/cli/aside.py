"""Keeps standard output free of what nodes, their libraries and their child processes print."""

from __future__ import annotations

import os
import sys
from typing import TextIO


class Aside:
    """While entered, what is printed goes to the error stream: the answer is one JSON object.

    Args:
        wanted: Whether to do anything at all.
    """

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._stdout: TextIO | None = None
        self._kept = -1

    def __enter__(self) -> Aside:
        if self._wanted:
            sys.stdout.flush()
            self._stdout, sys.stdout = sys.stdout, sys.stderr
            # not only print(): also what is written by C code and by child processes
            self._kept = os.dup(1)
            os.dup2(2, 1)
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """Give standard output back; nothing happens where that was done before."""
        if self._stdout is not None:
            sys.stdout, self._stdout = self._stdout, None
            os.dup2(self._kept, 1)
            os.close(self._kept)
