"""Values of our own that travel through ports, beside tables, networks and plain scalars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import polars as pl

Scalar = bool | int | float | str
Variable = Scalar | dict[str, Any] | list[Any]


@dataclass(frozen=True)
class ModelSpec:
    """What is known of a model before it is fitted: its kind and settings."""

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """Fitted preprocessing or training state: JSON settings and arrays by name.

    Args:
        kind: What it is, such as ``optimizer_state`` or ``dictionary``.
        settings: JSON data.
        tensors: Numpy arrays by name.

    Raises:
        TypeError: One of the tensors is no numpy array.
    """

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    tensors: Mapping[str, np.ndarray[Any, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, array in self.tensors.items():
            if "ndarray" not in (base.__name__ for base in type(array).__mro__):
                raise TypeError(
                    f'the tensor "{name}" of a model must be a numpy array, not a '
                    f"{type(array).__name__}; numpy.asarray(…) makes one of it"
                )


@dataclass(frozen=True)
class Chart:
    """A Vega-Lite specification and the table it draws (its data set is named ``table``).

    ``{"usermeta": {"rows_from": {"port": "table", "columns": {"truth": "label"}}}}`` in it says
    which rows a mark stands for: those of the node's input ``table`` whose column ``label`` has the
    mark's value of ``truth``.

    Raises:
        TypeError: The specification is no mapping, or the table no ``polars.DataFrame``.
    """

    specification: Mapping[str, Any]
    table: pl.DataFrame

    def __post_init__(self) -> None:
        if not isinstance(self.specification, Mapping):
            raise TypeError(
                f"the specification of a chart must be a dict, not a "
                f"{type(self.specification).__name__}"
            )
        if type(self.table).__name__ != "DataFrame" or not hasattr(self.table, "write_ipc"):
            raise TypeError(
                f"the table of a chart must be a polars.DataFrame, not a "
                f"{type(self.table).__module__}.{type(self.table).__qualname__}"
            )
