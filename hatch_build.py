"""The build hook: no wheel or source archive leaves without the editor, if it can be built."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditorHook(BuildHookInterface):
    """Build the editor before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # by its path: another copy of flowengine may come first among the modules
        script = runpy.run_path(str(Path(self.root) / "build_ui.py"))
        try:
            warning = script["ensure"]()
        except script["NoEditor"] as problem:
            raise SystemExit(f"flowengine: {problem}.") from None
        if warning:
            self.app.display_warning(warning)
