"""Where nodes execute: in this process, or in worker processes that can be killed."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from flowengine.errors import Cancelled, NodeError
from flowengine.execute import Outcome, execute_node
from flowengine.node import Node
from flowengine.registry import Registry
from flowengine.runtime import Control, EventBus
from flowengine.store import Store
from flowengine.task import Task

GRACE_SECONDS = 1.0
"""A node that is told to end may take so long before its process is killed."""


class Executor(Protocol):
    """Executes tasks, several at a time, each in a thread of the scheduler."""

    def execute(
        self,
        task: Task,
        node: Node,
        inputs: Mapping[str, Any],
        promised: Mapping[str, Any] | None,
    ) -> Outcome:
        """Execute a task.

        Raises:
            NodeError: The node failed.
            Cancelled: The run is to end.
        """

    def close(self) -> None:
        """End everything that was started."""


class InProcess:
    """Executes in the calling thread."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        bus: EventBus,
        control: Control,
    ) -> None:
        self.store = store
        self.registry = registry
        self.bus = bus
        self.control = control

    def execute(
        self,
        task: Task,
        node: Node,
        inputs: Mapping[str, Any],
        promised: Mapping[str, Any] | None,
    ) -> Outcome:
        """Execute a task here and return its values too."""
        context = task.context(self.store, self.registry, self.bus, self.control)
        return execute_node(node, inputs, context, promised, self.store.file_digest)

    def close(self) -> None:
        """Nothing was started."""


class Workers:
    """Executes each task in a process of its own kind, which may die without hurting others.

    Jobs and answers are lines of JSON; values pass through the store. A process is started when it
    is needed, and used again.

    Args:
        store: The workers open the same folder.
        nodes: Loose folders of nodes.
    """

    def __init__(
        self, store: Store, bus: EventBus, control: Control, nodes: Sequence[Path] = ()
    ) -> None:
        self.store = store
        self.bus = bus
        self.control = control
        self.nodes = tuple(nodes)
        self._idle: list[WorkerProcess] = []
        self._all: list[WorkerProcess] = []
        self._lock = threading.Lock()

    def execute(
        self,
        task: Task,
        node: Node,
        inputs: Mapping[str, Any],
        promised: Mapping[str, Any] | None,
    ) -> Outcome:
        """Execute a task in a worker; its values are in the store."""
        worker = self._take(task.threads)
        try:
            answer = worker.call(task, self.bus, self.control)
        except BaseException:
            worker.kill()
            raise
        with self._lock:
            self._idle.append(worker)
        if answer["kind"] == "cancelled":
            raise Cancelled
        if answer["kind"] == "failed":
            title = node.__node__.title
            raise NodeError(task.path, title, answer["message"], detail=answer["detail"])
        return Outcome(
            values={},
            specs={},
            seconds=answer["seconds"],
            stopped=answer["stopped"],
            warnings=tuple(answer["warnings"]),
            files=answer["files"],
        )

    def close(self) -> None:
        """End all processes."""
        for worker in self._all:
            worker.end()

    def _take(self, threads: int) -> WorkerProcess:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive:
                    return worker
            worker = WorkerProcess(self.store.folder, self.nodes, threads)
            self._all.append(worker)
            return worker


class WorkerProcess:
    """One ``python -m flowengine.worker``, spoken to by lines of JSON."""

    def __init__(self, store: Path, nodes: Sequence[Path], threads: int) -> None:
        command = [sys.executable, "-m", "flowengine.worker", str(store), *map(str, nodes)]
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
        # other workers want the cores too: waiting threads must not spin
        environment.setdefault("GOMP_SPINCOUNT", "0")
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            start_new_session=True,  # Ctrl-C is for us; we tell the workers
        )
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, name="worker-answers", daemon=True)
        self._reader.start()

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def call(self, task: Task, bus: EventBus, control: Control) -> dict[str, Any]:
        """Give the process a task, pass its events on, and return its last answer.

        Raises:
            NodeError: It took longer than its timeout, or its process died.
            Cancelled: The run is to end and the process did not end in time.
        """
        self._tell({"kind": "task", "task": task.to_json()})
        deadline = cancelled_at = None
        told_stop = False
        while True:
            try:
                answer = self._answers.get(timeout=0.05)
            except queue.Empty:
                answer = {"kind": "nothing"}
            if answer is None:
                code = self._process.wait()
                raise NodeError(task.path, task.type, _died(code))
            if answer["kind"] == "started" and task.timeout is not None:
                deadline = time.monotonic() + task.timeout
            elif answer["kind"] == "event":
                bus.emit(answer["event"], task.path, **answer["data"])
            elif answer["kind"] in ("done", "failed", "cancelled"):
                return answer
            now = time.monotonic()
            if deadline is not None and now > deadline:
                limit = f"{task.timeout:g} s"
                raise NodeError(
                    task.path, task.type, f"it took longer than its timeout of {limit}; stopped"
                )
            if control.is_cancelled and cancelled_at is None:
                cancelled_at = now
                self._tell({"kind": "cancel"})
            if cancelled_at is not None and now > cancelled_at + GRACE_SECONDS:
                raise Cancelled
            if not told_stop and control.is_stopped(task.path):
                told_stop = True
                self._tell({"kind": "stop", "node": task.path})

    def end(self) -> None:
        """Let the process end by itself; kill it when it does not."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        try:
            self._process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._finish()

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._finish()

    def _finish(self) -> None:
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _tell(self, message: dict[str, Any]) -> None:
        pipe = self._process.stdin
        with contextlib.suppress(OSError):  # a dead process is noticed where answers are read
            if pipe is not None:
                pipe.write(json.dumps(message).encode() + b"\n")
                pipe.flush()

    def _read(self) -> None:
        pipe = self._process.stdout
        if pipe is not None:
            for line in pipe:
                self._answers.put(json.loads(line))
        self._answers.put(None)


def _died(code: int) -> str:
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"its process died ({how}); nothing else was hurt"
