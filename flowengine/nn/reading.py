"""Reading a text with a network: its states carried on, or its window read anew. Imports torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from flowengine.errors import DataError
from flowengine.nn.build import BuiltNetwork
from flowengine.nn.conditions import Given
from flowengine.nn.feeds.ending import final_activation
from flowengine.nn.stepping import States, Stepped

Array = np.ndarray[Any, Any]

LEAST = 1e-30
"""What a probability of zero counts as, so that it has a logarithm."""


class Reader(Protocol):
    """Reads texts and says what may come next.

    Attributes:
        report_every: Steps between two reports, so that reporting costs nothing beside computing.
    """

    report_every: int

    def start(self, seeds: Sequence[Sequence[int]], given: Given) -> Array:
        """Read the seeds and return the scores of what comes next, a row for each.

        Args:
            seeds: The positions each text begins with.
            given: What the texts are written from.
        """

    def advance(self, positions: Array) -> Array:
        """Read one more position of each text and return the scores of what comes next."""


class StateReader:
    """Carries the network's states, so that every position is read once."""

    report_every = 64

    def __init__(self, steps: Stepped) -> None:
        self.steps = steps
        self.states: States = []

    def start(self, seeds: Sequence[Sequence[int]], given: Given) -> Array:
        places: dict[tuple[int, ...], list[int]] = {}
        for place, seed in enumerate(map(tuple, seeds)):
            places.setdefault(seed, []).append(place)
        read = [self._read(seed, given, rows) for seed, rows in places.items()]
        order = np.argsort([place for rows in places.values() for place in rows])
        layers = zip(*(states for _, states in read), strict=True)
        self.states = [
            tuple(np.concatenate(rows)[order] for rows in zip(*layer, strict=True))
            for layer in layers
        ]
        scores: Array = np.concatenate([scores for scores, _ in read])[order]
        return scores

    def advance(self, positions: Array) -> Array:
        scores, self.states = self.steps.advance(positions, self.states)
        return scores

    def _read(self, seed: Sequence[int], given: Given, rows: list[int]) -> tuple[Array, States]:
        """Return the scores and states behind a seed, for the texts that begin with it."""
        # Without conditions, one text is as good as all that begin alike.
        apart = rows if given.values else rows[:1]
        states, scores = self.steps.first(given.take(apart), len(apart)), np.empty(0)
        for position in seed:
            scores, states = self.steps.advance(np.full(len(apart), position), states)
        times = len(rows) // len(apart)
        return scores.repeat(times, 0), [
            tuple(state.repeat(times, 0) for state in layer) for layer in states
        ]


@dataclass(frozen=True)
class Window:
    """What of a text a network is shown.

    Args:
        length: Positions; ``None``: all there are.
        fill: What fills up a text that is shorter, if anything may.
        may_be_short: Whether a text may be shorter.
        fill_end: Whether it is filled up at its end; else at its beginning.
    """

    length: int | None
    fill: int | None
    may_be_short: bool
    fill_end: bool = False

    def of(self, text: Sequence[int]) -> list[int]:
        """Return the window at the end of a text.

        Raises:
            DataError: The text is too short, and nothing fills it up.
        """
        shown = list(text[-self.length :] if self.length else text)
        missing = (self.length or 0) - len(shown)
        if missing <= 0 or self.may_be_short:
            return shown
        if self.fill is None:
            raise DataError(
                f"the network reads windows of {self.length:,} tokens, the seed text has "
                f"{len(shown):,}, and the dictionary has no padding to fill it up with; give a "
                f"longer seed text"
            )
        filling = [self.fill] * missing
        return shown + filling if self.fill_end else filling + shown

    def last(self, text: Sequence[int]) -> int:
        """Return the place of a text's last position in its window."""
        if self.fill_end and self.length is not None:
            return min(len(text), self.length) - 1
        return -1


class WindowReader:
    """Reads the last positions anew for every one that is written.

    Args:
        built: The network; its first input takes the text.
        device: Where it computes.
        window: What it is shown.
    """

    report_every = 1

    def __init__(self, built: BuiltNetwork, device: torch.device, window: Window) -> None:
        self.built = built.eval()
        self.device = device
        self.window = window
        self.texts: list[list[int]] = []
        self.given = Given()
        self.input = next(iter(built.spec.inputs))
        (self.output,) = built.spec.outputs
        self.has_steps = len(built.spec.output_spec.shape) == 2

    def start(self, seeds: Sequence[Sequence[int]], given: Given) -> Array:
        self.texts, self.given = [list(seed) for seed in seeds], given
        return self._scores()

    def advance(self, positions: Array) -> Array:
        for text, position in zip(self.texts, positions.tolist(), strict=True):
            text.append(position)
        return self._scores()

    def _scores(self) -> Array:
        windows = [self.window.of(text) for text in self.texts]
        lengths = np.array([len(window) for window in windows])
        rows: list[Array] = [np.empty(0)] * len(windows)
        for length in np.unique(lengths):
            places = np.flatnonzero(lengths == length).tolist()
            given = self.given if len(places) == len(windows) else self.given.take(places)
            shown = torch.tensor([windows[place] for place in places], device=self.device)
            inputs = {self.input: shown, **given.values}
            outputs, _ = self.built.forward_with_masks(inputs, given.masks)
            output = outputs[self.output].float().cpu().numpy()
            for place, row in zip(places, output, strict=True):
                rows[place] = row[self.window.last(self.texts[place])] if self.has_steps else row
        return self._logarithms(np.stack(rows))

    def _logarithms(self, output: Array) -> Array:
        spec = self.built.spec
        if final_activation(spec, spec.output) != "softmax":
            return output
        made: Array = np.log(np.maximum(output, LEAST))
        return made
