"""What the nodes of this pack share."""

from __future__ import annotations


def shout(text: str) -> str:
    """Return a text in capitals."""
    return text.upper()
