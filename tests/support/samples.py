"""The repository's sample workflows, put into workspaces of tests."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from support.tree import ROOT

from flowengine.workflow import Workflow


def copy(workspace: Path, *names: str) -> None:
    """Copy files of ``workflows/``."""
    for name in names:
        target = workspace / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / "workflows" / name, target)


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change a workflow file, as canonical as it was."""
    data = json.loads(path.read_text())
    change(data)
    path.write_text(Workflow.loads(json.dumps(data)).dumps())
