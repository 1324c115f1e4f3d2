"""Files that are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from flowengine import PathError
from flowengine.blobs import write_atomically


def write_whole(target: Path, data: bytes, label: str) -> None:
    """Write a file aside, then give it its name; folders on the way are made.

    Raises:
        PathError: It cannot be written.
    """
    try:
        write_atomically(target, data)
    except OSError as error:
        raise PathError(f'"{label}" cannot be written: {error.strerror}') from error
