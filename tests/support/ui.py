"""A server of the editor as people start it: ``flowengine ui``, in a process of its own."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

MAIN = "from flowengine.cli.main import main; exit(main())"
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/\S*")


class Server:
    """``flowengine ui`` on a workspace. The port is kept over restarts, so that pages come back."""

    def __init__(self, workspace: Path, *options: str, **environment: str) -> None:
        self.workspace = workspace
        self.options = options
        self.environment = environment
        self.program = MAIN
        self.port = 0
        self.url = ""
        self.said: list[str] = []
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start the server and wait for its address."""
        command = [sys.executable, "-c", self.program, "ui", str(self.workspace), "--no-browser"]
        self._process = subprocess.Popen(
            [*command, "--port", str(self.port), *self.options],
            cwd=self.workspace,
            env={**os.environ, **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        found: queue.Queue[re.Match[str] | None] = queue.Queue()
        threading.Thread(target=self._listen, args=(self._process, found), daemon=True).start()
        address = found.get(timeout=60)
        assert address is not None, "".join(self.said)
        self.url, self.port = address[0], int(address[1])

    def _listen(
        self, process: subprocess.Popen[str], found: queue.Queue[re.Match[str] | None]
    ) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                self.said.append(line)
                if address := ADDRESS.search(line):
                    found.put(address)
        found.put(None)

    def kill(self) -> None:
        """Kill the server as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the server to end, as Ctrl+C does."""
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(20)
            self._process = None
