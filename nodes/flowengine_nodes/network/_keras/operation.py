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
            f'the operation "{self.kind}" ("{self.name}") cannot be read: {reason}; express it by '
            f"a layer before saving"
        )


def shaped(shape: Sequence[int | None]) -> Made:
    """Return the layer that gives rows a shape."""
    return "reshape", {"target_shape": [-1 if size is None else size for size in shape]}
