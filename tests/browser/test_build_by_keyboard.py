"""The network for digits, built on an empty canvas without a mouse, trained and looked at."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.desk import Desk
from support.digits import IMAGES, LABELS, write_digits

OpenDesk = Callable[..., Desk]

LONG = 1000
"""Epochs that end by "Stop learning" only, however late somebody looks."""

COUNT_CLICKS = """() => {
  window.clicks = 0;
  for (const kind of ['pointerdown', 'mousedown', 'pointermove', 'wheel'])
    window.addEventListener(kind, () => window.clicks++, true);
}"""


def new_by_keyboard(desk: Desk, name: str) -> None:
    expect(desk.button("New workflow").first).to_be_enabled()
    desk.tab_to("New workflow")
    desk.press("Enter")
    expect(desk.page.get_by_label("Name", exact=True)).to_be_focused()
    desk.type(name)
    desk.press("Enter")
    expect(desk.stage.get_by_role("heading", name="Start with a node")).to_be_visible()
    desk.path = f"{name}.json"


@pytest.mark.slow
def test_digits_without_a_mouse(open_desk: OpenDesk, workspace: Path) -> None:
    write_digits(workspace)
    desk = open_desk()
    desk.page.evaluate(COUNT_CLICKS)
    new_by_keyboard(desk, "digits")
    desk.add("input")
    desk.configure(shape="28, 28, 1")
    desk.add("rescaling")
    desk.configure(scale=0.004)
    for _ in range(2):
        desk.add("conv2d")
        desk.configure(filters=8, kernel_size=3, activation="relu")
        desk.add("maxpooling2d")
    desk.add("flatten")
    desk.add("dense")
    desk.configure(units=10, activation="softmax")
    desk.add("network learner")
    desk.configure(learning_rate=0.01, epochs=LONG, batch_size=16)
    desk.press("Escape")
    desk.add("image reader")
    desk.configure(images=IMAGES, labels=LABELS)
    desk.add("partitioning")
    desk.go_too("learner")
    desk.press("Control+l")
    desk.go("learner")
    desk.add("network executor")
    desk.go_too("partitioning")
    desk.press("Control+l")
    desk.go("executor")
    desk.add("scorer")
    desk.configure(truth="label")
    desk.press("Shift+F7")
    desk.wait_state("learner", "running")
    desk.go("learner")
    desk.press("F10")
    desk.wait_learning()
    desk.wait_learned(loss=0.5)
    desk.press("Shift+F9")
    desk.wait_state("scorer", "done")
    desk.go("scorer")
    desk.press("F10")
    expect(desk.results.locator("[role=tab]:focus")).to_have_count(1)
    desk.press("ArrowRight")
    desk.press("Alt+1", "Alt+3")
    rows = [[int(cell) for cell in row[1:]] for row in desk.table("Confusion matrix")]
    assert sum(row[place] for place, row in enumerate(rows)) > 60
    assert desk.page.evaluate("window.clicks") == 0
