"""The user's cache folder, and small JSON files in it that may be lost at any time."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any


def cache_folder() -> Path:
    """Return the user's cache folder of flowengine (it may not exist yet).

    Raises:
        RuntimeError: The user has no home folder.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "flowengine"


def read_cache(name: str) -> dict[str, Any]:
    """Return a cached JSON object, or an empty one where there is none or it is damaged."""
    try:
        data = json.loads((cache_folder() / name).read_bytes())
    except (OSError, ValueError, RuntimeError):
        return {}
    return data if isinstance(data, dict) else {}


def write_cache(name: str, data: dict[str, Any]) -> None:
    """Keep a JSON object; a cache that cannot be written is no error."""
    try:
        path = cache_folder() / name
    except RuntimeError:
        return
    aside = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(json.dumps(data).encode())
        os.replace(aside, path)
    except OSError:
        aside.unlink(missing_ok=True)
