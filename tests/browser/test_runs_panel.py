"""Runs: compared with each other, restored, ended early, resumed."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Callable

import pytest
from playwright.sync_api import expect
from support.desk import Desk
from support.store_cases import no_layer
from support.ui import Server

from flowengine.store import Store

OpenDesk = Callable[..., Desk]


@pytest.mark.slow
def test_two_runs_are_compared_and_the_first_one_restored(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.run_all()
    desk.select("learner")
    desk.set("Batch size", 50)
    desk.wait_saved()
    desk.run_all()
    desk.press("Alt+4")
    table = desk.page.get_by_role("region", name="Runs of this workflow")
    expect(table.get_by_role("columnheader", name=re.compile("batch_size"))).to_be_visible()
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("as now")
    expect(rows.nth(1)).to_contain_text("16")
    for row in rows.all():
        assert re.search(r"\d+\.\d+ ?%", row.inner_text()), "no accuracy is told"
        expect(row.get_by_role("checkbox")).to_be_checked()
    chart = desk.results.get_by_role("img", name=re.compile(" of .+, .+"))
    expect(chart.first).to_be_visible()
    rows.nth(1).get_by_role("button", name=re.compile("^Restore")).click()
    desk.wait_until(lambda: "The settings are those of" in desk.toasts(), "it is not told")
    assert desk.wait_saved()["nodes"]["learner"]["settings"]["batch_size"] == 16
    desk.wait_state("scorer", "done")


@pytest.mark.slow
def test_stop_and_keep_uses_what_was_learned_and_says_so(open_desk: OpenDesk, endless: str) -> None:
    desk = open_desk(endless)
    desk.start("learner")
    desk.wait_learning()
    expect(desk.node("learner").locator(".fe-sparkline")).to_be_visible()
    desk.button("Stop and keep").first.click()
    desk.wait_state("scorer", "done")
    desk.wait_state("learner", "stopped")
    desk.select("scorer")
    desk.tab("Confusion matrix")
    assert len(desk.table("Confusion matrix")) == 3


@pytest.mark.slow
def test_a_killed_learner_says_where_it_stopped_and_resumes_there(
    open_desk: OpenDesk, server: Server, endless: str
) -> None:
    desk = open_desk(endless)
    desk.start("learner")
    folder = server.workspace / ".flowengine"
    desk.wait_until(lambda: list(folder.glob("checkpoints/*/[0-9]*")), "no checkpoint is written")
    desk.select("learner")
    before = epoch_told(desk, beyond=1)
    with Store(folder, no_layer) as store:
        [run] = store.runs()
    os.kill(run.pid, signal.SIGKILL)
    server.kill()
    server.start()
    desk.open(endless)
    desk.wait_state("learner", "stopped")
    desk.select("learner")
    sentence = re.compile(r"Stopped in epoch (\d+)/\d+ \(run of \d\d:\d\d\)")
    expect(desk.settings).to_contain_text(sentence)
    [epoch] = sentence.findall(desk.settings.inner_text())
    assert int(epoch) >= before
    desk.settings.get_by_role("button", name="Resume").click()
    desk.wait_state("learner", "running")
    epoch_told(desk)
    with Store(folder, no_layer) as store:
        told = [event for _, event in store.events_after(store.runs()[0].id)]
    first = next(event.data["message"] for event in told if event.kind == "progress")
    assert not first.startswith("epoch 1/"), "it began anew"
    desk.cancel()
    desk.expect_complaints("ERR_", "WebSocket")


def epoch_told(desk: Desk, *, beyond: int = 0) -> int:
    """Return the epoch that the selected learner tells of, once it is beyond one."""
    told = re.compile(r"running · epoch (\d+)")

    def later() -> list[int]:
        return [
            epoch for epoch in map(int, told.findall(desk.settings.inner_text())) if epoch > beyond
        ]

    return desk.wait_until(later, "no such epoch is told")[0]
