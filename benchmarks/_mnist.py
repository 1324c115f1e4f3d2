"""The two sides of the comparisons on MNIST: our workflow and the tutorial's loop."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from _measure import FLOWENGINE, ROOT, Turn, take_turn

_TUTORIAL = Path(__file__).with_name("_tutorial.py")


@dataclass(frozen=True)
class Training:
    """A training that was measured.

    Args:
        turn: The process it took.
        accuracies: On the 10,000 test images; of the tutorial after each epoch.
        seconds: What it is said to have taken.
    """

    turn: Turn
    accuracies: list[float]
    seconds: float


def run_workflow(
    *options: str, seed: int = 0, environment: dict[str, str] | None = None
) -> Training:
    """Run ``workflows/mnist.json`` in a workspace of its own, with options of ``run``."""
    document = json.loads((ROOT / "workflows/mnist.json").read_text())
    document["seed"] = seed
    with TemporaryDirectory() as folder:
        workflow = Path(folder) / "mnist.json"
        workflow.write_text(json.dumps(document))
        command = [FLOWENGINE, "run", str(workflow), "--workspace", folder, "--json", *options]
        turn = take_turn(command, environment=environment)
    rows = json.loads(turn.output)["nodes"]["scorer"]["outputs"]["statistics"]["rows"]
    accuracy = next(row["accuracy"] for row in rows if row["class"] == "overall")
    return Training(turn, [accuracy], turn.seconds)


def run_tutorial(
    *options: str, seed: int = 0, environment: dict[str, str] | None = None
) -> Training:
    """Run the tutorial's loop with options of ``_tutorial.py``."""
    command = [sys.executable, str(_TUTORIAL), "--seed", str(seed), *options]
    turn = take_turn(command, environment=environment)
    answer = json.loads(turn.output)
    return Training(turn, answer["accuracies"], answer["seconds"])
