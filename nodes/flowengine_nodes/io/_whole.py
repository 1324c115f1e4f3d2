"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from flowengine import PathError


def write_whole(target: Path, data: bytes, label: str) -> None:
    """Write a file aside, then give it its name; folders on the way are made.

    Raises:
        PathError: It cannot be written.
    """
    aside = target.with_name(f".writing-{secrets.token_hex(8)}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, target)
    except OSError as error:
        raise PathError(f'"{label}" cannot be written: {error.strerror}') from error
    finally:
        # Where the folder is none, there is nothing to clear away either.
        if aside.parent.is_dir():
            aside.unlink(missing_ok=True)
