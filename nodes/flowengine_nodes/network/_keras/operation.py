"""``Operation``: a function of Keras 3 that a model applies to tensors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flowengine import DataError

Made = tuple[str, dict[str, Any]]
"""Type and settings of a layer."""


@dataclass(frozen=True)
class Operation:
    """One operation as configured.

    Attributes:
        kind: Its class in Keras.
        name: Its name in the model.
        config: Its parameters.
        args: What it is called on; tensors are objects.
    """

    kind: str
    name: str
    config: dict[str, Any]
    args: list[Any]

    def refuse(self, reason: str = "no layer here computes that") -> DataError:
        """Return the error that says why it cannot be read."""
        return DataError(
            f'the operation "{self.kind}" ("{self.name}") cannot be read: {reason}; '
            f"{remedy(self.kind)}"
        )

    def number(self) -> tuple[float, bool] | None:
        """Return the number among two values, and whether it is the first; ``None`` for tensors."""
        given = [one for one in self.args if _is_number(one)]
        if len(given) != 1 or len(self.args) != 2:
            return None
        return given[0], _is_number(self.args[0])

    def axes(self, rank: int) -> list[int]:
        """Return its axes in order, counted with the batch as axis 0.

        Args:
            rank: How many axes the tensor has behind the batch.

        Raises:
            DataError: It goes over the rows, or over all there is.
        """
        given = self.config.get("axis")
        axes = [given] if isinstance(given, int) else given
        if not isinstance(axes, list | tuple) or not all(type(one) is int for one in axes):
            raise self.refuse(
                "it goes over the rows too" if given is None else f"axis is {given!r}"
            )
        if not axes or not all(-rank - 1 <= one <= rank for one in axes):
            raise self.refuse(f"axis is {given!r}")
        found = sorted(one % (rank + 1) for one in axes)
        if 0 in found:
            raise self.refuse("it goes over the rows")
        return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


COMPARES = "give its answer to the model as an input"
CHOOSES = "leave it out of the model and do it with the result"
REMEDIES = {
    **dict.fromkeys(
        (
            "Equal",
            "Greater",
            "GreaterEqual",
            "Isclose",
            "Isfinite",
            "Isnan",
            "Less",
            "LessEqual",
            "LogicalAnd",
            "LogicalNot",
            "LogicalOr",
            "LogicalXor",
            "NotEqual",
            "Where",
        ),
        COMPARES,
    ),
    **dict.fromkeys(("Argmax", "Argmin", "Argsort", "Sort", "TopK", "Median"), CHOOSES),
    "Conv": "make its kernel the weight of a convolution layer",
    "StopGradient": "freeze the layers before it instead (trainable=False)",
}


def remedy(kind: str) -> str:
    """Return what helps where an operation cannot be read."""
    return REMEDIES.get(kind, "express it by a layer before saving")


def shaped(shape: Sequence[int | None]) -> Made:
    """Return the layer that gives rows a shape."""
    return "reshape", {"target_shape": [-1 if size is None else size for size in shape]}
