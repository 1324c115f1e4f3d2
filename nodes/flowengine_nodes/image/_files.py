"""The image files of a folder, a zip or a table column, in a fixed order, with their labels."""

from __future__ import annotations

import os
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from flowengine import ConfigureContext, DataError, PathError
from flowengine.wording import sayable
from flowengine_nodes.image._target import SUFFIXES

LARGEST_IMAGE = 512 << 20
"""Bytes of one image file in a zip."""
LARGEST_ZIP = 64 << 30
"""Bytes that all files of a zip may unpack to: a small one can be made to unpack for ever."""

_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError)
_JUNK = ("thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx", "@eadir", "lost+found")


@dataclass(frozen=True)
class ImageFile:
    """One image file.

    Args:
        name: Its name in sentences.
        read: Returns its bytes.
        label: Name of the folder it lies in; empty where it lies beside all others.
    """

    name: str
    read: Callable[[], bytes]
    label: str = ""


def labels_of(files: Sequence[ImageFile]) -> list[str]:
    """Return the labels in order (by number where all are numbers); none where files have none.

    Raises:
        DataError: Some files lie in sub-folders and some do not.
    """
    labels = {file.label for file in files}
    if labels == {""}:
        return []
    if "" in labels:
        loose = next(file.name for file in files if not file.label)
        inside = next(file.name for file in files if file.label)
        raise DataError(
            f'"{loose}" lies beside the folders that give the labels, such as that of "{inside}"; '
            f"put every image into the folder of its class, or all into one folder"
        )
    return sorted(labels, key=int if all(map(_is_number, labels)) else None)


def folder_files(
    folder: Path, label: str, ctx: ConfigureContext, *, lenient: bool
) -> list[ImageFile]:
    """Return the image files below a folder.

    Raises:
        DataError: There is none, or one that is no image (unless ``lenient``).
        PathError: A link leads out of the workspace.
    """
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not _is_junk(name))
        inside = Path(place).relative_to(folder)
        for name in folders:
            if (Path(place) / name).is_symlink():
                ctx.warn(
                    f'"{label}/{(inside / name).as_posix()}" is a link to a folder and is not '
                    f"followed; copy the folder"
                )
        for name in sorted(names):
            path, relative = Path(place) / name, (inside / name).as_posix()
            if path.is_symlink():
                ctx.path(f"{label}/{relative}")
            shown = sayable(f"{label}/{relative}")
            if _is_wanted(relative, shown, lenient=lenient):
                found.append(ImageFile(shown, _reader(path, shown), _label(inside.name)))
    return _some(found, label)


def zip_files(archive: zipfile.ZipFile, label: str, *, lenient: bool) -> list[ImageFile]:
    """Return the image files in a zip; one folder around all of them gives no label.

    Raises:
        DataError: There is none, one that is no image (unless ``lenient``), too much, or a name
            that leads out of the zip.
    """
    items = {
        _inside(item.filename, label): item for item in archive.infolist() if not item.is_dir()
    }
    total = sum(item.file_size for item in items.values())
    if total > LARGEST_ZIP:
        raise DataError(
            f'"{label}" unpacks to {total >> 30:,} GiB, more than the limit of '
            f"{LARGEST_ZIP >> 30} GiB; unpack it into a folder"
        )
    names = [name for name in sorted(items) if _is_wanted(name, f"{label}/{name}", lenient=lenient)]
    folders = [PurePosixPath(name).parent for name in names]
    around = PurePosixPath(os.path.commonpath(folders)) if folders else PurePosixPath()
    return _some(
        [
            ImageFile(
                f"{label}/{name}",
                _unpacker(archive, items[name], f"{label}/{name}"),
                "" if folder == around else _label(folder.name),
            )
            for name, folder in zip(names, folders, strict=True)
        ],
        label,
    )


def listed_files(
    paths: Iterable[str | None], column: str, ctx: ConfigureContext
) -> list[ImageFile]:
    """Return the image files that a column of paths names.

    Raises:
        DataError: A path is missing.
        PathError: A path leads nowhere or out of the workspace.
    """
    found = []
    for row, path in enumerate(paths, start=1):
        if path is None:
            raise DataError(f'row {row:,} has no path in column "{column}"')
        file = ctx.path(path)
        if file.is_dir():
            raise PathError(f'row {row:,}: "{path}" is a folder, not an image')
        found.append(ImageFile(path, file.read_bytes))
    return found


def _some(files: list[ImageFile], label: str) -> list[ImageFile]:
    if not files:
        raise DataError(f'"{label}" holds no image ({", ".join(sorted(SUFFIXES))})')
    return files


def _is_wanted(relative: str, name: str, *, lenient: bool) -> bool:
    path = PurePosixPath(relative)
    if any(map(_is_junk, path.parts)):
        return False
    if path.suffix.lower() in SUFFIXES:
        return True
    if lenient:
        return False
    raise DataError(
        f'"{name}" is no image (known are {", ".join(sorted(SUFFIXES))}); remove it or set '
        f'"skip_unreadable"'
    )


def _inside(name: str, label: str) -> str:
    """Return the name of a file in a zip; some programs write backslashes between folders."""
    name = name if "/" in name else name.replace("\\", "/")
    if name.startswith("/") or ".." in PurePosixPath(name).parts:
        raise DataError(
            f'"{label}" holds a file "{name}", whose name leads out of the zip; it was made to do '
            f"harm or by mistake, make it anew"
        )
    return name


def _label(folder: str) -> str:
    # One name whatever wrote it: macOS takes letters and their marks apart.
    return unicodedata.normalize("NFC", sayable(folder))


def _reader(path: Path, name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        if not path.is_file():  # a pipe would be waited for without an end
            raise DataError(f'"{name}" is no file')
        return path.read_bytes()

    return read


def _is_junk(name: str) -> bool:
    return name.startswith((".", "Thumbs.db:")) or name.lower() in _JUNK


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def _unpacker(archive: zipfile.ZipFile, item: zipfile.ZipInfo, name: str) -> Callable[[], bytes]:
    def read() -> bytes:
        if item.file_size > LARGEST_IMAGE:
            raise DataError(f'"{name}" is too large for an image: {item.file_size:,} bytes')
        try:
            return archive.read(item)
        except _BROKEN as error:
            raise DataError(f'"{name}" cannot be unpacked: {error}') from None

    return read
