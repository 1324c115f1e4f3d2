"""What the browser has to load before the first screen stands: a workflow, or all workflows."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from support.editor import need_editor

import build_ui

LIMIT = 200_000
IMPORT = re.compile(r'(?:import|from)\s*"\./([\w.-]+\.js)"')


def first_screen(static: Path, screen: str) -> set[Path]:
    """Return what index.html names, what of a screen it fetches, and what those import at once."""
    page = (static / "index.html").read_text()
    waiting = {static / name for name in re.findall(r'(?:src|href)="\./([^"]+\.(?:js|css))"', page)}
    for part in ("page", screen):
        waiting |= {path for path in (static / "assets").glob(f"{part}-*") if path.suffix != ".map"}
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        found.add(path)
        if path.suffix == ".js":
            named = IMPORT.findall(path.read_text())
            waiting |= {path.parent / name for name in named} - found
    return found


@pytest.mark.parametrize("screen", ["Editor", "Start"])
def test_the_first_screen_is_at_most_200_kb(screen: str) -> None:
    need_editor()
    files = first_screen(build_ui.STATIC, screen)
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in files}
    assert {name.partition("-")[0] for name in sizes} >= {"index", "page", screen}
    assert sum(sizes.values()) <= LIMIT, sizes


def test_every_file_of_the_editor_is_its_own() -> None:
    need_editor()
    page = (build_ui.STATIC / "index.html").read_text()
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
