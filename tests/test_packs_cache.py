"""The catalogue's cache keeps what a pack's files are, not how packs were declared that day."""

from __future__ import annotations

from flowengine.packs import Pack, installed_packs
from flowengine.registry import Registry


def packs_with(problem: str) -> list[Pack]:
    packs = installed_packs()
    next(pack for pack in packs if pack.prefix == "layer").problems.append(problem)
    return packs


def test_problems_of_the_declaration_are_those_of_today() -> None:
    Registry.default().catalogue()
    registry = Registry(packs_with("declared twice"))
    registry.catalogue()
    assert registry.packs["layer"].problems == ["declared twice"]
    again = Registry.default()
    again.catalogue()
    assert again.packs["layer"].problems == []
