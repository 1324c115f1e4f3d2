"""What the browser has to load before the first screen stands."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

from support.editor import need_editor

import build_ui

LIMIT = 200_000
IMPORT = re.compile(r'(?:import|from)\s*"\./([\w.-]+\.js)"')


def first_screen(static: Path) -> set[Path]:
    """Return what index.html names, and what those scripts import at once."""
    page = (static / "index.html").read_text()
    waiting = {static / name for name in re.findall(r'(?:src|href)="\./([^"]+\.(?:js|css))"', page)}
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        found.add(path)
        if path.suffix == ".js":
            named = IMPORT.findall(path.read_text())
            waiting |= {path.parent / name for name in named} - found
    return found


def test_the_first_screen_is_at_most_200_kb() -> None:
    need_editor()
    sizes = {
        path.name: len(gzip.compress(path.read_bytes())) for path in first_screen(build_ui.STATIC)
    }
    assert len(sizes) >= 2
    assert sum(sizes.values()) <= LIMIT, sizes


def test_every_file_of_the_editor_is_its_own() -> None:
    need_editor()
    page = (build_ui.STATIC / "index.html").read_text()
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
