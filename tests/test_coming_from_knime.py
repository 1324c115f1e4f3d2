"""The table for people who come from KNIME says what is so."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from flowengine.cli.describe import default_text
from flowengine.registry import Registry

DOCS = Path(__file__).parents[1] / "docs"
ROWS = re.findall(
    r"^\| (Keras [^|]+) \| `([^`]+)` \|(?: ([^|]+) \|)?$",
    (DOCS / "coming_from_knime.md").read_text(encoding="utf-8"),
    re.M,
)
CATALOGUE = Registry.default().catalogue()
LAYERS = [row for row in ROWS if row[0].endswith(" Layer")]


def test_every_layer_node_of_knime_has_a_row() -> None:
    assert len(LAYERS) == 61
    assert len({name for name, _, _ in ROWS}) == len(ROWS) == 67


@pytest.mark.parametrize(("name", "type_id", "notes"), ROWS, ids=lambda value: value[:40])
def test_types_and_defaults_are_those_of_the_registry(name: str, type_id: str, notes: str) -> None:
    settings = {setting.id: setting for setting in CATALOGUE[type_id].settings}
    for setting, ours in re.findall(r"`(\w+)` .+? → (.+?)(?=, `|$)", notes):
        assert default_text(settings[setting]) == ours, f"{name}: {setting}"


def test_every_layer_of_knime_was_compared_with_keras() -> None:
    rows = json.loads((DOCS / "parity.json").read_text(encoding="utf-8"))["layer"]
    types = {type_id for _, type_id, _ in LAYERS} - {"layer.input", "network.collect"}
    assert not types - rows.keys()
