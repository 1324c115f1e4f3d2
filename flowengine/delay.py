"""What takes long is said, so that nobody waits in the dark."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 5.0
"""After so long people begin to wonder."""

_LOG = logging.getLogger("flowengine")


@contextmanager
def told_when_slow(sentence: str) -> Iterator[None]:
    """Warn with a sentence where the work inside takes long; it goes on all the same."""
    timer = threading.Timer(SECONDS, _LOG.warning, [sentence])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
