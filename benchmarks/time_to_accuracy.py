"""Seconds to 99 % on MNIST's 10,000 test images, from the start of a fresh process.

Ours is ``flowengine run workflows/mnist.json``: everything from start-up to the file of statistics.
The peer is the network of Keras' MNIST example with a constant Adam of 1e-3, batches of 128 and
dropout .5 in plain PyTorch; it stops at the first epoch with 99 %, its evaluations but the last not
counted. If 15 epochs do not get there their time counts, marked ">". The two differ in recipe as
well as in speed; ``training_step.py`` compares the speed alone.

Run: ``python benchmarks/time_to_accuracy.py [--seeds 3] [--peer-seeds 1]``; fetch the data first:
``flowengine data fetch mnist``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from _measure import FLOWENGINE, ROOT, machine, spread, take_turn, verdict

GOAL, BAR, EPOCHS = 0.99, 0.35, 15
TUTORIAL = Path(__file__).with_name("_tutorial.py")


def ours(seed: int) -> tuple[float, float]:
    """Return seconds and accuracy of the workflow under a seed."""
    document = json.loads((ROOT / "workflows/mnist.json").read_text())
    document["seed"] = seed
    with TemporaryDirectory() as folder:
        workflow = Path(folder) / "mnist.json"
        workflow.write_text(json.dumps(document))
        command = [FLOWENGINE, "run", str(workflow), "--workspace", folder, "--json"]
        turn = take_turn(command)
    rows = json.loads(turn.output)["nodes"]["scorer"]["outputs"]["statistics"]["rows"]
    return turn.seconds, next(row["accuracy"] for row in rows if row["class"] == "overall")


def peer(seed: int) -> tuple[float, list[float]]:
    """Return seconds and the accuracy after each epoch."""
    command = [sys.executable, str(TUTORIAL), "--seed", str(seed), "--until", str(GOAL)]
    answer = json.loads(take_turn([*command, "--epochs", str(EPOCHS)]).output)
    return answer["seconds"], answer["accuracies"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--peer-seeds", type=int, default=1)
    options = parser.parse_args()
    our_turns, their_turns = [], []
    for seed in range(max(options.seeds, options.peer_seeds)):
        if seed < options.seeds:
            our_turns.append(ours(seed))
            print(f"seed {seed}: flowengine {our_turns[-1]}", file=sys.stderr)
        if seed < options.peer_seeds:
            their_turns.append(peer(seed))
            print(f"seed {seed}: peer {their_turns[-1]}", file=sys.stderr)
    print(f"time to {GOAL:.0%} on MNIST; {machine()}")
    accuracies = [accuracy for _, accuracy in our_turns]
    reached = sum(accuracy >= GOAL for accuracy in accuracies)
    seconds = [seconds for seconds, _ in our_turns]
    shown = " ".join(f"{accuracy:.2%}" for accuracy in accuracies)
    print(f"  flowengine: {spread(seconds, 's')}; {shown}: {reached} of {len(seconds)} seeds there")
    for theirs, course in their_turns:
        sign = "" if course[-1] >= GOAL else ">"
        shown = " ".join(f"{accuracy:.2%}" for accuracy in course)
        print(f"  peer: {sign}{theirs:.0f} s, {len(course)} epochs: {shown}")
    ratio = statistics.median(seconds) / statistics.median(theirs for theirs, _ in their_turns)
    met = ratio <= BAR and reached == len(seconds)
    print(f"  {ratio:.2f} of the peer's time; bar {BAR} {verdict(met=met)}")


if __name__ == "__main__":
    main()
