"""Routes of files in the workspace: choosing one, and bringing one in."""

from __future__ import annotations

import os

from flowengine.blobs import move
from flowengine.errors import FlowEngineError, PathError
from flowengine.server.documents.places import is_plain, place_in
from flowengine.server.documents.versions import Stale
from flowengine.server.endpoint import Call, Endpoint, Refused
from flowengine.server.site import Site
from flowengine.server.wire import FileLine, Folder

LARGEST = 4 << 30
"""Bytes that a file brought in may have."""
MOST = 5000
"""Entries of a folder that are listed."""


def folder(site: Site, call: Call) -> Folder:
    """List a folder: its folders, and files with one of the suffixes."""
    name = call.query.get("folder", "").strip("/")
    place = place_in(site.folder, name) if name else site.folder
    if not place.is_dir():
        raise PathError(f'"{name}" is a file; expected a folder')
    suffixes = tuple(
        item.strip().casefold()
        for item in call.query.get("suffixes", "").split(",")
        if item.strip()
    )
    lines = []
    try:
        with os.scandir(place) as entries:
            for entry in sorted(entries, key=lambda item: item.name.casefold())[:MOST]:
                line = _line(entry, name, suffixes)
                if line is not None:
                    lines.append(line)
    except OSError as error:
        raise FlowEngineError(f'"{name}" cannot be read: {error.strerror}') from error
    lines.sort(key=lambda line: not line.is_folder)
    return Folder(path=name, files=tuple(lines))


def upload(site: Site, call: Call) -> FileLine:
    """Bring a file in; one that is there is replaced only where that was not excluded."""
    place = place_in(site.folder, call.path, write=True)
    if place.name[0] == ".":
        raise PathError(f'"{call.path}" is a hidden file; expected another name')
    if call.file is None:
        raise Refused("the request holds no file")
    if place.is_dir():
        raise PathError(f'"{call.path}" is a folder; expected the name of a file')
    if place.exists() and call.headers.get("if-none-match", "").strip() == "*":
        raise Stale(f'there is a "{call.path}" already; choose another name')
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        size = call.file.stat().st_size
        call.file.chmod(0o644)
        move(call.file, place)  # the store may lie on another disk
    except OSError as error:
        raise FlowEngineError(f'"{call.path}" cannot be written: {error.strerror}') from error
    return FileLine(name=place.name, path=call.path, is_folder=False, size=size)


def _line(entry: os.DirEntry[str], folder: str, suffixes: tuple[str, ...]) -> FileLine | None:
    if not is_plain(entry.name):
        return None
    try:
        is_folder, size = entry.is_dir(), entry.stat().st_size
    except OSError:
        return None  # a link that leads nowhere
    if not is_folder and suffixes and not entry.name.casefold().endswith(suffixes):
        return None
    path = f"{folder}/{entry.name}" if folder else entry.name
    return FileLine(name=entry.name, path=path, is_folder=is_folder, size=0 if is_folder else size)


ENDPOINTS = (
    Endpoint("GET", "api/files", folder),
    Endpoint("POST", "api/files/{path:path}", upload, body="file", limit=LARGEST),
)
