"""The editor as it was built, which tests look at and do not build themselves."""

from __future__ import annotations

import build_ui


def need_editor() -> None:
    """Fail unless the editor was built from the sources as they stand."""
    assert build_ui.is_current(), "the editor is not built, or older than web/; run: make ui"
