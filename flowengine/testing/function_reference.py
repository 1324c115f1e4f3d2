"""A numpy function as the reference of a layer: its outputs, and its slopes by differences."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Reference = Callable[[list[Array], dict[str, Array], bool], Any]
"""Inputs, weights by name and whether it is training give the output, or a tuple of them."""

STEP = 1e-6
"""Step of a difference: small against kinks, large against the rounding of float64."""


@dataclass(frozen=True)
class FunctionReference:
    """A function at one place, computed in float64."""

    function: Reference
    inputs: Sequence[Array]
    weights: Mapping[str, Array]
    training: bool

    def outputs(self) -> tuple[Array, ...]:
        """Return the outputs."""
        inputs = [array.astype(np.float64) for array in self.inputs]
        weights = {name: array.astype(np.float64) for name, array in self.weights.items()}
        result = self.function(inputs, weights, self.training)
        return result if isinstance(result, tuple) else (result,)

    def slope_of_input(self, number: int, way: Array, projections: Sequence[Array]) -> float:
        """Return how fast the projected outputs grow when an input goes a way."""

        def moved(step: float) -> FunctionReference:
            inputs = list(self.inputs)
            inputs[number] = inputs[number] + step * way
            return replace(self, inputs=inputs)

        return _slope(moved, projections)

    def slope_of_weight(self, name: str, way: Array, projections: Sequence[Array]) -> float:
        """Return how fast the projected outputs grow when a weight goes a way."""

        def moved(step: float) -> FunctionReference:
            return replace(self, weights={**self.weights, name: self.weights[name] + step * way})

        return _slope(moved, projections)


def _slope(moved: Callable[[float], FunctionReference], projections: Sequence[Array]) -> float:
    def total(step: float) -> float:
        outputs = moved(step).outputs()
        return sum(float((one * two).sum()) for one, two in zip(outputs, projections, strict=True))

    return (total(STEP) - total(-STEP)) / (2 * STEP)
