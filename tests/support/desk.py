"""What a person does at a page of the editor, by mouse and by keyboard."""

from __future__ import annotations

import re
from urllib.parse import quote

from playwright.sync_api import Locator, expect
from support.sight import Sight

FOCUSED = """() => {
  const { ariaLabel, innerText, dataset } = document.activeElement;
  return ariaLabel ?? dataset.id ?? innerText.trim();
}"""

FILE = """({ name, text }) => {
  const data = new DataTransfer();
  data.items.add(new File([text], name));
  return data;
}"""


class Desk(Sight):
    """One page, and what a person does there."""

    # going

    def open(self, path: str = "") -> Desk:
        """Open a workflow, or the page of the workspace."""
        self.path = path
        self.page.goto(self.server.url)
        self.page.locator("#root > *").first.wait_for(state="attached")
        if path:
            self.go_to(path)
        return self

    def go_to(self, path: str) -> None:
        """Go to a workflow by its address."""
        self.path = path
        self.page.goto(f"http://127.0.0.1:{self.server.port}/#workflow={quote(path)}")
        expect(self.stage).to_be_visible()
        self.wait_still()

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
        self.page.wait_for_timeout(250)
        self.wait_rest()

    def wait_rest(self) -> None:
        """Wait until nothing on the canvas moves."""
        first = self.page.locator(".react-flow__node-card").first
        boxes = [first.bounding_box()]

        def is_still() -> bool:
            boxes.append(first.bounding_box())
            return boxes[-1] == boxes[-2]

        self.wait_until(is_still, "the canvas does not come to rest")

    def zoom_out(self, times: int) -> None:
        """Turn the wheel over the stage, and wait until the canvas rests."""
        self.page.mouse.move(*self.middle(self.stage))
        for _ in range(times):
            self.page.mouse.wheel(0, 200)
        self.wait_rest()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    # by keyboard alone

    def focused(self) -> str:
        """Return the name of what has the focus, as a screen reader would say it."""
        return str(self.page.evaluate(FOCUSED))

    def tab_to(self, name: str) -> None:
        """Press Tab until something has the focus."""
        for _ in range(60):
            if self.focused() == name:
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not come to {name}; last it was at {self.focused()}")

    def command(self, text: str, key: str = "Enter") -> None:
        """Do what is found first by Ctrl+K."""
        self.press("Control+k")
        dialog = self.page.get_by_role("dialog", name="Commands")
        expect(dialog.get_by_role("combobox")).to_be_focused()
        self.type(text)
        self.press(key)
        expect(dialog).to_have_count(0)

    def write_in(self, label: str, text: str, key: str = "Enter") -> None:
        """Write into the field that was opened for it, and leave it by a key."""
        expect(self.page.get_by_label(label, exact=True)).to_be_focused()
        self.type(text)
        self.press(key)

    def go(self, name: str) -> None:
        """Go to a node by Ctrl+K."""
        self.command(name)
        expect(self.page.locator(".react-flow__node.selected")).to_have_count(1)
        expect(self.node(name)).to_be_focused()

    def go_too(self, name: str) -> None:
        """Select a node beside those that are selected, by Ctrl+K."""
        self.command(name, "Shift+Enter")
        expect(self.node(name)).to_have_class(re.compile("selected"))

    def add(self, text: str) -> str:
        """Add the node that is found first by Ctrl+Space; return its name."""
        before = set(self.document()["nodes"])
        self.press("Control+Space")
        field = self.page.get_by_role("combobox", name="Search nodes to add")
        expect(field).to_be_focused()
        self.type(text)
        self.press("Enter")
        expect(field).to_have_count(0)
        self.wait_until(lambda: set(self.document()["nodes"]) - before, f"no {text} was added")
        [name] = set(self.document()["nodes"]) - before
        expect(self.node(name)).to_be_focused()
        return name

    def configure(self, **values: object) -> None:
        """Set settings of the selected node, their words joined by ``_``, and go back to it."""
        self.press("F6")
        expect(self.settings.locator(":focus")).to_have_count(1)
        for setting, value in values.items():
            self.tab_to(setting.replace("_", " ").capitalize())
            self.type(str(value))
        self.press("F6")
        expect(self.stage.locator(".react-flow__node:focus")).to_have_count(1)

    def select(self, name: str) -> None:
        self.wait_rest()  # a canvas that moves takes a click for a pull
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
        before = len(self.runs())
        self.press("Shift+F7")
        self.wait_until(lambda: len(self.runs()) > before, "no run begins")
        self.wait_until(lambda: self.runs()[0]["status"] != "running", "the run does not end")
        assert self.runs()[0]["status"] == "done", self.states()
        expect(self.page.get_by_role("status", name="Run: done")).to_be_visible()

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

    def pull_new(self, start: str, title: str, x: float, y: float) -> str:
        """Pull a wire into the empty canvas, take a node of those that fit, and return its name."""
        before = set(self.nodes())
        self.pull_to_empty(start, x, y)
        choices = self.page.get_by_role("dialog", name="Add a node")
        choices.get_by_role("combobox").fill(title)
        choices.get_by_role("option").filter(has=self.page.get_by_text(title, exact=True)).click()
        return self._added(before, title)

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
        return self._added(before, title)

    def _added(self, before: set[str], title: str) -> str:
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
            self.choose(label, str(value))
        elif kind == "FIELDSET":
            field.get_by_text(str(value), exact=True).click()
        else:
            field.fill(str(value))
            field.blur()

    def write(self, label: str, text: str) -> None:
        """Write into a setting's field with mouse and keyboard, as people do."""
        self.settings.get_by_label(label, exact=True).click()
        self.press("Control+a")
        self.type(text)
        self.press("Tab")

    def choose(self, label: str, value: str) -> None:
        """Choose from a setting's list, once it has the value: columns come a moment later."""
        field = self.settings.get_by_label(label, exact=True)
        options = field.locator("option")

        def names() -> list[str]:
            return [text for text in options.all_inner_texts() if text.split(" · ")[0] == value]

        self.wait_until(names, f"{label} does not offer {value}")
        field.select_option(label=names()[0])

    def undo_all(self) -> None:
        """Take back everything that can be taken back."""
        self._until_disabled("Control+z", self.button_like("Undo"))

    def redo_all(self) -> None:
        """Do everything again that was taken back."""
        self._until_disabled("Control+y", self.button_like("Redo"))

    def _until_disabled(self, key: str, button: Locator) -> None:
        for _ in range(1_000):
            if not button.is_enabled():
                return
            self.press(key)
        raise AssertionError(f"{key} never comes to an end")

    def drop_file(self, onto: str, name: str, text: str) -> None:
        """Drop a file from outside onto what a selector finds, in its middle."""
        data = self.page.evaluate_handle(FILE, {"name": name, "text": text})
        x, y = self.middle(self.page.locator(onto).first)
        where = {"dataTransfer": data, "clientX": x, "clientY": y}
        for event in ("dragenter", "dragover", "drop"):
            self.page.dispatch_event(onto, event, where)

    def expect_gone(self) -> None:
        """Forget that the browser itself told of values that went away while they were fetched."""
        self.expect_complaints(r"status of 404 .*/api/(rows|column|value)/")

    def expect_complaints(self, *patterns: str) -> None:
        """Forget what the browser itself says of refused and broken requests."""
        self.complaints[:] = [
            line for line in self.complaints if not any(re.search(item, line) for item in patterns)
        ]
