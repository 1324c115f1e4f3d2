"""The catalogue: packs, port types and nodes, as the palette shows them."""

from __future__ import annotations

import hashlib
import importlib
import inspect
import re
from pathlib import Path

from flowengine.packs import LOCAL, Pack
from flowengine.ports import BUILTIN
from flowengine.server.endpoint import Answer, Call, Endpoint
from flowengine.server.site import Site
from flowengine.server.wire import Catalogue, PackInfo, PortTypeInfo

ICON = "icon.svg"
LARGEST_ICON = 16 << 10

_TAG = re.compile(r"<\s*/?\s*([a-zA-Z][\w:-]*)")
_DRAWN = {"svg", "g", "path", "line", "polyline", "polygon", "rect", "circle", "ellipse", "title"}
_ACTIVE = re.compile(r"\son\w+\s*=|href|style\s*=|url\(|<!|<\?|&", re.IGNORECASE)


def catalogue(site: Site, call: Call) -> Answer:
    """Return the catalogue, or that nothing has changed."""
    body, etag = site.remembered("catalogue", lambda: _encoded(site))
    if call.headers.get("if-none-match", "").strip('"') == etag:
        return Answer(b"", status=304, headers={"etag": f'"{etag}"', "cache-control": "no-cache"})
    return Answer(body, headers={"etag": f'"{etag}"', "cache-control": "no-cache"})


def _encoded(site: Site) -> tuple[bytes, str]:
    infos = site.registry.catalogue()
    made = Catalogue(
        packs=tuple(pack_info(pack) for pack in site.registry.packs.values()),
        port_types=tuple(
            PortTypeInfo(id=port.id, shape=port.shape, colour=port.colour) for port in BUILTIN
        ),
        nodes=tuple(infos.values()),
    )
    body = made.model_dump_json().encode()
    return body, hashlib.sha256(body).hexdigest()


def pack_info(pack: Pack) -> PackInfo:
    """Return what the palette shows of a pack."""
    words, summary = pack.prefix.replace("_", " "), ""
    title = words.upper() if len(words) <= 2 else words.capitalize()
    if pack.prefix == LOCAL:
        title, summary = "Your nodes", f"Nodes from {pack.origin}."
    elif pack.files:
        summary = _summary(pack.module)
    return PackInfo(
        id=pack.prefix,
        title=title,
        summary=summary,
        icon=_icon(pack.folders),
        fault="\n".join(pack.problems),
    )


def _summary(module: str) -> str:
    """Return the first line of a pack's own docstring."""
    try:
        text = inspect.getdoc(importlib.import_module(module)) or ""
    except Exception:  # a plugin may fail in any way; its nodes say why
        return ""
    return text.partition("\n")[0]


def _icon(folders: tuple[Path, ...]) -> str:
    """Return a pack's icon, if it is a drawing and nothing else."""
    for folder in folders:
        path = folder / ICON
        try:
            if path.is_file() and path.stat().st_size <= LARGEST_ICON:
                text = path.read_text("utf-8").strip()
                if _is_drawing(text):
                    return text
        except (OSError, UnicodeDecodeError):
            continue
    return ""


def _is_drawing(text: str) -> bool:
    """Return whether SVG only draws: it becomes a part of the page."""
    return (
        text.startswith("<svg")
        and {tag.lower() for tag in _TAG.findall(text)} <= _DRAWN
        and not _ACTIVE.search(text)
    )


ENDPOINTS = (Endpoint("GET", "api/catalogue", catalogue),)
