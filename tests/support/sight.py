"""A page of the editor: where things are, what is there, and waiting for it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect
from support.ui import Server

T = TypeVar("T")

PATIENCE = 60.0
"""Seconds after which a test that waits is taken to hang."""

expect.set_options(timeout=1000 * PATIENCE)


class Sight:
    """One page: where things are, by the names people and screen readers know them by.

    Args:
        page: The browser's page.
        server: The server it is opened from.
        complaints: What pages wrote to the console; a test may take out what it provoked.
    """

    def __init__(self, page: Page, server: Server, complaints: list[str]) -> None:
        self.page = page
        self.server = server
        self.complaints = complaints
        self.path = ""

    # where

    @property
    def stage(self) -> Locator:
        return self.page.get_by_role("main", name="Canvas")

    @property
    def settings(self) -> Locator:
        return self.page.get_by_role("region", name="Settings", exact=True)

    @property
    def results(self) -> Locator:
        return self.page.locator(".fe-below")

    def node(self, name: str) -> Locator:
        return self.page.locator(f'.react-flow__node[data-id="{name}"]')

    def port(self, name: str, direction: str) -> Locator:
        node, _, port = name.partition(".")
        return self.node(node).locator(f'[data-handleid="{direction}:{port}"]')

    def wire(self, start: str, end: str) -> Locator:
        return self.page.get_by_label(f"Connection from {start} to {end}", exact=True)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def button_like(self, words: str) -> Locator:
        """Return a button whose name begins so."""
        return self.page.get_by_role("button", name=re.compile(f"^{words}"))

    # what is there

    def nodes(self) -> list[str]:
        cards = self.page.locator(".react-flow__node-card")
        return [card.get_attribute("data-id") or "" for card in cards.all()]

    def state(self, name: str) -> str:
        return self.node(name).locator(".fe-state").get_attribute("aria-label") or ""

    def states(self) -> dict[str, str]:
        return {name: self.state(name) for name in self.nodes()}

    def curve(self, metric: str = "loss") -> str:
        """Return what a curve says at its end; empty where there is none yet."""
        chart = self.results.get_by_role("img", name=re.compile(f"^{metric}: "))
        return (chart.get_attribute("aria-label") or "") if chart.count() else ""

    def table(self, label: str) -> list[list[str]]:
        """Return the rows of a table that are seen, as soon as they have come."""
        grid = self.results.get_by_role("grid", name=label)
        expect(grid.get_by_role("gridcell").first).to_be_visible()
        expect(grid.locator(".fe-cell-loading")).to_have_count(0)
        rows = grid.locator("[role=rowgroup] [role=row]").all()
        return [row.locator("[role=gridcell]").all_inner_texts() for row in rows]

    def chips(self) -> list[str]:
        return self.page.locator(".fe-chip").all_inner_texts()

    def toasts(self) -> str:
        return " ".join(self.page.locator(".fe-toast").all_inner_texts())

    def document(self) -> dict[str, Any]:
        """Return the workflow's file as it stands on disk."""
        return dict(json.loads(self.text()))

    def text(self) -> str:
        """Return the workflow's file as it stands on disk, to the letter."""
        return (self.server.workspace / self.path).read_text(encoding="utf-8")

    def runs(self) -> list[dict[str, Any]]:
        """Return the runs of the workflow, the latest first."""
        address = f"api/runs?workflow={quote(self.path, safe='')}"
        return list(self.page.evaluate("url => fetch(url).then(one => one.json())", address))

    # waiting

    def wait_until(self, holds: Callable[[], T], complaint: str, seconds: float = PATIENCE) -> T:
        """Wait until something holds, and return what did; the page lives on meanwhile."""
        end = time.monotonic() + seconds
        while not (held := holds()):
            assert time.monotonic() < end, f"{complaint}\n{self.toasts()}"
            self.page.wait_for_timeout(50)
        return held

    def wait_state(self, name: str, *states: str) -> None:
        self.wait_until(
            lambda: self.state(name) in states, f"{name} does not become {' or '.join(states)}"
        )

    def wait_saved(self) -> dict[str, Any]:
        """Wait until all is saved and return the file."""
        saving = self.page.locator("[data-saving]")
        expect(saving).to_have_attribute("data-saving", "saved")
        return self.document()

    def wait_learning(self) -> None:
        """Wait until the selected learner's curve moves."""
        self.wait_until(lambda: self.curve(), "no curve is drawn")
        before = self.curve()
        self.wait_until(lambda: self.curve() != before, "the curve does not move")

    def wait_learned(self, loss: float) -> None:
        """Wait until the curve of the loss, in training and in validation, ends below a value."""
        number = re.compile(r"\d+(?:\.\d+)?(?:e-?\d+)?")
        self.wait_until(
            lambda: (ends := number.findall(self.curve())) and max(map(float, ends)) < loss,
            f"the loss does not fall below {loss}: {self.curve()}",
        )
