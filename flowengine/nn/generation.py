"""Text written by a network: seeds are read, then one position after the other is drawn.

Imports torch.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch

from flowengine.context import Context
from flowengine.errors import DataError
from flowengine.network import Network
from flowengine.network_division import divide
from flowengine.network_surgery import refitted
from flowengine.nn.applying import warn_untrained
from flowengine.nn.build import build, load_weights, network_weights
from flowengine.nn.conditions import Conditions, Given, Source
from flowengine.nn.devices import borrowed_torch, torch_device
from flowengine.nn.reading import Reader, StateReader, Window, WindowReader
from flowengine.nn.sampling import Sampler
from flowengine.nn.stepping import Stepped, stepped

Array = np.ndarray[Any, Any]
Memory = Literal["state", "window"]


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
        fill_end: Whether windows are filled up at their end; else at their beginning.
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
    fill_end: bool
    positions: int
    memory: Memory
    seed: int


def generate(
    network: Network,
    text_input: str,
    request: Request,
    ctx: Context,
    source: Source | None = None,
) -> list[list[int]]:
    """Return the positions written for each text, without its seed and its end.

    Args:
        network: The network, trained or not.
        text_input: Name of its input that takes the text.
        request: What is to be written.
        ctx: The node's context.
        source: What the texts are written from, where the network takes more than a text.

    Raises:
        DataError: A seed is too short for a network that reads windows of one length, or the
            network answers with no numbers.
    """
    warn_untrained(network, ctx)
    device = torch_device(ctx.device)
    with borrowed_torch(device, threads=ctx.threads, seed=request.seed), torch.inference_mode():
        conditions = None
        if source is not None:
            conditions = Conditions(network, text_input, source, device, seed=request.seed)
            network = conditions.rest
        else:
            network = refitted(network, divide(network.spec, text_input).after)
        reader = _reader(network, request, device, ctx)
        count, done = len(request.seeds), 0
        texts: list[list[int]] = [[] for _ in range(count)]
        together = [list(range(count))] if count else []
        for places in conditions.groups() if conditions is not None else together:
            if done and ctx.stopping():
                ctx.warn(f"stopped; {count - done:,} of {count:,} texts were not begun")
                break
            ctx.progress(done / max(count, 1), f"{done:,} of {count:,} texts")
            given = conditions.given(places) if conditions is not None else Given()
            written = _write(reader, request, given, places, done, ctx)
            for place, text in zip(places, written, strict=True):
                texts[place] = text
            done += len(places)
        return texts


def _write(
    reader: Reader,
    request: Request,
    given: Given,
    places: Sequence[int],
    done: int,
    ctx: Context,
) -> list[list[int]]:
    """Return the positions of some of the texts, which are written side by side."""
    sampler = Sampler(
        [request.temperatures[place] for place in places],
        top_k=request.top_k,
        never=request.never,
        seed=request.seed,
        length=request.length,
        places=places,
    )
    texts: list[list[int]] = [[] for _ in places]
    is_open = np.ones(len(texts), bool)
    scores = reader.start([request.seeds[place] for place in places], given)
    for step in range(request.length):
        ctx.check()
        if step % reader.report_every == 0:
            _check_numbers(scores)
            share = (done + len(places) * step / request.length) / len(request.seeds)
            ctx.progress(share, f"{step:,} of {request.length:,} tokens")
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
    """Return what reads texts; the first input of the network takes them."""
    spec = network.spec
    weights = network_weights(network, request.seed)
    # Without rewrites, so that layers are what the description says.
    plain = build(spec, optimize=False)
    load_weights(plain, weights)
    text, *given = spec.inputs.values()
    steps: Stepped | str = stepped(plain, request.positions)
    length = spec.tensors[text].shape[0]
    is_masked = any(tensor.masked for name, tensor in spec.tensors.items() if name not in given)
    if is_masked and request.padding != 0:
        steps = "it masks position 0, which is no padding in this dictionary"
    # A whole text, unlike a window cut out of one, was filled up where it is shorter.
    is_filled = bool(given) and length is not None and request.padding is not None
    if isinstance(steps, Stepped) and is_filled and not is_masked and not request.fill_end:
        steps = (
            'its texts were filled up at the beginning (padding "pre"), and no mask leaves that out'
        )
    if isinstance(steps, Stepped) and request.memory == "state":
        return StateReader(steps)
    if isinstance(steps, str) and request.memory == "state":
        ctx.warn(f"the window is read anew for every token, for the network cannot go on: {steps}")
    window = Window(
        length,
        None if isinstance(steps, Stepped) else request.padding,
        # A network that can be gone through step by step takes windows of any length.
        may_be_short=isinstance(steps, Stepped) or length is None,
        fill_end=request.fill_end,
    )
    built = build(spec)
    load_weights(built, weights)
    return WindowReader(built.to(device), device, window)
