"""Every node type of every installed pack is documented and describes itself."""

from __future__ import annotations

import subprocess
import sys

import pytest

from flowengine.registry import Registry
from flowengine.testing import check_definition


@pytest.mark.parametrize("type_id", Registry.default().types())
def test_definition(type_id: str) -> None:
    check_definition(Registry.default().load(type_id))


@pytest.mark.parametrize("pack", ["io", "table", "image", "score", "text"])
def test_importing_the_nodes_of_a_pack_imports_neither_torch_nor_pyarrow(pack: str) -> None:
    code = (
        "import sys; from flowengine.registry import Registry; registry = Registry.default()\n"
        f"for name in registry.types():\n    if name.startswith('{pack}.'): registry.load(name)\n"
        "print([name for name in ('torch', 'pyarrow') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
