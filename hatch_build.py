"""The build hook: no wheel or source archive leaves without the editor, if it can be built."""

from __future__ import annotations

import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditorHook(BuildHookInterface):
    """Build the editor before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        sys.path.append(self.root)
        import build_ui

        try:
            warning = build_ui.ensure()
        except build_ui.NoEditor as problem:
            raise SystemExit(f"flowengine: {problem}.") from None
        if warning:
            self.app.display_warning(warning)
