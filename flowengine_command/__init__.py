"""The ``flowengine`` command before the engine is imported, which takes a third of a second."""

from __future__ import annotations

import os
import signal

CANCELLED = 130


def main() -> int:
    """Run the command line; Ctrl-C while it is still being imported ends it without a word."""
    # Ignored where a shell started us in the background: then that stays so.
    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_ours:
        signal.signal(signal.SIGINT, _leave)
    from flowengine.cli.main import main as command

    if is_ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return command()


def _leave(number: int, frame: object) -> None:
    os._exit(CANCELLED)
