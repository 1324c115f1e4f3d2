"""IDX files, in which MNIST and its kin are published, plain or packed with gzip."""

from __future__ import annotations

import gzip
import math
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowengine import DataError, PathError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

IDX_SUFFIXES = ("-ubyte", ".idx", ".gz")
"""Endings of their names: MNIST's are ``train-images-idx3-ubyte`` once they are unpacked."""

# A packed file could claim any size; the largest data set of this kind has 0.2 GB.
_LARGEST = 16 << 30
_BYTE = 8


@dataclass(frozen=True)
class IdxFile:
    """An IDX file whose header has been read.

    Args:
        path: Where it lies.
        label: Its name in sentences.
        shape: Size of each dimension; the first counts the images or labels.
        packed: Whether it is packed with gzip.
    """

    path: Path
    label: str
    shape: tuple[int, ...]
    packed: bool

    def read(self) -> npt.NDArray[np.uint8]:
        """Return the values; the array is a view of the file's bytes.

        Raises:
            DataError: The file is shorter or longer than its header says.
        """
        import numpy as np

        start, size = 4 + 4 * len(self.shape), math.prod(self.shape)
        if size > _LARGEST:
            raise DataError(f'the header of "{self.label}" claims {size:,} values: it is damaged')
        data = _bytes(self.path, self.label, start + size + 1, packed=self.packed)
        if len(data) != start + size:
            verdict = "ends too early" if len(data) < start + size else "goes on too long"
            sizes = "×".join(map(str, self.shape))
            raise DataError(
                f'"{self.label}" {verdict}: its header says {sizes}, which is {start + size:,} '
                f"bytes; fetch or copy it again"
            )
        return np.frombuffer(data, dtype=np.uint8, offset=start).reshape(self.shape)


def is_idx(head: bytes) -> bool:
    """Return whether a file that starts so is an IDX file."""
    return len(head) >= 4 and head[:2] == b"\0\0" and head[2] in range(8, 15) and 1 <= head[3] <= 4


def open_idx(path: Path, label: str, *, dimensions: tuple[int, ...], what: str) -> IdxFile:
    """Return the file at ``path`` after a look at its header.

    Args:
        path: Where it lies.
        label: Its name in sentences.
        dimensions: The numbers of dimensions that will do.
        what: What it should hold, for sentences.

    Raises:
        PathError: It is a folder.
        DataError: It is no IDX file, or holds something else.
    """
    if path.is_dir():
        raise PathError(f'"{label}" is a folder; {what} are read from one IDX file')
    head = _bytes(path, label, 2, packed=False)
    packed = head == b"\x1f\x8b"
    head = _bytes(path, label, 20, packed=packed)
    if not is_idx(head):
        raise DataError(
            f'"{label}" is no IDX file: it starts with {head[:4].hex(" ") or "nothing"} instead of '
            f"00 00 08{'; images also come in a folder or a zip' if what == 'images' else ''}"
        )
    rank = head[3]
    if head[2] != _BYTE or rank not in dimensions:
        kind = "bytes" if head[2] == _BYTE else f"values of type 0x{head[2]:02x}"
        wanted = " or ".join(map(str, dimensions))
        raise DataError(
            f'"{label}" holds {kind} in {rank} dimension{"s" * (rank != 1)}; {what} are bytes in '
            f"{wanted} dimension{'s' * (wanted != '1')}"
        )
    if len(head) < 4 + 4 * rank:
        raise DataError(f'"{label}" ends inside its header')
    return IdxFile(path, label, struct.unpack_from(f">{rank}I", head, 4), packed)


def _bytes(path: Path, label: str, limit: int, *, packed: bool) -> bytes:
    opener: Callable[..., Any] = gzip.open if packed else open
    try:
        with opener(path, "rb") as file:
            data: bytes = file.read(limit)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise DataError(f'"{label}" is damaged: it cannot be unpacked ({error})') from None
    except OSError as error:
        raise PathError(f'"{label}" cannot be read: {error.strerror or error}') from None
    return data
