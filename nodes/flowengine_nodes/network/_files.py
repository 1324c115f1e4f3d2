"""Files that network nodes write: whole, or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from flowengine import ConfigureError, PathError


def write_file(target: Path, data: bytes, name: str) -> None:
    """Write a file beside its place and move it there when it is complete.

    Args:
        target: The file; missing folders on the way are made.
        data: What it holds.
        name: What people call it.

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
        raise PathError(f'"{name}" cannot be written: {error.strerror}') from error
    finally:
        aside.unlink(missing_ok=True)


def check_target(target: Path, name: str, overwrite: str, example: str) -> None:
    """Check that a file may be written.

    Raises:
        ConfigureError: It is a folder, or exists and must not be replaced.
    """
    if target.is_dir():
        raise ConfigureError(
            f'"{name}" is a folder; name a file in it, such as "{name}/{example}"', setting="path"
        )
    if overwrite == "refuse" and target.exists():
        raise ConfigureError(
            f'"{name}" exists already; choose another name or set "overwrite" to "replace"',
            setting="path",
        )
