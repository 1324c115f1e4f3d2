"""The editor in Chromium: from the command to a canvas that can be used, and 1,000 nodes on it.

Each turn is a fresh server and a fresh page; the browser itself is already open, as it is for
people. Panning and zooming are told by the time from frame to frame and, which a busy machine
leaves alone, by the processor time of the page's main thread for each frame.

Run: ``python benchmarks/editor_canvas.py [--turns 5] [--nodes 1000]``. Wants the editor built
(``make ui``), Playwright for Python and Chromium.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from _measure import FLOWENGINE, ROOT, machine, spread, verdict
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from flowengine.workflow import Workflow

BAR_SECONDS = 2.0
BAR_FRAME = 33.0
LENGTH = 25
MOVES = 60
ADDRESS = re.compile(r"(http://\S+/)\?token=([^\s#]+)")
NAMES = ("chromium", "chromium-browser", "google-chrome")
CARDS = '.react-flow__node-card .fe-state:not([aria-label="not configured"])'
WATCH = """() => {
  window.frameTimes = [];
  let last = performance.now();
  const tick = now => {
    window.frameTimes.push(now - last);
    last = now;
    requestAnimationFrame(tick);
  };
  requestAnimationFrame(tick);
}"""
EMPTY = """() => {
  const box = document.querySelector('.fe-stage').getBoundingClientRect();
  for (let y = box.top + 60; y < box.bottom - 60; y += 3)
    for (let x = box.left + 300; x < box.right - 300; x += 3)
      if (document.elementFromPoint(x, y).matches('.react-flow__pane')) return [x, y];
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--nodes", type=int, default=1_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workspace = Path(folder)
        shutil.copyfile(ROOT / "workflows/mnist.json", workspace / "mnist.json")
        large(options.nodes).save(workspace / "large.json")
        found = next(filter(None, map(shutil.which, NAMES)))
        browser = playwright.chromium.launch(executable_path=found)
        take(workspace, browser)
        turns = [take(workspace, browser) for _ in range(options.turns)]
        browser.close()
    print(f"the editor in Chromium, {options.turns} turns, {options.nodes} nodes; {machine()}")
    for name in turns[0]:
        unit = "s" if name.startswith("from") else "ms" if "ms" not in name else ""
        print(f"  {name}: {spread((turn[name] for turn in turns), unit)}")
    for name in turns[0]:
        middle = statistics.median(turn[name] for turn in turns)
        if name.startswith("from"):
            print(f"  bar {BAR_SECONDS} s {name} {verdict(met=middle <= BAR_SECONDS)}")
        elif name.endswith("a frame, median"):
            print(f"  bar {BAR_FRAME} ms {name} {verdict(met=middle <= BAR_FRAME)}")


def large(count: int) -> Workflow:
    """Return networks of 25 layers side by side."""
    flow = Workflow("Large")
    for row in range(count // LENGTH):
        last = flow.add("layer.input", f"input_{row}", shape=[8])
        for column in range(1, LENGTH):
            name = f"dense_{row}_{column}"
            last = flow.add("layer.dense", name, network=last.out, units=8)
    return flow


def take(workspace: Path, browser: Browser) -> Mapping[str, float]:
    """Measure once from the command on."""
    found: dict[str, float] = {}
    started = time.perf_counter()
    with served(workspace) as (address, token), fresh(browser) as page:
        page.goto(f"{address}?token={token}#workflow=mnist.json")
        page.locator(CARDS).first.wait_for()
        found["from the command to a usable canvas"] = time.perf_counter() - started
        with fresh(browser) as page:
            before = time.perf_counter()
            page.goto(f"{address}?token={token}#workflow=large.json")
            page.locator(CARDS).first.wait_for()
            found["from the address to the cards of many nodes"] = time.perf_counter() - before
            found |= motion(page)
    return found


@contextmanager
def served(workspace: Path) -> Iterator[tuple[str, str]]:
    command = [FLOWENGINE, "ui", str(workspace), "--no-browser", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = next(filter(None, map(ADDRESS.search, process.stdout)))
            yield address[1], address[2]
        finally:
            process.terminate()


@contextmanager
def fresh(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    try:
        yield context.new_page()
    finally:
        context.close()


def motion(page: Page) -> Mapping[str, float]:
    """Pan from near, zoom out until all is seen, pan from afar."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate(WATCH)
    found: dict[str, float] = {}
    found |= measured(page, session, "panning", pan)
    found |= measured(page, session, "zooming", zoom)
    page.get_by_role("button", name="Show all", exact=True).click()
    page.wait_for_timeout(1_000)
    found |= measured(page, session, "panning over all nodes", pan)
    return found


def pan(page: Page) -> None:
    x, y = empty(page)
    page.mouse.move(x, y)
    page.mouse.down()
    for number in range(MOVES):
        page.mouse.move(x + 4 * (number % 30), y + 2 * (number % 30))
        page.wait_for_timeout(16)
    page.mouse.up()


def empty(page: Page) -> tuple[int, int]:
    """Return a place of the canvas with nothing on it, once the shield of a move is gone."""
    x, y = page.wait_for_function(EMPTY).json_value()
    return x, y


def zoom(page: Page) -> None:
    page.mouse.move(*empty(page))
    for number in range(MOVES):
        page.mouse.wheel(0, 40 if number < MOVES // 2 else -40)
        page.wait_for_timeout(16)


def measured(
    page: Page, session: CDPSession, name: str, deed: Callable[[Page], None]
) -> Mapping[str, float]:
    before, _ = busy(session), page.evaluate("window.frameTimes.length = 0")
    deed(page)
    frames = sorted(page.evaluate("window.frameTimes"))
    spent = busy(session) - before
    return {
        f"{name}, a frame, median": statistics.median(frames),
        f"{name}, a frame, of 20 the slowest": frames[int(len(frames) * 0.95)],
        f"{name}, main thread a move": spent / MOVES,
    }


def busy(session: CDPSession) -> float:
    """Return the milliseconds the main thread has worked so far."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(item["value"] for item in metrics if item["name"] == "TaskDuration")


if __name__ == "__main__":
    main()
