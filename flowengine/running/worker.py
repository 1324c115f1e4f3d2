"""A worker process: reads tasks as lines of JSON, executes them, keeps the results in the store."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, BinaryIO

from flowengine.errors import Cancelled, FlowEngineError, NodeError
from flowengine.events import Event
from flowengine.fingerprint import code_reader
from flowengine.process import prepare_process
from flowengine.registry import Registry
from flowengine.running.execute import execute_node
from flowengine.running.runtime import Control, EventBus
from flowengine.running.task import Task, files_read, record_of
from flowengine.signature import signature_of
from flowengine.store import Store


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
            if not line.endswith(b"\n"):
                break  # the parent was killed in the middle of a word
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
        if os.getpgrp() == os.getpid():
            os.killpg(0, signal.SIGKILL)  # with what nodes have forked
        os._exit(0)

    def _run(self, data: dict[str, Any]) -> None:
        try:
            self._tell("started")
            self._execute(Task(**data))
            self._tell("done")
        except Cancelled:
            self._tell("cancelled")
        except NodeError as error:
            self._tell("failed", message=error.message, detail=error.detail)
        except FlowEngineError as error:
            self._tell("failed", message=str(error), detail="")
        except BaseException as error:  # whatever it was, the parent waits for an answer
            detail = "".join(traceback.format_exception(error))
            self._tell("failed", message=f"{type(error).__name__}: {error}", detail=detail)

    def _execute(self, task: Task) -> None:
        node = task.node(self.registry)
        if code_reader().key(type(node).__module__).digest != task.parts["code"]:
            # it is imported with the first task of its type, which may be hours after the plan
            raise FlowEngineError("its code has changed since the run began; run again to use it")
        signature = signature_of(type(node))
        inputs: dict[str, Any] = {}
        for port, sources in task.inputs.items():
            port_type = signature.inputs[port].type
            found = [self.store.load(key, out, port_type) for key, out in sources]
            inputs[port] = found if port in task.many else found[0]
        bus = EventBus([self._pass_on], self._control)
        context = task.context(self.store, self.registry, bus, self._control)
        read = files_read(node, task.parts)
        outcome = execute_node(node, inputs, context, None, self.store.file_digest, read)
        outputs = signature.outputs
        values = {name: (port.type, outcome.values[name]) for name, port in outputs.items()}
        record = record_of(
            task.key,
            task.path,
            node,
            outcome,
            device=task.device,
            threads=task.threads,
            parts=task.parts,
        )
        self.store.save(record, values, keep="always")
        self.store.flush()
        self.store.release(task.key)

    def _pass_on(self, event: Event) -> None:
        self._tell("event", event=event.kind, data=event.data)

    def _tell(self, kind: str, **data: Any) -> None:
        line = json.dumps({"kind": kind, **data}).encode() + b"\n"
        # Of a parent that was killed, "serve" hears in a moment.
        with self._lock, contextlib.suppress(BrokenPipeError):
            self._answers.write(line)
            self._answers.flush()


def main() -> None:
    """Serve on standard input and output; what nodes print goes to standard error."""
    prepare_process(busy=True)  # workers share the cores with each other
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    store, *nodes = sys.argv[1:]
    Worker(Path(store), [Path(folder) for folder in nodes], answers).serve(sys.stdin.buffer)


if __name__ == "__main__":
    main()
