"""Pictures that a node shows while it runs."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from support.engine import write_node
from support.runs import Run

import flowengine as fe
from flowengine.events import Event
from flowengine.pictures import side_by_side
from flowengine.running import previews
from flowengine.running.previews import Previews

PAINTER = """
    import numpy as np

    @node(title="Painter")
    class Painter(Node):
        \"\"\"Show pictures.\"\"\"

        pictures: int = 20
        \"\"\"How many.\"\"\"
        channels: int = 3
        \"\"\"Channels of each.\"\"\"

        def execute(self, ctx: Context) -> int:
            image = np.zeros((2, 3, self.channels), np.uint8)
            for step in range(self.pictures):
                image[:] = step
                ctx.preview("canvas", step, image)
            return self.pictures
"""


def shown(events: list[Event]) -> list[tuple[int, list[int]]]:
    """Return step and colour of each picture."""
    found = []
    for event in events:
        if event.kind == "preview":
            head, _, data = event.data["image"].partition(",")
            assert (head, event.data["name"]) == ("data:image/png;base64", "canvas")
            image = Image.open(io.BytesIO(base64.b64decode(data)))
            found.append((event.data["step"], np.unique(np.asarray(image)).tolist()))
    return found


def test_first_and_last_picture_are_told(run: Run, tmp_path: Path) -> None:
    write_node(tmp_path / "nodes", "painter", PAINTER)
    events: list[Event] = []
    run({"p": "local.painter"}, nodes=[tmp_path / "nodes"], on_event=events.append)
    told = shown(events)
    assert told[0] == (0, [0])
    assert told[-1] == (19, [19])
    assert len(told) < 20


def test_what_is_no_picture_fails_in_words(run: Run, tmp_path: Path) -> None:
    write_node(tmp_path / "nodes", "painter", PAINTER)
    with pytest.raises(fe.FlowEngineError, match="this is 2×3×7"):
        run({"p": ("local.painter", {"channels": 7})}, nodes=[tmp_path / "nodes"])


class Clock:
    """Time that passes when a test says so."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


def test_pictures_become_rarer_in_a_long_run(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(previews, "time", clock)
    told: list[int] = []

    def tell(**data: Any) -> None:
        told.append(data["step"])

    pictures = Previews(tell)
    image = np.zeros((2, 2), np.uint8)
    for step in range(36_000):
        clock.now = step / 10
        pictures.show("canvas", step, image)
    pictures.finish()
    assert told[:3] == [0, 5, 10]
    assert told[-1] == 35_999
    assert len(told) < 600


def test_each_name_has_its_own_rate() -> None:
    told: list[str] = []
    pictures = Previews(lambda **data: told.append(data["name"]))
    pictures.show("one", 1, np.zeros((2, 2), np.uint8))
    pictures.show("other", 1, np.zeros((2, 2), np.uint8))
    assert told == ["one", "other"]


def test_large_picture_is_made_smaller() -> None:
    told: list[str] = []
    pictures = Previews(lambda **data: told.append(data["image"]))
    pictures.show("canvas", 1, np.zeros((2000, 1000), np.uint8))
    data = base64.b64decode(told[0].partition(",")[2])
    assert Image.open(io.BytesIO(data)).size == (256, 512)


def test_pictures_stand_side_by_side_with_a_line_between() -> None:
    images = np.arange(1, 4, dtype=np.uint8).reshape(3, 1, 1) * np.ones((3, 2, 2), np.uint8)
    assert side_by_side(images).tolist() == [
        [1, 1, 1, 2, 2],
        [1, 1, 1, 2, 2],
        [1, 1, 1, 1, 1],
        [3, 3, 1, 1, 1],
        [3, 3, 1, 1, 1],
    ]
