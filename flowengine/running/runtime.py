"""What a run gives to the nodes that execute in it: events, cancellation, paths, seeds."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flowengine.errors import Cancelled
from flowengine.events import Event, EventKind, Listener, NodeState
from flowengine.network import LayerLoader
from flowengine.paths import resolve
from flowengine.planning.configure import PlanContext
from flowengine.running.previews import Previews
from flowengine.wording import bounded, sayable

if TYPE_CHECKING:
    import numpy as np

T = TypeVar("T")

REPORT_SECONDS = 0.1
"""Progress of one node is told at most this often."""


class Control:
    """Whether a run is to end, and which nodes are to stop early and keep what they have."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._stopped: set[str] = set()

    def cancel(self) -> None:
        """End the run at the next cancellation point of each node."""
        self._cancelled.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether the run is to end."""
        return self._cancelled.is_set()

    def stop_and_keep(self, node: str) -> None:
        """Let a node end early with what it has."""
        self._stopped.add(node)

    def is_stopped(self, node: str) -> bool:
        """Whether a node is to end early."""
        return node in self._stopped


class EventBus:
    """Takes events from all threads and hands them, one after the other, to listeners.

    Args:
        listeners: Called at once, in the thread in which a thing happened. One that raises is not
            called again; its error ends the run, and whoever called the run gets it.
        control: Ends the run when a listener raises.
    """

    def __init__(self, listeners: Iterable[Listener], control: Control) -> None:
        self._listeners = tuple(listeners)
        self._control = control
        self._lock = threading.Lock()
        self.fault: Exception | None = None

    def emit(self, kind: EventKind, node: str = "", **data: Any) -> None:
        """Tell that something happened."""
        for name, value in data.items():
            if isinstance(value, str):
                data[name] = sayable(value)
        event = Event(kind, node, data, time.time())
        with self._lock:
            for listener in self._listeners:
                try:
                    listener(event)
                except Exception as error:  # a program's own listener may fail in any way
                    self._listeners = tuple(one for one in self._listeners if one is not listener)
                    self.fault = self.fault or error
                    self._control.cancel()


class EventLog:
    """Holds events until they are written to the store; its ``add`` is a listener."""

    def __init__(self) -> None:
        self._events: deque[Event] = deque()

    def add(self, event: Event) -> None:
        """Hold an event."""
        self._events.append(event)

    def take(self) -> list[Event]:
        """Return the events since the last call, also while others come in.

        Who reads them later learns nothing from "running" of a node that is done meanwhile: of
        quick nodes there is one event, not two. Of one that was cut off it says that it had begun.
        """
        events = [self._events.popleft() for _ in range(len(self._events))]
        done = {event.node for event in events if _says(event, "done")}
        return [event for event in events if event.node not in done or not _says(event, "running")]


def _says(event: Event, state: NodeState) -> bool:
    return event.kind == "state" and bool(event.data["state"] == state)


class RunContext(PlanContext):
    """The context of one executing node, see ``flowengine.context.Context``."""

    def __init__(
        self,
        node: str,
        base: Path,
        workspace: Path,
        *,
        bus: EventBus,
        control: Control,
        seed: int,
        device: str,
        threads: int,
        blobs: Path,
        resume: Callable[[], Path] | None,
        load_layer: LayerLoader,
    ) -> None:
        super().__init__(node, base, workspace, load_layer)
        self.bus = bus
        self.control = control
        self.seed = seed
        self.device = device
        self.threads = threads
        self.blobs = blobs
        self.stopped = False
        self._resume = resume
        self._next_report = 0.0
        self._untold: tuple[float, str] | None = None
        self._previews: Previews | None = None

    @property
    def resume(self) -> Path | None:
        """Folder for the node's checkpoints."""
        return self._resume() if self._resume else None

    def path(self, value: str, *, write: bool = False) -> Path:
        """Return the real path of a setting's path, fetching ``data://`` data where needed."""
        return resolve(
            value,
            base=self.base,
            workspace=self.workspace,
            write=write,
            fetch=not write,
            report=lambda message: self.progress(0.0, message),
        )

    def warn(self, message: str) -> None:
        """Mark the node yellow with a sentence."""
        message = bounded(sayable(message))
        if message not in self.warnings:
            super().warn(message)
            self.bus.emit("warning", self.node, message=message)

    def progress(self, fraction: float, message: str = "") -> None:
        """Report progress, 0 to 1; told at most ten times a second, and the last one."""
        self.check()
        self._untold = fraction, message
        now = time.monotonic()
        if now >= self._next_report:
            self._next_report = now + REPORT_SECONDS
            self._tell_progress()

    def _tell_progress(self) -> None:
        untold, self._untold = self._untold, None
        if untold is not None:
            fraction, message = untold
            share = min(1.0, max(0.0, fraction))
            self.bus.emit("progress", self.node, fraction=share, message=str(message))

    def track(self, items: Sequence[T] | Iterable[T], message: str = "") -> Iterator[T]:
        """Yield the items and report progress before each."""
        total = len(items) if isinstance(items, Sequence) else 0
        for number, item in enumerate(items):
            self.progress(number / total if total else 0.0, message)
            yield item

    def metric(self, name: str, step: int, value: float) -> None:
        """Add a point to a live chart."""
        self.bus.emit("metric", self.node, name=str(name), step=int(step), value=float(value))

    def preview(self, name: str, step: int, image: np.ndarray[Any, Any]) -> None:
        """Show a picture; of many in a short time some, and the last one."""
        if self._previews is None:
            self._previews = Previews(partial(self.bus.emit, "preview", self.node))
        self._previews.show(name, step, image)

    def finish(self) -> None:
        """Tell the progress and show the pictures that still wait; the node is done."""
        self._tell_progress()
        if self._previews is not None:
            self._previews.finish()

    def check(self) -> None:
        """Raise ``Cancelled`` when the run is to end."""
        if self.control.is_cancelled:
            raise Cancelled

    def stopping(self) -> bool:
        """Return whether the node is to end early and keep what it has."""
        self.stopped = self.stopped or self.control.is_stopped(self.node)
        return self.stopped
