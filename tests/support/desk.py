"""A page of the editor, and what a person does there."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect
from support.ui import Server

PATIENCE = 60.0
"""Seconds after which a test that waits is taken to hang."""

expect.set_options(timeout=20_000)


class Desk:
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
        """Return the rows of a table that are seen."""
        grid = self.results.get_by_role("grid", name=label)
        expect(grid.get_by_role("gridcell").first).to_be_visible()
        rows = grid.locator("[role=rowgroup] [role=row]").all()
        return [row.locator("[role=gridcell]").all_inner_texts() for row in rows]

    def chips(self) -> list[str]:
        return self.page.locator(".fe-chip").all_inner_texts()

    def toasts(self) -> str:
        return " ".join(self.page.locator(".fe-toast").all_inner_texts())

    def document(self) -> dict[str, Any]:
        """Return the workflow's file as it stands on disk."""
        text = (self.server.workspace / self.path).read_text(encoding="utf-8")
        return dict(json.loads(text))

    # waiting

    def wait_until(
        self, holds: Callable[[], object], complaint: str, seconds: float = PATIENCE
    ) -> None:
        """Wait until something holds; the page lives on meanwhile."""
        end = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < end, f"{complaint}\n{self.toasts()}"
            self.page.wait_for_timeout(50)

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

    # going

    def open(self, path: str = "") -> Desk:
        """Open a workflow, or the page of the workspace."""
        self.path = path
        self.page.goto(self.server.url)
        self.page.locator("#root > *").first.wait_for(state="attached")
        if path:
            self.page.goto(f"http://127.0.0.1:{self.server.port}/#workflow={quote(path)}")
            expect(self.stage).to_be_visible()
            self.wait_still()
        return self

    def wait_still(self) -> None:
        """Wait until the report of the workflow is there, and all nodes are seen."""
        if not self.document()["nodes"]:
            expect(self.stage.get_by_role("heading")).to_be_visible()
            return
        known = self.page.locator('.fe-state:not([aria-label="not configured"])')
        expect(known.first).to_be_visible()
        self.show_all()

    def show_all(self) -> None:
        """Zoom so that all nodes are seen, and wait until the canvas rests."""
        self.button("Show all").click()
        first = self.page.locator(".react-flow__node-card").first
        self.page.wait_for_timeout(250)
        boxes = [first.bounding_box()]

        def is_still() -> bool:
            boxes.append(first.bounding_box())
            return boxes[-1] == boxes[-2]

        self.wait_until(is_still, "the canvas does not come to rest")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def select(self, name: str) -> None:
        # beside the ports, and above what may hang below
        self.node(name).click(position={"x": 24, "y": 12})
        expect(self.node(name)).to_have_class(re.compile("selected"))

    def tab(self, name: str) -> None:
        """Open a tab of the results."""
        self.results.get_by_role("tab", name=name, exact=True).click()

    # doing

    def start(self, name: str) -> None:
        """Run all, and see a node running with its curve."""
        self.press("Shift+F7")
        self.wait_state(name, "running")
        self.select(name)
        self.tab("Learning")

    def run_all(self) -> None:
        """Run everything and wait for its end."""
        self.press("Shift+F7")
        ended = self.page.get_by_role("status", name=re.compile("Run: (done|failed)"))
        self.wait_until(lambda: ended.count(), "the run does not end")
        assert ended.get_attribute("aria-label") == "Run: done", self.states()

    def cancel(self) -> None:
        self.press("F9")
        ended = self.page.get_by_role("status", name="Run: cancelled")
        self.wait_until(lambda: ended.count(), "the run is not cancelled", 20)

    def new(self, name: str) -> Desk:
        """Make a new workflow from the page of the workspace."""
        self.button("New workflow").first.click()
        self.page.get_by_label("Name", exact=True).fill(name)
        self.press("Enter")
        expect(self.stage.get_by_role("heading", name="Start with a node")).to_be_visible()
        self.path = f"{name}.json"
        return self

    def hold(self, what: Locator) -> None:
        """Begin to drag, and keep holding."""
        x, y = self.middle(what)
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        self.page.mouse.move(x + 12, y + 12, steps=4)

    def let_go(self) -> None:
        self.page.mouse.up()

    def try_to_pull(self, start: str, end: str) -> str:
        """Pull a wire to where it does not fit; return the reason that is shown meanwhile."""
        self.hold(self.port(start, "out"))
        self.page.mouse.move(*self.middle(self.port(end, "in")), steps=8)
        reason = self.page.locator(".fe-pull-hint").inner_text()
        self.let_go()
        return reason

    def pull_to_empty(self, start: str, x: float, y: float) -> None:
        self.drag(self.middle(self.port(start, "out")), self.point(x, y))

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Return the place on the screen of a place on the stage."""
        box = self.stage.bounding_box()
        assert box is not None
        return box["x"] + x, box["y"] + y

    def middle(self, what: Locator) -> tuple[float, float]:
        box = what.bounding_box()
        assert box is not None, "it is not on the screen"
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag with the mouse; the first move only starts the drag."""
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down()
        mouse.move(start[0] + 3, start[1] + 3)
        mouse.move(*end, steps=8)
        # a busy page learns a moment later what lies under the pointer
        self.page.wait_for_timeout(100)
        mouse.up()

    def take(self, kind: str, title: str, x: float, y: float) -> str:
        """Drag a node out of the palette onto the stage and return its name."""
        return self._drop(kind, title, self.point(x, y))

    def take_onto(self, kind: str, title: str, what: Locator) -> str:
        """Drag a node out of the palette onto the middle of something."""
        return self._drop(kind, title, self.middle(what))

    def _drop(self, kind: str, title: str, place: tuple[float, float]) -> str:
        before = set(self.nodes())
        self.page.get_by_role("searchbox", name="Search nodes").fill(title)
        row = self.page.locator(f'[role=treeitem][data-type="{kind}"]')
        self.drag(self.middle(row), place)
        self.wait_until(lambda: set(self.nodes()) - before, f"no {title} was added", 10)
        [name] = set(self.nodes()) - before
        return name

    def pull(self, start: str, end: str) -> None:
        """Pull a wire from an output to an input, as ``a.out`` and ``b.network``."""
        self.drag(self.middle(self.port(start, "out")), self.middle(self.port(end, "in")))

    def set(self, label: str, value: object) -> None:
        """Set a setting of the selected node, whatever it is drawn as."""
        field = self.settings.get_by_label(label, exact=True)
        kind = field.evaluate("element => element.tagName")
        if kind == "SELECT":
            self._choose(field, str(value))
        elif kind == "FIELDSET":
            field.get_by_text(str(value), exact=True).click()
        else:
            field.fill(str(value))
            field.blur()

    def _choose(self, field: Locator, value: str) -> None:
        texts = field.locator("option").all_inner_texts()
        [chosen] = [text for text in texts if text.split(" · ")[0] == value]
        field.select_option(label=chosen)

    def expect_complaints(self, *patterns: str) -> None:
        """Forget what the browser itself says of refused and broken requests."""
        self.complaints[:] = [
            line for line in self.complaints if not any(re.search(item, line) for item in patterns)
        ]
