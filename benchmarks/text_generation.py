"""Characters a second that a network writes: the node against loops in plain PyTorch.

An LSTM of 256 units over 96 characters, one text at a temperature of 0.7. The loops are what
tutorials show: the window read anew for every character, and ``nn.LSTM`` called with its states for
one step. The node reads its weights, its seed text and writes its table within the time. Turns are
interleaved, in one process; CPU times at one thread say most on a busy machine.

Run: ``python benchmarks/text_generation.py [--characters 5000] [--turns 5] [--threads 1]``.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

UNITS, SIZE, WINDOW, HEAT = 256, 96, 100, 0.7


def node_writer(memory: str, layer: str, temperatures: int) -> Callable[[int], int]:
    """Return a function that writes so many characters through the node."""
    from flowengine.network import Network, NetworkSpec
    from flowengine.nn.dictionary import Dictionary
    from flowengine.registry import Registry
    from flowengine.tensor import TensorSpec
    from flowengine.testing import FakeContext
    from flowengine_nodes.network.text_generator import TextGenerator

    load = Registry.default().load
    spec = NetworkSpec.input("input", TensorSpec((WINDOW,), "uint8"))
    for name, settings in (
        ("one_hot", {"num_classes": SIZE}),
        (layer, {"units": UNITS}),
        ("dense", {"units": SIZE, "activation": "softmax"}),
    ):
        spec = spec.apply(name, load(f"layer.{name}").model_validate(settings))
    letters = [chr(33 + place) for place in range(SIZE - 2)]
    model = Dictionary.of(letters, {"padding": "<p>", "unknown": "<u>"}).to_model()
    folder = Path(tempfile.gettempdir())

    def write(characters: int) -> int:
        node = TextGenerator.model_validate(
            {
                "seed_text": "Call",
                "length": characters,
                "temperature": (HEAT,) * temperatures,
                "memory": memory,
            }
        )
        context = FakeContext(folder, threads=int(os.environ["OMP_NUM_THREADS"]))
        texts = node.execute(Network(spec), model, context)["text"]
        return sum(map(len, texts))

    return write


def loop_writer(*, carries: bool) -> Callable[[int], int]:
    """Return a function that writes so many characters in a loop of plain PyTorch."""
    import torch
    from torch import nn

    lstm, dense = nn.LSTM(SIZE, UNITS, batch_first=True), nn.Linear(UNITS, SIZE)
    eye = torch.eye(SIZE)

    @torch.inference_mode()
    def write(characters: int) -> int:
        text, states = [0] * WINDOW, None
        for _ in range(characters):
            given = [text[-1]] if carries else text[-WINDOW:]
            hidden, after = lstm(eye[given].unsqueeze(0), states if carries else None)
            states = after
            chances = torch.softmax(dense(hidden[:, -1]) / HEAT, -1)
            text.append(int(torch.multinomial(chances, 1)))
        return len(text) - WINDOW

    return write


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--characters", type=int, default=5000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    # Read by the libraries when they are first imported.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(arguments.threads)
    import torch

    torch.set_num_threads(arguments.threads)
    few = max(arguments.characters // 20, 50)
    sides = {
        "node, states carried": (node_writer("state", "lstm", 1), arguments.characters),
        "node, GRU instead": (node_writer("state", "gru", 1), arguments.characters),
        "node, 16 texts at once": (node_writer("state", "lstm", 16), arguments.characters // 4),
        "node, window read anew": (node_writer("window", "lstm", 1), few),
        "nn.LSTM with its states": (loop_writer(carries=True), few * 4),
        "nn.LSTM, window read anew": (loop_writer(carries=False), few),
    }
    clock: dict[str, list[float]] = {name: [] for name in sides}
    processor: dict[str, list[float]] = {name: [] for name in sides}
    for turn in range(arguments.turns + 1):
        for name, (write, characters) in sides.items():
            start, busy = time.perf_counter(), time.process_time()
            written = write(characters)
            if turn:
                clock[name].append(written / (time.perf_counter() - start))
                processor[name].append(written / (time.process_time() - busy))
    print(f"characters a second, LSTM {UNITS}, {arguments.threads} thread(s): median (range)")
    for name in sides:
        rates = clock[name]
        print(
            f"{name:26} {statistics.median(rates):9,.0f} ({min(rates):,.0f}–{max(rates):,.0f})"
            f"   a second of CPU time {statistics.median(processor[name]):9,.0f}"
        )


if __name__ == "__main__":
    main()
