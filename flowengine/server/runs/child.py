"""One run, in a process of its own: ``python -m flowengine.server.runs.child FOLDER``.

It outlives browser and server, which watch it through the store and tell it what to do by lines in
the file ``control`` of its folder.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

from flowengine.errors import FlowEngineError
from flowengine.process import prepare_process
from flowengine.running.job import Job
from flowengine.running.runtime import Control
from flowengine.server.runs.folder import CANCEL, STOP, Order, RunFolder
from flowengine.workflow import Workflow

LISTEN_SECONDS = 0.2
DONE, FAILED = 0, 1


def main() -> int:
    """Run what the folder says and return the exit code."""
    folder = RunFolder(Path(sys.argv[1]))
    order, control = folder.order(), Control()
    prepare_process()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: control.cancel())
    threading.Thread(target=_listen, args=(folder, control), daemon=True).start()
    try:
        return _run(folder, order, control)
    except FlowEngineError as error:
        # the server tells the last line of the log where a run did not begin
        print(error, file=sys.stderr)
        return FAILED


def _run(folder: RunFolder, order: Order, control: Control) -> int:
    flow = Workflow.load(folder.document)
    flow.path = Path(order.workflow)  # relative paths start where the workflow really lies
    job = Job(
        flow,
        settings=None,
        variables=None,
        inputs=None,
        nodes=order.nodes,
        workspace=order.workspace,
    )
    result = job.run(
        until=order.until,
        fresh=order.fresh,
        workers=0,
        device="auto",
        on_event=None,
        control=control,
        values=[path for path in order.keep if path in job.plan.nodes],
        keep="always",
        run_id=folder.id,
    )
    return DONE if result.status == "done" else FAILED


def _listen(folder: RunFolder, control: Control) -> None:
    seen = 0
    while True:
        for words in folder.orders(seen):
            seen += 1
            if words[0] == CANCEL:
                control.cancel()
            elif words[0] == STOP and len(words) > 1:
                control.stop_and_keep(words[1])
        time.sleep(LISTEN_SECONDS)


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # the thread of a node that did not hear "cancel" must not keep the process
    os._exit(code)
