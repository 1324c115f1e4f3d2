"""The bytes of a file, as they lie there or unpacked from gzip or zip."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Literal

from flowengine import ConfigureError, DataError, PathError
from flowengine.errors import listing, suggest

LARGEST_UNPACKED = 4 << 30
"""Bytes that a packed file may unpack to: a file of a few MB can be made to fill any memory."""

_OFFICE = {
    "xl/workbook.xml": "an Excel workbook",
    "xl/workbook.bin": "an Excel workbook",
    "word/document.xml": "a Word document",
    "Index/Tables/DataList.iwa": "a Numbers spreadsheet",
    "content.xml": "a LibreOffice document",
}
"""What a zip is that holds a file of this name."""
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")


@dataclass(frozen=True)
class Source:
    """A file to read.

    Args:
        path: Where it lies.
        label: The setting that named it, for sentences.
        packing: How it is packed.
        member: Name of the file inside a zip.
    """

    path: Path
    label: str
    packing: Literal["none", "gzip", "zip"] = "none"
    member: str = ""

    @property
    def suffix(self) -> str:
        """Ending that tells the format, in lower case: ``.csv`` of ``a.csv`` and ``a.csv.gz``."""
        if self.packing == "zip":
            return PurePosixPath(self.member).suffix.lower()
        name = PurePosixPath(self.path.name.lower())
        return PurePosixPath(name.stem).suffix if self.packing == "gzip" else name.suffix

    def head(self, limit: int) -> tuple[bytes, bool]:
        """Return the first ``limit`` bytes and whether these are all."""
        with self._open() as file:
            data = file.read(limit + 1)
        return data[:limit], len(data) <= limit

    def whole(self) -> bytes:
        """Return all bytes.

        Raises:
            DataError: A packed file is damaged or unpacks to more than fits.
        """
        with self._open() as file:
            if self.packing == "none":
                return file.read()
            data = file.read(LARGEST_UNPACKED + 1)
        if len(data) > LARGEST_UNPACKED:
            raise DataError(
                f'"{self.label}" unpacks to more than {LARGEST_UNPACKED >> 30} GiB; '
                f"unpack it yourself and read the file"
            )
        return data

    @contextmanager
    def _open(self) -> Iterator[IO[bytes] | gzip.GzipFile]:
        try:
            if self.packing == "gzip":
                with gzip.open(self.path) as file:
                    yield file
            elif self.packing == "zip":
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as file:
                    yield file
            else:
                with self.path.open("rb") as file:
                    yield file
        except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
            raise DataError(f'"{self.label}" is damaged: it cannot be unpacked ({error})') from None
        except (RuntimeError, NotImplementedError) as error:
            raise DataError(f'"{self.label}" cannot be unpacked: {error}') from None
        except OSError as error:
            raise PathError(f'"{self.label}" cannot be read: {error.strerror or error}') from None


def open_source(path: Path, label: str, member: str | None) -> Source:
    """Return the file at ``path``, having found out how it is packed.

    Raises:
        PathError: It is a folder or cannot be read.
        ConfigureError: ``member`` does not say which file of a zip is meant.
        DataError: It is not packed as its name says.
    """
    if path.is_dir():
        raise PathError(f'"{label}" is a folder; this node reads one file')
    magic, _ = Source(path, label).head(8)
    if magic == _OLD_OFFICE:
        raise DataError(
            f'"{label}" is a file of an old version of Excel or Word; save it as CSV there '
            f"and read the CSV file"
        )
    if magic[:2] == b"\x1f\x8b":
        return Source(path, label, "gzip")
    if magic[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return Source(path, label, "zip", _member(path, label, member))
    for suffix, packing in ((".gz", "gzip"), (".zip", "zip")):
        if path.name.lower().endswith(suffix):
            raise DataError(f'"{label}" is no {packing} file, though its name says so')
    return Source(path, label)


def _member(path: Path, label: str, wanted: str | None) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = [item.filename for item in archive.infolist() if not item.is_dir()]
    except zipfile.BadZipFile as error:
        raise DataError(f'"{label}" is damaged: it cannot be unpacked ({error})') from None
    names = [name for name in names if not name.startswith(("__MACOSX/", "."))]
    if not names:
        raise DataError(f'"{label}" is a zip without files')
    kind = next((kind for name, kind in _OFFICE.items() if name in names), None)
    if wanted is None and kind is not None:
        raise DataError(f'"{label}" is {kind}; save it as CSV there and read the CSV file')
    if wanted is None and len(names) == 1:
        return names[0]
    if wanted is None:
        raise ConfigureError(
            f'"{label}" holds {len(names)} files; say in "member" which to read: {listing(names)}',
            setting="member",
        )
    if wanted not in names:
        raise ConfigureError(
            f'"{label}" holds no file "{wanted}".{suggest(wanted, names)} It holds '
            f"{listing(names)}",
            setting="member",
        )
    return wanted
