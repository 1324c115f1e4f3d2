"""Tells tests which nodes were executed."""

from __future__ import annotations

import os

LOG = "FLOWENGINE_TEST_LOG"


def note(node: str) -> None:
    """Append a line to the file that the test named."""
    if path := os.environ.get(LOG):
        handle = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)
        os.write(handle, f"{node}\n".encode())
        os.close(handle)
