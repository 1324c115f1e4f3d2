"""Records of comparisons with Keras, from which ``docs/generate_parity.py`` writes its page."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RESULTS = "FLOWENGINE_PARITY"
"""Environment variable that names the file; nothing is recorded without it."""


def record(
    family: str,
    name: str,
    *,
    settings: Mapping[str, Any],
    difference: float,
    kernel: str = "",
    reference: str = "keras",
) -> None:
    """Append one passed comparison to the file of results, as a line of JSON.

    Args:
        family: What was compared: ``layer``, ``loss``, ``metric`` …
        name: Name of the member; of a layer, its module.
        settings: Its settings that differ from the default.
        difference: The worst difference found.
        kernel: What computed it, where there is a choice.
        reference: What it was compared with.
    """
    path = os.environ.get(RESULTS)
    if not path:
        return
    line = json.dumps(
        {
            "family": family,
            "name": name,
            "settings": settings,
            "difference": difference,
            "kernel": kernel,
            "reference": reference,
        }
    )
    # One short write at the end of the file, so that several processes may share it.
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
