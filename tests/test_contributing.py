"""What CONTRIBUTING.md tells to write works as it stands there."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from flowengine.testing import check_definition

PAGE = Path(__file__).parents[1] / "CONTRIBUTING.md"


def test_the_layer_of_the_page_passes_its_test(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KERAS_BACKEND", "torch")
    layer, test = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    needed = "from flowengine.testing import check_layer"
    text = f"{layer}\n\n{needed}\n\n\n{test}"
    (tmp_path / "gain_of_the_page.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    module = importlib.import_module("gain_of_the_page")
    check_definition(module.Gain)
    module.test_gain()
