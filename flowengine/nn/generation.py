"""Text written by a network: seeds are read, then one position after the other is drawn.

Imports torch.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import torch

from flowengine.context import Context
from flowengine.errors import DataError, listing
from flowengine.network import Network
from flowengine.nn.build import BuiltNetwork, build, load_weights, network_weights
from flowengine.nn.devices import borrowed_torch, torch_device
from flowengine.nn.feeds.ending import final_activation
from flowengine.nn.sampling import Sampler
from flowengine.nn.stepping import States, Stepped, stepped

Array = np.ndarray[Any, Any]
Memory = Literal["state", "window"]

REPORT_EVERY = 64
"""Steps between two reports, so that reporting costs nothing beside computing."""

LEAST = 1e-30
"""What a probability of zero counts as, so that it has a logarithm."""


@dataclass(frozen=True)
class Request:
    """What is to be written.

    Args:
        seeds: Positions with which each text begins; none is empty.
        temperatures: Temperature of each text; 0 always takes the best.
        length: Positions to write.
        top_k: Draw among so many of the best; ``None``: among all.
        never: Positions that are never drawn.
        end: Position that ends a text.
        padding: Position that fills windows up, if there is one.
        positions: Number of positions there are.
        memory: Whether to carry states or to read the window anew.
        seed: Seed of the random numbers, and of layers that are not trained.
    """

    seeds: Sequence[Sequence[int]]
    temperatures: Sequence[float]
    length: int
    top_k: int | None
    never: Collection[int]
    end: int | None
    padding: int | None
    positions: int
    memory: Memory
    seed: int


class Reader(Protocol):
    """Reads texts and says what may come next."""

    def start(self, seeds: Sequence[Sequence[int]]) -> Array:
        """Read the seeds and return the scores of what comes next, a row for each."""

    def advance(self, positions: Array) -> Array:
        """Read one more position of each text and return the scores of what comes next."""


def generate(network: Network, request: Request, ctx: Context) -> list[list[int]]:
    """Return the positions written for each text, without its seed and its end.

    Args:
        network: The network, trained or not.
        request: What is to be written.
        ctx: The node's context.

    Raises:
        DataError: A seed is too short for a network that reads windows of one length, or the
            network answers with no numbers.
    """
    if not network.is_trained:
        untrained = [
            name
            for name in network.spec.layers
            if name not in network.weights and network.spec.weights_of(name)
        ]
        ctx.warn(f"not trained: {listing(untrained)}; applied with first weights from the seed")
    device = torch_device(ctx.device)
    with borrowed_torch(device, threads=ctx.threads, seed=request.seed), torch.inference_mode():
        reader = _reader(network, request, device, ctx)
        return _write(reader, request, ctx)


def _write(reader: Reader, request: Request, ctx: Context) -> list[list[int]]:
    sampler = Sampler(
        request.temperatures,
        top_k=request.top_k,
        never=request.never,
        seed=request.seed,
        length=request.length,
    )
    texts: list[list[int]] = [[] for _ in request.seeds]
    is_open = np.ones(len(texts), bool)
    ctx.progress(0.0, "reading the seed text")
    scores = reader.start(request.seeds) if texts else np.empty((0, 0))
    for step in range(request.length if texts else 0):
        if step % REPORT_EVERY == 0:
            _check_numbers(scores)
            ctx.progress(step / request.length, f"{step:,} of {request.length:,} tokens")
        drawn = sampler.draw(scores[:, : request.positions])
        if request.end is not None:
            is_open &= drawn != request.end
        for row, position in enumerate(drawn.tolist()):
            if is_open[row]:
                texts[row].append(position)
        if step == request.length - 1 or not is_open.any() or ctx.stopping():
            break
        scores = reader.advance(drawn)
    return texts


def _check_numbers(scores: Array) -> None:
    if np.isnan(scores).any():
        raise DataError(
            "the network answers with values that are no numbers (NaN), as after a training whose "
            "loss became none; train it anew, for example with a lower learning rate"
        )


def _reader(network: Network, request: Request, device: torch.device, ctx: Context) -> Reader:
    spec = network.spec
    weights = network_weights(network, request.seed)
    # Without rewrites, so that layers are what the description says.
    plain = build(spec, optimize=False)
    load_weights(plain, weights)
    steps: Stepped | str = stepped(plain, request.positions)
    if any(tensor.masked for tensor in spec.tensors.values()) and request.padding != 0:
        steps = "it masks position 0, which is no padding in this dictionary"
    if isinstance(steps, Stepped) and request.memory == "state":
        return StateReader(steps)
    if isinstance(steps, str) and request.memory == "state":
        ctx.warn(f"the window is read anew for every token, for the network cannot go on: {steps}")
    length = spec.tensors[next(iter(spec.inputs.values()))].shape[0]
    fill = None if isinstance(steps, Stepped) else request.padding
    built = build(spec)
    load_weights(built, weights)
    # A network that can be gone through step by step takes windows of any length.
    may_be_short = isinstance(steps, Stepped) or length is None
    return WindowReader(built.to(device), device, length, fill, may_be_short=may_be_short)


class StateReader:
    """Carries the network's states, so that every position is read once."""

    def __init__(self, steps: Stepped) -> None:
        self.steps = steps
        self.states: States = []

    def start(self, seeds: Sequence[Sequence[int]]) -> Array:
        read: dict[tuple[int, ...], tuple[Array, States]] = {}
        for seed in map(tuple, seeds):
            if seed in read:
                continue
            states, scores = self.steps.zeros(1), np.empty(0)
            for position in seed:
                scores, states = self.steps.advance(np.array([position]), states)
            read[seed] = scores, states
        found = [read[tuple(seed)] for seed in seeds]
        layers = zip(*(states for _, states in found), strict=True)
        self.states = [
            tuple(np.concatenate(rows) for rows in zip(*layer, strict=True)) for layer in layers
        ]
        return np.concatenate([scores for scores, _ in found])

    def advance(self, positions: Array) -> Array:
        scores, self.states = self.steps.advance(positions, self.states)
        return scores


