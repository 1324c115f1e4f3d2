"""Another program at the file of a workflow that is open: breaks, deletes and moves it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from support.desk import Desk
from support.ui import MAIN, Server

OpenDesk = Callable[..., Desk]

READING = r"status of (404|412|422) .*/api/(workflows/|value/|runs)"
"""What the browser itself says of a file that cannot be read, and of what belongs to it."""


def test_a_file_that_is_broken_meanwhile_is_never_written_over(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    path = workspace / iris
    whole = path.read_text()
    desk = open_desk(iris)
    desk.select("hidden")
    status = desk.page.locator("[data-saving]")
    path.write_text(whole[:300])
    expect(status).to_have_attribute("data-saving", "unreadable")
    desk.set("Units", 55)
    status.get_by_text("the file cannot be read").hover()
    expect(desk.page.get_by_role("tooltip")).to_contain_text("The file is not JSON")
    expect(desk.results).not_to_contain_text("flowengine itself failed")
    assert path.read_text() == whole[:300]
    # as soon as it is whole again both changes are in it
    path.write_text(whole.replace('"units": 3', '"units": 4'))
    expect(status).to_have_attribute("data-saving", "saved")
    nodes = desk.document()["nodes"]
    assert [nodes[name]["settings"]["units"] for name in ("hidden", "output")] == [55, 4]
    expect(desk.results).to_contain_text("275")
    desk.expect_complaints(READING)


def test_a_broken_file_is_replaced_and_lies_in_the_trash(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    desk = open_desk(iris)
    whole = desk.document()
    (workspace / iris).write_bytes(b"\xff\xfe{")
    desk.button("Replace it").click()
    expect(desk.page.locator("[data-saving]")).to_have_attribute("data-saving", "saved")
    assert desk.document() == whole
    [left] = (workspace / ".flowengine/trash").iterdir()
    assert left.read_bytes() == b"\xff\xfe{"
    desk.select("hidden")
    desk.set("Units", 55)
    assert desk.wait_saved()["nodes"]["hidden"]["settings"]["units"] == 55
    desk.expect_complaints(r"status of 400 .*/api/workflows/")


def test_a_workflow_whose_file_is_deleted_stays_and_is_saved_again(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    desk = open_desk(iris)
    (workspace / iris).unlink()
    expect(desk.page.get_by_text("deleted or moved")).to_be_visible()
    desk.select("hidden")
    desk.set("Units", 55)
    desk.page.wait_for_timeout(500)
    assert not (workspace / iris).exists()
    desk.button("Save again").click()
    assert desk.wait_saved()["nodes"]["hidden"]["settings"]["units"] == 55
    expect(desk.page.get_by_text("deleted or moved")).to_have_count(0)
    desk.press("Escape", "Control+z")
    desk.wait_until(
        lambda: desk.document()["nodes"]["hidden"]["settings"]["units"] == 16, "it is not saved"
    )
    desk.expect_complaints(READING)


def test_a_file_that_is_moved_and_comes_back_takes_what_was_done_meanwhile(
    open_desk: OpenDesk, workspace: Path, iris: str
) -> None:
    desk = open_desk(iris)
    elsewhere = (workspace / iris).rename(workspace / "elsewhere.json")
    expect(desk.page.get_by_text("deleted or moved")).to_be_visible()
    desk.select("hidden")
    desk.set("Units", 55)
    elsewhere.rename(workspace / iris)
    assert desk.wait_saved()["nodes"]["hidden"]["settings"]["units"] == 55
    desk.expect_complaints(READING)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"flowengine": 1,\n', "The file is not JSON"),
        ("", "The file is empty"),
        ("[1, 2]", "A workflow is a JSON object, this is a list"),
        (
            '{"name": "notes"}',
            "The key “flowengine” is missing".replace("“", '"').replace("”", '"'),
        ),
        ('{"flowengine": 99}', "The file has format 99"),
    ],
)
def test_what_is_no_workflow_is_not_opened_and_stays_as_it_is(
    open_desk: OpenDesk, workspace: Path, text: str, told: str
) -> None:
    (workspace / "other.json").write_text(text)
    desk = open_desk()
    desk.page.goto(f"{desk.page.url.split('#')[0]}#workflow=other.json")
    expect(desk.page.locator(".fe-toast")).to_contain_text(re.compile(re.escape(told)))
    expect(desk.button("New workflow").first).to_be_visible()
    assert (workspace / "other.json").read_text() == text
    desk.expect_complaints(r"status of 422 .*/api/workflows/")


SLOW_SOCKETS = f"""
import asyncio
from pathlib import Path
from flowengine.server import hub

serve = hub.Hub.serve

async def late(self, socket):
    while not Path("stand").exists():
        await asyncio.sleep(0.02)
    await serve(self, socket)

hub.Hub.serve = late
{MAIN}
"""


def test_a_line_that_nobody_needs_any_more_is_closed_when_it_stands(
    open_desk: OpenDesk, workspace: Path, server: Server
) -> None:
    """A browser complains of a socket that is closed on its way; the page is to be silent."""
    (workspace / "other.json").write_text("[1, 2]")
    server.program = SLOW_SOCKETS
    desk = open_desk()
    with desk.page.expect_websocket() as met:
        desk.page.goto(f"{desk.page.url.split('#')[0]}#workflow=other.json")
    expect(desk.page.locator(".fe-toast")).to_contain_text("A workflow is a JSON object")
    (workspace / "stand").touch()
    desk.wait_until(met.value.is_closed, "the line stays open")
    desk.expect_complaints(r"status of 422 .*/api/workflows/")


def test_a_broken_workflow_is_deleted_from_the_first_page_and_brought_back(
    open_desk: OpenDesk, workspace: Path
) -> None:
    text = '{"flowengine": 1, "nodes": {'
    (workspace / "broken.json").write_text(text)
    desk = open_desk()
    expect(desk.page.get_by_text("cannot be read")).to_be_visible()
    desk.button("Delete broken").click()
    desk.page.get_by_role("alertdialog").get_by_role("button", name="Delete").click()
    desk.wait_until(lambda: not (workspace / "broken.json").exists(), "it is not deleted")
    desk.button("Undo").click()
    desk.wait_until(lambda: (workspace / "broken.json").exists(), "it does not come back")
    assert (workspace / "broken.json").read_text() == text
