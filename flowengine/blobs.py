"""Weight files: one safetensors file per layer, named by the digest of what it holds."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowengine.errors import StoreError

if TYPE_CHECKING:
    import numpy as np

ASIDE = ".writing-"
"""How the names of files begin that are being written, and of those that a kill left behind."""


def save_blob(folder: Path, arrays: Mapping[str, np.ndarray[Any, Any]]) -> str:
    """Write arrays (Keras' names and layouts) as one file, once, and return its digest.

    The file is written aside, synced and renamed, so that a name means a complete file.
    """
    from safetensors.numpy import save

    data = save({name: _contiguous(array) for name, array in sorted(arrays.items())})
    digest = hashlib.sha256(data).hexdigest()
    path = blob_path(folder, digest)
    if path.exists():
        # It may be left over from a result that the store is about to collect: say it is in use.
        os.utime(path)
    else:
        write_atomically(path, data)
    return digest


def load_blob(folder: Path, digest: str) -> dict[str, np.ndarray[Any, Any]]:
    """Return the arrays of a weight file.

    Raises:
        StoreError: The file is missing or damaged.
    """
    from safetensors.numpy import load

    path = blob_path(folder, digest)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise StoreError(
            f"the weights {digest[:12]} are not in {folder}; run the learner again with --fresh"
        ) from None
    if hashlib.sha256(data).hexdigest() != digest:
        raise StoreError(f"the weight file {path} is damaged; delete it and run again")
    return load(data)


def blob_path(folder: Path, digest: str) -> Path:
    """Return where the weight file of that digest lies."""
    return folder / digest[:2] / f"{digest}.safetensors"


def write_atomically(path: Path, *parts: bytes | memoryview) -> None:
    """Write a file so that it is either absent or complete, whatever happens meanwhile.

    Folders on the way are made. Who may read it is as for any file of this person.

    Args:
        path: The file.
        parts: What it holds, one behind the other; none is copied.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{ASIDE}{secrets.token_hex(8)}")
    try:
        with aside.open("xb") as file:
            for part in parts:
                file.write(part)
            file.flush()
            os.fsync(file.fileno())
        os.replace(aside, path)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def move(source: Path, target: Path) -> None:
    """Move a file, also to another disk; what the new name stands for is whole at any moment."""
    try:
        os.replace(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy(source, target)
        source.unlink()


def copy(source: Path, target: Path) -> None:
    """Copy what a file holds; what the new name stands for is whole at any moment."""
    aside = target.with_name(f"{ASIDE}{secrets.token_hex(8)}")
    try:
        shutil.copyfile(source, aside)
        os.replace(aside, target)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise


def canonical_json(value: Any) -> bytes:
    """Return JSON bytes that are equal for equal values: sorted keys, no spaces."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode()


def _contiguous(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import numpy as np

    # ascontiguousarray would turn a scalar into an array of one.
    return np.asarray(array, order="C")