class WindowReader:
    """Reads the last positions anew for every one that is written.

    Args:
        built: The network.
        device: Where it computes.
        length: Positions it reads; ``None``: all there are.
        fill: What stands before a text that is shorter, if anything may.
        may_be_short: Whether a text may be shorter.
    """

    def __init__(
        self,
        built: BuiltNetwork,
        device: torch.device,
        length: int | None,
        fill: int | None,
        *,
        may_be_short: bool,
    ) -> None:
        self.built = built.eval()
        self.device = device
        self.length = length
        self.fill = fill
        self.may_be_short = may_be_short
        self.texts: list[list[int]] = []
        (self.input,) = built.spec.inputs
        (self.output,) = built.spec.outputs
        self.has_steps = len(built.spec.output_spec.shape) == 2

    def start(self, seeds: Sequence[Sequence[int]]) -> Array:
        self.texts = [self._filled(list(seed)) for seed in seeds]
        return self._scores()

    def advance(self, positions: Array) -> Array:
        for text, position in zip(self.texts, positions.tolist(), strict=True):
            text.append(position)
        return self._scores()

    def _filled(self, seed: list[int]) -> list[int]:
        missing = (self.length or 0) - len(seed)
        if missing <= 0 or self.may_be_short:
            return seed
        if self.fill is None:
            raise DataError(
                f"the network reads windows of {self.length:,} tokens, the seed text has "
                f"{len(seed):,}, and the dictionary has no padding to fill it up with; give a "
                f"longer seed text"
            )
        return [self.fill] * missing + seed

    def _scores(self) -> Array:
        windows = [text[-self.length :] if self.length else text for text in self.texts]
        rows: list[Array] = [np.empty(0)] * len(windows)
        for length in {len(window) for window in windows}:
            places = [n for n, window in enumerate(windows) if len(window) == length]
            given = torch.tensor([windows[n] for n in places], device=self.device)
            output = self.built({self.input: given})[self.output]
            output = output[:, -1] if self.has_steps else output
            for place, row in zip(places, output.float().cpu().numpy(), strict=True):
                rows[place] = row
        return self._logarithms(np.stack(rows))

    def _logarithms(self, output: Array) -> Array:
        spec = self.built.spec
        if final_activation(spec, spec.output) != "softmax":
            return output
        made: Array = np.log(np.maximum(output, LEAST))
        return made
