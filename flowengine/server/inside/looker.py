"""The process that looks inside networks: started when it is asked, ended when nobody asks."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections import OrderedDict, deque
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
GIVEN_UP = 256
"""Names of cancelled looks that are remembered: a name may come before its look."""


class CannotLook(FlowEngineError):
    """Raised when the inside cannot be shown; says why."""


class Looker:
    """Asks the process, one question after the other. Threads may share it.

    Args:
        store: The store's folder.
        nodes: Loose folders of nodes.
    """

    def __init__(self, store: Path, nodes: Sequence[Path] = ()) -> None:
        # -P: what lies in the current folder is no module of ours
        self._command = [sys.executable, "-P", "-m", "flowengine.server.inside.child", str(store)]
        self._command += map(str, nodes)
        self._asking = threading.Lock()
        self._process: _Process | None = None
        self._idle: threading.Timer | None = None
        self._known: OrderedDict[str, Inside] = OrderedDict()
        self._given_up: deque[str] = deque(maxlen=GIVEN_UP)
        self._asked_by = ""
        self._is_over = False

    def look(self, question: dict[str, Any], asker: str = "") -> Inside:
        """Return what there is to see; what was seen lately is known.

        Args:
            question: As ``child.Child.answer`` takes it.
            asker: A name under which the look can be cancelled.

        Raises:
            CannotLook: It cannot be shown, or was cancelled.
        """
        name = json.dumps(question, sort_keys=True)
        try:
            with self._asking:
                if asker in self._given_up or self._is_over:
                    raise CannotLook("nobody waits for it any more")
                if name not in self._known:
                    self._remember(name, self._ask(name, asker))
                self._known.move_to_end(name)
                return self._known[name]
        except CannotLook:
            if asker in self._given_up:
                raise CannotLook("the look inside was cancelled") from None
            raise

    def cancel(self, asker: str) -> None:
        """End a look that is under way, with the process, or one that has yet to come."""
        self._given_up.append(asker)
        process = self._process
        if process is not None and self._asked_by == asker:
            process.end()

    def end(self) -> None:
        """End a look that is under way, and begin no other, as the server ends."""
        self._is_over = True
        process = self._process
        if process is not None:
            process.end()

    def close(self) -> None:
        """End the process."""
        with self._asking:
            self._end()
            self._known.clear()

    def _remember(self, name: str, answer: dict[str, Any]) -> None:
        if "inside" not in answer:
            raise CannotLook(answer["refused"])
        self._known[name] = Inside.model_validate_json(json.dumps(answer["inside"]))
        while len(self._known) > HELD:
            self._known.popitem(last=False)

    def _ask(self, line: str, asker: str) -> dict[str, Any]:
        if self._idle is not None:
            self._idle.cancel()
        self._asked_by = asker
        try:
            if self._process is None or not self._process.is_alive:
                self._end()
                self._process = _Process(self._command)
            if asker in self._given_up:  # while there was no process to be ended
                raise CannotLook("nobody waits for it any more")
            return self._process.ask(line)
        except CannotLook:
            self._end()
            raise
        finally:
            self._asked_by = ""
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

    def end(self) -> None:
        """End it; who waits for its answer is told that there is none."""
        self._process.kill()

    def kill(self) -> None:
        """End it and let go of it."""
        self.end()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            if line.endswith(b"\n"):  # of its last one a process that was killed leaves a part
                self._answers.put(line)
        self._answers.put(b"")
