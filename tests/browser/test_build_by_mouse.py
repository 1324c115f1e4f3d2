"""The network for digits, built on an empty canvas by mouse, trained and looked at."""

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


def build_network(desk: Desk) -> None:
    """Build the layers, most by wires pulled into the empty canvas, one by a drop on a wire."""
    desk.take("layer.input", "Input", 110, 60)
    desk.write("Shape", "28, 28, 1")
    desk.zoom_out(2)
    conv, pool = ("Conv2D", {"Filters": 8, "Kernel size": 3, "Activation": "relu"}), "MaxPooling2D"
    layers = [
        ("Rescaling", {"Scale": 0.004}, 150, 70),
        (*conv, 300, 70),
        (pool, {}, 450, 70),
        (*conv, 600, 70),
        (pool, {}, 740, 70),
        ("Flatten", {}, 20, 190),
        ("Dense", {"Units": 10, "Activation": "softmax"}, 300, 190),
    ]
    last = "input"
    for title, settings, x, y in layers:
        last = desk.pull_new(f"{last}.out", title, x, y)
        for label, value in settings.items():
            desk.set(label, value)
    desk.take_onto("layer.dropout", "Dropout", desk.wire("flatten.out", "dense.network"))
    desk.write("Rate", "0.2")


def build_training(desk: Desk) -> None:
    """Build what reads the digits, learns them and is tested on others."""
    desk.take("image.image_reader", "Image Reader", 70, 440)
    desk.write("Images", IMAGES)
    desk.write("Labels", LABELS)
    desk.pull_new("image_reader.out", "Partitioning", 200, 440)
    desk.take("network.learner", "Network Learner", 450, 330)
    desk.write("Epochs", str(LONG))
    desk.write("Batch size", "16")
    desk.write("Learning rate", "0.01")
    desk.pull("dense.out", "learner.network")
    desk.pull("partitioning.first", "learner.training_data")
    desk.pull("partitioning.second", "learner.validation_data")
    desk.pull_new("learner.network", "Network Executor", 560, 330)
    desk.pull("partitioning.second", "executor.table")
    desk.pull_new("executor.out", "Scorer", 700, 330)
    desk.choose("Truth", "label")


@pytest.mark.slow
def test_digits_from_an_empty_canvas_to_the_confusion_matrix(
    open_desk: OpenDesk, workspace: Path
) -> None:
    write_digits(workspace)
    desk = open_desk().new("digits")
    build_network(desk)
    build_training(desk)
    expect(desk.settings).to_contain_text("ready")
    desk.button("Run").click()
    desk.wait_state("learner", "running")
    desk.select("learner")
    desk.tab("Learning")
    desk.wait_learning()
    desk.wait_learned(loss=0.5)
    desk.press("Shift+F9")
    desk.wait_state("scorer", "done")
    desk.select("scorer")
    desk.tab("Confusion matrix")
    for panel in ("palette", "settings"):
        desk.button(f"Show the {panel}").click()
    rows = [[int(cell) for cell in row[1:]] for row in desk.table("Confusion matrix")]
    assert sum(map(sum, rows)) == 80
    assert sum(row[place] for place, row in enumerate(rows)) > 60
