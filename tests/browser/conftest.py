"""The editor in a real browser: a server of its own and a page for every test."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from support.desk import Desk
from support.editor import need_editor
from support.samples import copy, edit
from support.sight import PATIENCE
from support.ui import MAIN, Server

NAMES = ("chromium", "chromium-browser", "google-chrome")
SIZE = {"width": 1440, "height": 900}

TOO_LATE = re.compile(r"status of 404 .*/api/(rows|column|image|look|diagram)/")
"""What the browser says of a value that went in the moment between being seen and asked for."""

Report = pytest.StashKey[bool]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Remember whether a test failed, so that its pages are photographed."""
    report = yield
    item.stash[Report] = item.stash.get(Report, False) or report.failed  # type: ignore[attr-defined]
    return report


# Of a module and no wider: while it is open, a loop of events runs in this thread, which tests of
# other modules that run their own would meet.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    need_editor()
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "there is no Chromium; run: make chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Return an empty workspace."""
    folder = tmp_path / "workspace"
    folder.mkdir()
    return folder


@pytest.fixture
def iris(workspace: Path) -> str:
    """Put the workflow that trains in two seconds into the workspace."""
    copy(workspace, "iris.json", "data/iris.csv")
    return "iris.json"


@pytest.fixture
def endless(workspace: Path, iris: str) -> str:
    """Let the same workflow train for minutes."""
    edit(workspace / iris, lambda data: data["variables"].update(epochs=20_000))
    return iris


@pytest.fixture(scope="session")
def catalogue(own_caches: None) -> None:
    """Describe all node types once, which takes seconds; every server then reads what is kept."""
    command = [sys.executable, "-c", MAIN, "nodes", "--json"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=300)


@pytest.fixture
def server(workspace: Path, catalogue: None) -> Iterator[Server]:
    """Return a server, which the first page starts."""
    server = Server(workspace)
    yield server
    server.stop()


@pytest.fixture
def open_desk(
    browser: Browser, server: Server, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., Desk]]:
    """Open pages of the editor. What any of them writes to the console fails the test."""
    complaints: list[str] = []
    pages: list[Page] = []

    def heard(message: ConsoleMessage) -> None:
        told = f"{message.type}: {message.text} ({message.location})"
        if message.type in ("error", "warning") and not TOO_LATE.search(told):
            complaints.append(told)

    def go(workflow: str = "", *, dark: bool = False, **options: object) -> Desk:
        if not server.url:
            server.start()
        context = browser.new_context(
            viewport=SIZE, color_scheme="dark" if dark else "light", **options
        )
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        page.on("console", heard)
        page.on("pageerror", lambda error: complaints.append(f"thrown: {error}"))
        pages.append(page)
        return Desk(page, server, complaints).open(workflow)

    yield go
    failed = request.node.stash.get(Report, False)
    for number, page in enumerate(pages):
        if failed and not page.is_closed():
            picture = tmp_path / f"page_{number}.png"
            page.screenshot(path=picture)
            request.node.add_report_section("call", "picture", str(picture))
        page.context.close()
    assert failed or not complaints, "\n".join(complaints)
