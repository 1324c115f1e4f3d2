"""Worker processes: nodes execute in them that may be killed without hurting others."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowengine.errors import Cancelled, NodeError
from flowengine.running.runtime import Control, EventBus
from flowengine.running.task import Task

GRACE_SECONDS = 0.6
"""A node that is told to end may take so long before its process is killed."""
POLL_SECONDS = 0.05


class Workers:
    """Executes each task in a process of its own, which may die without hurting others.

    Jobs and answers are lines of JSON; values pass through the store. A process is started when it
    is needed, and used again.

    Args:
        store: Folder of the store, which the workers open too.
        nodes: Loose folders of nodes.
    """

    def __init__(
        self, store: Path, bus: EventBus, control: Control, nodes: Sequence[Path] = ()
    ) -> None:
        self.store = store
        self.bus = bus
        self.control = control
        self.nodes = tuple(nodes)
        self._idle: list[WorkerProcess] = []
        self._all: list[WorkerProcess] = []
        self._lock = threading.Lock()

    def execute(self, task: Task, title: str) -> None:
        """Execute a task in a worker; record and values are in the store then.

        Args:
            task: The task.
            title: Title of the node's type, for sentences.

        Raises:
            NodeError: The node failed, took too long, or its process died.
            Cancelled: The run is to end.
        """
        try:
            worker = self._take(task.threads)
        except OSError as error:
            text = f"its process cannot be started: {error.strerror}"
            raise NodeError(task.path, title, text) from error
        try:
            answer = worker.call(task, title, self.bus, self.control)
        except BaseException:
            worker.kill()
            raise
        with self._lock:
            self._idle.append(worker)
        if answer["kind"] == "cancelled":
            raise Cancelled
        if answer["kind"] == "failed":
            raise NodeError(task.path, title, answer["message"], detail=answer["detail"])

    def close(self) -> None:
        """End all processes."""
        for worker in self._all:
            worker.leave()
        for worker in self._all:
            worker.end()

    def _take(self, threads: int) -> WorkerProcess:
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.is_alive:
                    return worker
            worker = WorkerProcess(self.store, self.nodes, threads)
            self._all.append(worker)
            return worker


class WorkerProcess:
    """One ``python -m flowengine.running.worker``, spoken to by lines of JSON."""

    def __init__(self, store: Path, nodes: Sequence[Path], threads: int) -> None:
        # a worker finds the modules that its parent finds, and none in the current folder
        command = [
            sys.executable,
            "-P",
            "-m",
            "flowengine.running.worker",
            str(store),
            *map(str, nodes),
        ]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "OMP_NUM_THREADS": str(threads),
        }
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
        self._reader = threading.Thread(target=self._read, name="flowengine-answers", daemon=True)
        self._reader.start()

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def call(self, task: Task, title: str, bus: EventBus, control: Control) -> dict[str, Any]:
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
                answer = self._answers.get(timeout=POLL_SECONDS)
            except queue.Empty:
                # what a node has forked may hold the pipe open when the process is gone
                answer = {"kind": "nothing"} if self.is_alive else None
            now = time.monotonic()
            if answer is None:
                raise NodeError(task.path, title, _died(self._process.wait()))
            if answer["kind"] == "started" and task.timeout is not None:
                deadline = now + task.timeout
            elif answer["kind"] == "event":
                bus.emit(answer["event"], task.path, **answer["data"])
            elif answer["kind"] in ("done", "failed", "cancelled"):
                return answer
            if deadline is not None and now > deadline:
                message = f"it took longer than its timeout of {task.timeout:g} s and was ended"
                raise NodeError(task.path, title, message)
            if control.is_cancelled and cancelled_at is None:
                cancelled_at = now
                self._tell({"kind": "cancel"})
            if cancelled_at is not None and now > cancelled_at + GRACE_SECONDS:
                raise Cancelled
            if not told_stop and control.is_stopped(task.path):
                told_stop = True
                self._tell({"kind": "stop", "node": task.path})

    def leave(self) -> None:
        """Tell the process that it is no longer needed."""
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self._process.stdin.close()

    def end(self) -> None:
        """Wait for the end of a process that was left; kill it when that takes long."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(GRACE_SECONDS)
        self.kill()

    def kill(self) -> None:
        """End the process at once, with all that its nodes have started and left."""
        self._process.kill()
        with contextlib.suppress(OSError):  # there is nothing left
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._reader.join()
        self.leave()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _tell(self, message: dict[str, Any]) -> None:
        pipe = self._process.stdin
        # a dead process, or one that was left, is noticed where answers are read
        with contextlib.suppress(OSError, ValueError):
            if pipe is not None:
                pipe.write(json.dumps(message).encode() + b"\n")
                pipe.flush()

    def _read(self) -> None:
        pipe = self._process.stdout
        for line in pipe or ():
            if line.endswith(b"\n"):  # of its last one a process that was killed leaves a part
                self._answers.put(json.loads(line))
        self._answers.put(None)


def _died(code: int) -> str:
    if code == -signal.SIGKILL:
        how = "it was killed, perhaps because memory ran out"
    elif code < 0:
        how = f"signal {-code}"
    else:
        how = f"exit code {code}"
    return f"its process died ({how}); nothing else was hurt"
