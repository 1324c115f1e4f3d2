"""How a run looks while it goes on: bars on a terminal, lines elsewhere, or nothing."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import TYPE_CHECKING, Protocol

from flowengine.cli.output import count, pad, seconds, shorten, width
from flowengine.cli.watch import OVER, NodeWatch, RunWatch
from flowengine.events import Event

if TYPE_CHECKING:
    from rich.console import RenderableType

LINE_SECONDS = 5.0
"""Least time between two lines on the progress of one node."""

LONG_SECONDS = 1.0
"""A node that took less gets no line of its own when it is done; the summary tells of it."""

_NAME_CELLS, _BAR_CELLS = 28, 20


class View(Protocol):
    """Shows a run. Used as a context manager, told of every event, and of time passing."""

    def __enter__(self) -> View: ...

    def __exit__(self, *details: object) -> None: ...

    def show(self, event: Event, node: NodeWatch | None) -> None:
        """Show what an event changed."""

    def tick(self) -> None:
        """Let bars move; called many times a second."""


class Silent(contextlib.AbstractContextManager["Silent"]):
    """Shows nothing, for ``--json``."""

    def __exit__(self, *details: object) -> None:
        return None

    def show(self, event: Event, node: NodeWatch | None) -> None:
        """Show nothing."""

    def tick(self) -> None:
        """Show nothing."""


class Lines(Silent):
    """One line for each thing that happens, for files and pipes."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    def show(self, event: Event, node: NodeWatch | None) -> None:
        """Print a line when a node starts, moves on or ends."""
        if node is None:
            return
        if event.kind == "state":
            if node.state == "running":
                self._last[node.path] = time.monotonic()
            elif node.state in OVER and node.seconds >= LONG_SECONDS and not node.cached:
                self._print(node, f"{node.state} in {seconds(node.seconds)}")
        elif event.kind in ("progress", "metric"):
            now = time.monotonic()
            if now - self._last.get(node.path, 0.0) >= LINE_SECONDS:
                self._last[node.path] = now
                self._print(node, f"{node.fraction:4.0%}  {node.words(now)}")

    def _print(self, node: NodeWatch, text: str) -> None:
        print(f"  {pad(node.path, 16)}  {text}".rstrip(), flush=True)


class Bars:
    """A bar for each running node on a terminal; gone when the run is over."""

    def __init__(self, watch: RunWatch) -> None:
        from rich.console import Console
        from rich.live import Live

        self._watch = watch
        self._live = Live(
            console=Console(file=sys.stdout),
            get_renderable=self._render,
            transient=True,
            refresh_per_second=8,
        )

    def __enter__(self) -> Bars:
        self._live.start()
        return self

    def __exit__(self, *details: object) -> None:
        self._live.stop()

    def show(self, event: Event, node: NodeWatch | None) -> None:
        """Wait for the next redrawing."""

    def tick(self) -> None:
        """Wait for the next redrawing."""

    def _render(self) -> RenderableType:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        now = time.monotonic()
        # Copied, as the bars are drawn by a thread of their own.
        running = [(shorten(node.path, _NAME_CELLS), node) for node in self._watch.running]
        table = Table.grid(padding=(0, 2), expand=True)
        table.add_column(
            no_wrap=True, min_width=max([2 + width(name) for name, _ in running] or [0])
        )
        table.add_column(min_width=_BAR_CELLS)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        for name, node in running:
            bar = ProgressBar(
                total=1.0, completed=node.fraction, pulse=node.fraction <= 0, width=_BAR_CELLS
            )
            words = node.words(now) or seconds(now - node.started)
            table.add_row(Text(f"  {name}", "bold"), bar, Text(words))
        over = sum(node.state in OVER for node in list(self._watch.nodes.values()))
        spent = seconds(now - self._watch.started)
        return Group(
            table, Text(f"  {over} of {count(self._watch.total, 'node')} · {spent}", "dim")
        )


def choose_view(watch: RunWatch, *, as_json: bool) -> View:
    """Return the view that fits where the output goes."""
    if as_json:
        return Silent()
    return Bars(watch) if sys.stdout.isatty() else Lines()
