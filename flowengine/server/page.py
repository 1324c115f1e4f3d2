"""The editor's own files, and the pages that say why it cannot be shown."""

from __future__ import annotations

import mimetypes
from html import escape
from pathlib import Path

from flowengine.server.endpoint import Answer

STATIC = Path(__file__).parent / "static"
ENTRY = "index.html"

NOT_BUILT = (
    "The editor is not built in this installation. Install Node.js 20.19 or newer and run "
    '"make ui" (or "npm install && npm run build" in the folder web), then reload this page.'
)
NO_ACCESS = 'Open the address with the token that "flowengine ui" printed in the terminal.'

_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>flowengine</title>{head}<style>
:root {{ color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }}
main {{ max-width: 34em; margin: 20vh auto 0; padding: 0 24px; }}
h1 {{ font-size: 18px; }}
</style></head><body><main><h1>{title}</h1><p>{text}</p>{more}</main></body></html>
"""


def entry(static: Path = STATIC) -> Answer:
    """Return the editor's page, or the one that says that it is not built."""
    path = static / ENTRY
    if not path.is_file():
        return _page("The editor is not built", NOT_BUILT, status=503)
    return Answer(
        path.read_bytes(), "text/html; charset=utf-8", headers={"cache-control": "no-cache"}
    )


def no_access() -> Answer:
    """Return the page for who comes without a token; who has one comes in by the link."""
    link = '<p><a href="./">Try again</a></p>'
    return _page("No access", NO_ACCESS, status=401, more=link)


def onward() -> Answer:
    """Return a page that leads to the editor from here.

    After a redirect a browser still counts the site that led here first, and keeps our cookie back.
    """
    head = '<meta http-equiv="refresh" content="0; url=./">'
    return _page("flowengine", "One moment …", status=200, head=head)


def asset(name: str, static: Path = STATIC) -> Answer | None:
    """Return a file of the editor; its name changes with what it holds. ``None``: there is none."""
    root = static.resolve()
    try:
        path = (root / name).resolve()
        is_ours = root in path.parents and path.is_file() and not path.name.startswith(".")
    except (OSError, ValueError):
        return None  # no name that a file can have
    if not is_ours:
        return None
    known = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0]
    is_lasting = name.startswith("assets/")
    age = "public, max-age=31536000, immutable" if is_lasting else "no-cache"
    return Answer(
        path.read_bytes(), known or "application/octet-stream", headers={"cache-control": age}
    )


def _page(title: str, text: str, *, status: int, head: str = "", more: str = "") -> Answer:
    body = _PAGE.format(title=escape(title), text=escape(text), head=head, more=more)
    return Answer(
        body.encode(),
        "text/html; charset=utf-8",
        status,
        {"cache-control": "no-store"},
    )
