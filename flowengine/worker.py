"""A worker process: reads tasks as lines of JSON, executes them, keeps the results in the store."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from flowengine.errors import Cancelled, FlowEngineError, NodeError
from flowengine.events import Event
from flowengine.execute import execute_node
from flowengine.registry import Registry
from flowengine.runtime import Control, EventBus
from flowengine.signature import signature_of
from flowengine.store import Store
from flowengine.task import Task


class Worker:
    """Serves one parent process until that closes the pipe.

    Args:
        store: The store's folder.
        nodes: Loose folders of nodes.
        answers: Where answers are written.
    """

    def __init__(self, store: Path, nodes: list[Path], answers: BinaryIO) -> None:
        self.registry = Registry.default(nodes)
        self.store = Store(store, self.registry.load_layer)
        self._answers = answers
        self._lock = threading.Lock()
        self._control = Control()

    def serve(self, lines: BinaryIO) -> None:
        """Take messages until the parent closes the pipe or dies."""
        for line in lines:
            message = json.loads(line)
            if message["kind"] == "cancel":
                self._control.cancel()
            elif message["kind"] == "stop":
                self._control.stop_and_keep(message["node"])
            else:
                task = message["task"]
                # its own thread, so that "cancel" is heard meanwhile
                threading.Thread(target=self._run, args=(task,), daemon=True).start()
        # nobody is left to answer to; a node in the middle must not go on
        self.store.close()
        os._exit(0)

    def _run(self, data: dict[str, Any]) -> None:
        try:
            self._tell("started")
            self._tell("done", **self._execute(Task(**data)))
        except Cancelled:
            self._tell("cancelled")
        except NodeError as error:
            self._tell("failed", message=error.message, detail=error.detail)
        except FlowEngineError as error:
            self._tell("failed", message=str(error), detail="")

    def _execute(self, task: Task) -> dict[str, Any]:
        node = task.node(self.registry)
        ports = signature_of(type(node)).inputs
        inputs: dict[str, Any] = {}
        for port, sources in task.inputs.items():
            found = [self.store.load(key, out, ports[port].type) for key, out in sources]
            inputs[port] = found if port in task.many else found[0]
        bus = EventBus([self._pass_on], self._control)
        context = task.context(self.store, self.registry, bus, self._control)
        outcome = execute_node(node, inputs, context, None, self.store.file_digest)
        outputs = signature_of(type(node)).outputs
        values = {name: (port.type, outcome.values[name]) for name, port in outputs.items()}
        self.store.save(task.record(node, outcome), values, keep="always")
        self.store.flush()
        return {
            "seconds": outcome.seconds,
            "stopped": outcome.stopped,
            "warnings": list(outcome.warnings),
            "files": outcome.files,
        }

    def _pass_on(self, event: Event) -> None:
        self._tell("event", event=event.kind, data=event.data)

    def _tell(self, kind: str, **data: Any) -> None:
        line = json.dumps({"kind": kind, **data}).encode() + b"\n"
        with self._lock:
            self._answers.write(line)
            self._answers.flush()


def main() -> None:
    """Serve on standard input and output; what nodes print goes to standard error."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    store, *nodes = sys.argv[1:]
    Worker(Path(store), [Path(folder) for folder in nodes], answers).serve(sys.stdin.buffer)


if __name__ == "__main__":
    main()
