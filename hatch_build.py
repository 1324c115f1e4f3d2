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
        if self.target_name == "wheel" and version == "standard":
            build_data["force_include"].update(samples(Path(self.root)))


def samples(root: Path) -> dict[str, str]:
    """Return where the sample workflows and their data go in a wheel."""
    home = root / "workflows"
    places = [
        path.relative_to(home) for path in home.rglob("*") if path.suffix in (".json", ".csv")
    ]
    return {
        str(home / place): f"flowengine/samples/{place.as_posix()}"
        for place in places
        # what people made by running them stays at home
        if place.parts[0] != "results" and not any(part.startswith(".") for part in place.parts)
    }
