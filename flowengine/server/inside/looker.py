"""The process that looks inside networks: started when it is asked, ended when nobody asks."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowengine.errors import FlowEngineError
from flowengine.server.wire.inside import Inside

PATIENCE_SECONDS = 120.0
"""A look that takes longer is ended; the first one imports torch."""
IDLE_SECONDS = 180.0
HELD = 32
"""Looks that are remembered."""


class CannotLook(FlowEngineError):
    """Raised when the inside cannot be shown; says why."""


class Looker:
    """Asks the process, one question after the other. Threads may share it.

    Args:
        store: The store's folder.
        nodes: Loose folders of nodes.
    """

    def __init__(self, store: Path, nodes: Sequence[Path] = ()) -> None:
        self._command = [sys.executable, "-m", "flowengine.server.inside.child", str(store)]
        self._command += map(str, nodes)
        self._asking = threading.Lock()
        self._process: _Process | None = None
        self._idle: threading.Timer | None = None
        self._known: OrderedDict[str, Inside] = OrderedDict()

    def look(self, question: dict[str, Any]) -> Inside:
        """Return what there is to see; what was seen lately is known.

        Args:
            question: As ``child.Child.answer`` takes it.

        Raises:
            CannotLook: It cannot be shown.
        """
        name = json.dumps(question, sort_keys=True)
        with self._asking:
            if name in self._known:
                self._known.move_to_end(name)
                return self._known[name]
            answer = self._ask(name)
            if "inside" not in answer:
                raise CannotLook(answer["refused"])
            inside = Inside.model_validate_json(json.dumps(answer["inside"]))
            self._known[name] = inside
            while len(self._known) > HELD:
                self._known.popitem(last=False)
            return inside

    def close(self) -> None:
        """End the process."""
        with self._asking:
            self._end()
            self._known.clear()

    def _ask(self, line: str) -> dict[str, Any]:
        if self._idle is not None:
            self._idle.cancel()
        if self._process is None or not self._process.is_alive:
            self._end()
            self._process = _Process(self._command)
        try:
            return self._process.ask(line)
        except CannotLook:
            self._end()
            raise
        finally:
            self._idle = threading.Timer(IDLE_SECONDS, self._leave)
            self._idle.daemon = True
            self._idle.start()

    def _leave(self) -> None:
        with self._asking:
            self._end()

    def _end(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if self._process is not None:
            self._process.kill()
            self._process = None


class _Process:
    """``python -m flowengine.server.inside.child``, spoken to by lines of JSON."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,  # Ctrl-C is for us; the closed pipe ends it
        )
        self._answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, line: str) -> dict[str, Any]:
        """Return the answer to a question.

        Raises:
            CannotLook: The process died, or took too long.
        """
        with contextlib.suppress(OSError):  # a dead one is noticed where its answer is read
            if self._process.stdin is not None:
                self._process.stdin.write(line.encode() + b"\n")
                self._process.stdin.flush()
        try:
            answer = self._answers.get(timeout=PATIENCE_SECONDS)
        except queue.Empty:
            raise CannotLook(
                f"looking inside took longer than {PATIENCE_SECONDS:g} s and was ended"
            ) from None
        if not answer:
            raise CannotLook("the process that looks inside died, perhaps because memory ran out")
        return dict(json.loads(answer))

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def _read(self) -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                self._answers.put(line)
        self._answers.put(b"")
