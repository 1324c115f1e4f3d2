"""What network nodes ask of the files they are to write."""

from __future__ import annotations

from pathlib import Path

from flowengine import ConfigureError


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
