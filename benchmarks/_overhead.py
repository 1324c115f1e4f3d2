"""One turn of ``engine_overhead.py``: one side on one graph, in a process of its own.

Run: ``python benchmarks/_overhead.py SIDE SHAPE NODES``; prints seconds by what they were spent on.
"""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

NODE = '''
from flowengine import Node, node


@node(title="No-op")
class Noop(Node):
    """Do nothing."""

    number: int = 0
    """Makes it another node."""

    def configure(self, values: list[str] | None) -> str:
        return "int"

    def execute(self, values: list[int] | None = None) -> int:
        return 1
'''


def graph(shape: str, nodes: int) -> dict[str, list[str]]:
    """Return the names that each node waits for."""
    names = [f"n{number}" for number in range(nodes)]
    if shape == "chain":
        return {name: names[number - 1 : number] for number, name in enumerate(names)}
    if shape == "fan":
        middle = names[1:-1]
        return {names[0]: [], **{name: names[:1] for name in middle}, names[-1]: middle}
    rng = random.Random(nodes)
    return {
        name: rng.sample(names[max(0, number - 50) : number], min(number, rng.randint(1, 3)))
        for number, name in enumerate(names)
    }


def noop(*_: object) -> int:
    return 1


def dask_turn(before: dict[str, list[str]]) -> dict[str, float]:
    from dask.threaded import get

    ends = list(before.keys() - {name for names in before.values() for name in names})
    tasks = {name: (noop, *names) for name, names in before.items()}
    get({"x": (noop,)}, "x")  # its thread pool is made once
    started = time.perf_counter()
    get(tasks, ends)
    return {"run": time.perf_counter() - started}


def workflow_text(before: dict[str, list[str]]) -> str:
    return json.dumps(
        {
            "flowengine": 1,
            "nodes": {
                name: {"type": "local.noop", "settings": {"number": number}}
                for number, name in enumerate(before)
            },
            "connections": [
                {"from": f"{one}.out", "to": f"{name}.values.{place}"}
                for name, names in before.items()
                for place, one in enumerate(names)
            ],
        }
    )


def job_in(folder: Path, text: str) -> Any:
    from flowengine.running.job import Job
    from flowengine.workflow import Workflow

    return Job(
        Workflow.loads(text),
        settings=None,
        variables=None,
        inputs=None,
        nodes=[folder / "nodes"],
        workspace=folder,
    )


def engine_turn(before: dict[str, list[str]], folder: Path) -> dict[str, float]:
    """Run with the durable record, then again with everything in the store."""
    from flowengine.running.runtime import Control

    def once(text: str) -> dict[str, float]:
        started = time.perf_counter()
        job = job_in(folder, text)
        planned = time.perf_counter()
        result = job.run(
            until=(), fresh=False, workers=0, device="cpu", on_event=None, control=Control()
        )
        ended = time.perf_counter()
        assert result.status == "done"
        return {"plan": planned - started, "run": ended - planned, "whole": ended - started}

    once(workflow_text({"n0": []}))  # libraries are imported, the store is made
    text = workflow_text(before)
    first, second = once(text), once(text)
    return {"plan": first["plan"], "run": first["run"], "cached": second["whole"]}


def scheduler_turn(before: dict[str, list[str]], folder: Path) -> dict[str, float]:
    """Schedule without a store: values pass from node to node, as with Dask."""
    from flowengine.pause import paused_collection, settled_objects
    from flowengine.planning.expansion import Source
    from flowengine.running.result import NodeResult
    from flowengine.running.runtime import Control, EventBus, EventLog
    from flowengine.running.scheduler import Scheduler
    from flowengine.running.selection import Selection
    from flowengine.running.shelf import Shelf

    class Nothing:
        workers = 0

        def claim_many(self, keys: list[str]) -> set[str]:
            return set(keys)

        def lookup(self, keys: list[str]) -> dict[str, Any]:
            return {}

        def release(self, key: str) -> None: ...

        def add_events(self, run_id: str, events: list[Any]) -> None: ...

        def is_exclusive(self, path: str) -> bool:
            return False

        def run(self, path: str) -> NodeResult:
            item = plan.nodes[path].inputs.get("values", ())
            shelf.put(Source(path, "out"), noop(*map(shelf.get, item)))
            return NodeResult("done")

    job = job_in(folder, workflow_text(before))
    plan, store, control, log = job.plan, Nothing(), Control(), EventLog()
    job.close()
    shelf = Shelf(plan, store)
    bus = EventBus([log.add], control)
    scheduler = Scheduler(plan, store, store, shelf, bus, log, control, run_id="")
    ends = list(before.keys() - {name for names in before.values() for name in names})
    started = time.perf_counter()
    with paused_collection():
        scheduler.prepare(Selection(tuple(plan.nodes), {}, {}), ends)
    with settled_objects():
        results = scheduler.run()
    seconds = time.perf_counter() - started
    assert len(results) == len(before)
    return {"run": seconds}


def main() -> None:
    side, shape, nodes = sys.argv[1], sys.argv[2], int(sys.argv[3])
    before = graph(shape, nodes)
    if side == "dask":
        print(json.dumps(dask_turn(before)))
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "nodes").mkdir()
        (folder / "nodes" / "noop.py").write_text(NODE)
        turn = engine_turn if side == "engine" else scheduler_turn
        print(json.dumps(turn(before, folder)))


if __name__ == "__main__":
    main()
