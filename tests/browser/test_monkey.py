"""A monkey at the desk: whatever it clicks, presses and drags, nothing breaks or is lost."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from support.desk import Desk

from flowengine.document import parse_document

OpenDesk = Callable[..., Desk]

DEEDS = 250
KEYS = (
    *("Delete", "Control+d", "Control+z", "Control+y", "Control+a", "Escape", "Enter", "Tab", "F2"),
    *("Control+j", "Control+Shift+j", "Alt+ArrowUp", "Alt+n", "Alt+Shift+a", "Alt+Shift+l", "F6"),
    *("Control+l", "Control+Shift+l", "Control+c", "Control+x", "Control+v", "Shift+F2", "F10"),
    *("ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Shift+ArrowRight", "Alt+Shift+ArrowDown"),
    *("Control+Space", "?", "Alt+1", "Alt+2", "Alt+3", "Alt+4", "Control+2", "Control+0"),
)
PLACES = """() => [...document.querySelectorAll('.react-flow__handle, .react-flow__node')]
  .map(one => one.getBoundingClientRect()).map(box => [box.x + box.width / 2, box.y + 8])
  .filter(([x, y]) => x > 5 && x < 1435 && y > 60 && y < 895)"""
WORDS = ("dense", "x", "12", "hidden", " ", "softmax", "0.5", "ü", "a.b", "/")


class Monkey:
    """Does things by chance, the same ones for the same seed."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.rng = random.Random(seed)

    def act(self) -> None:
        deeds = (self.press, self.press, self.press, self.click, self.click, self.drag, self.type)
        self.rng.choice(deeds)()

    def place(self) -> tuple[float, float]:
        # not the left end of the top bar, which leads to other pages
        return self.rng.uniform(5, 1435), self.rng.uniform(60, 895)

    def thing(self) -> tuple[float, float]:
        """Return where a port or a node is, if there is one."""
        found = self.desk.page.evaluate(PLACES)
        return tuple(self.rng.choice(found)) if found else self.place()

    def press(self) -> None:
        self.desk.press(self.rng.choice(KEYS))

    def type(self) -> None:
        self.desk.type(self.rng.choice(WORDS))

    def click(self) -> None:
        self.desk.page.mouse.click(
            *self.place(),
            button=self.rng.choice(("left", "left", "left", "right")),
            click_count=self.rng.choice((1, 1, 2)),
        )

    def drag(self) -> None:
        mouse = self.desk.page.mouse
        mouse.move(*self.rng.choice((self.place, self.thing))())
        mouse.down()
        mouse.move(*self.place(), steps=4)
        mouse.up()


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_monkey_breaks_nothing_and_all_it_did_is_undone(
    seed: int, open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    desk = open_desk(iris)
    before = desk.text()
    monkey = Monkey(desk, seed)
    for _ in range(DEEDS):
        monkey.act()
    desk.press("Escape", "Escape", "Escape")
    desk.wait_saved()
    _, problems, _ = parse_document(desk.text(), iris)
    assert not problems
    undo, steps = desk.button_like("Undo"), 0
    while undo.is_enabled():
        undo.click()
        steps += 1
    # it undoes much of it itself
    assert steps, "the monkey did nothing"
    desk.wait_saved()
    assert desk.text() == before
    assert set(desk.nodes()) <= set(desk.document()["nodes"])
    # the browser itself tells of requests that were refused, such as a run of what is not right
    desk.expect_complaints(r"status of 4\d\d")
