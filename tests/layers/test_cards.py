"""Each layer's card in docs/nodes/layer.md: formula, code, and an example that can be loaded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from flowengine import Workflow, validate
from flowengine.registry import Registry

PAGE = Path(__file__).parents[2] / "docs" / "nodes" / "layer.md"
PARTS = re.split(r'<a id="layer-(\w+)"></a>', PAGE.read_text(encoding="utf-8"))
CARDS = dict(zip(PARTS[1::2], PARTS[2::2], strict=True))


def test_every_layer_has_a_card() -> None:
    types = {name for name in Registry.default().types() if name.startswith("layer.")}
    assert {f"layer.{stem}" for stem in CARDS} == types


@pytest.mark.parametrize("stem", sorted(CARDS))
def test_a_card_leads_to_the_code(stem: str) -> None:
    (link,) = re.findall(r"\[code\]\((.+?)\)", CARDS[stem])
    file = (PAGE.parent / link).resolve()
    assert file.stem == stem
    assert file.is_file()


@pytest.mark.parametrize("stem", sorted(CARDS.keys() - {"input"}))
def test_a_card_has_a_formula(stem: str) -> None:
    text, _, _ = CARDS[stem].partition("| port |")
    formulas = [one for one in re.findall(r"``(.+?)``", text, re.S) if re.search(r"\W", one)]
    assert formulas, f"layer.{stem}: say in its docstring what it computes, as ``y = 2 · x``"


@pytest.mark.parametrize("stem", sorted(CARDS.keys() - {"input"}))
def test_the_example_of_a_card_makes_what_the_card_says(stem: str) -> None:
    (text,) = re.findall(r"```json\n(.+?)```", CARDS[stem], re.S)
    (made,) = re.findall(r"Example: makes (.+?) of ", CARDS[stem])
    plan = validate(Workflow.loads(text))
    assert len(plan.nodes) == 2
    assert not plan.problems
    first = next(iter(plan.nodes[stem].specs.values()))
    assert str(first.output_spec) == made
