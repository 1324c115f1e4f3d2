"""Values at ports, as people look at them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from flowengine.server.wire.base import Wire
from flowengine.server.wire.report import ColumnInfo


class Missing(Wire):
    """The value is not there; ``reason`` says what to do.

    Args:
        reason: One sentence.
        node: Path of the node that has to be configured first, which may be this one.
    """

    kind: Literal["missing"] = "missing"
    reason: str
    node: str = ""


class TableView(Wire):
    kind: Literal["table"] = "table"
    rows: int
    columns: tuple[ColumnInfo, ...]


class LayerLine(Wire):
    """A layer of a network; ``frozen``: training leaves it alone."""

    name: str
    type: str
    title: str
    shape: str
    parameters: int
    flops: int
    frozen: bool


class NetworkView(Wire):
    kind: Literal["network"] = "network"
    inputs: dict[str, str]
    outputs: dict[str, str]
    parameters: int
    trainable: int
    flops: int
    trained: bool
    layers: tuple[LayerLine, ...]


class ModelView(Wire):
    kind: Literal["model"] = "model"
    model: str
    settings: dict[str, Any]
    tensors: dict[str, str]


class ChartView(Wire):
    """A chart: Vega-Lite, with ``rows`` as its data set ``table``."""

    kind: Literal["chart"] = "chart"
    specification: dict[str, Any]
    rows: tuple[dict[str, Any], ...]


class VariableView(Wire):
    kind: Literal["variable"] = "variable"
    value: Any


ValueView = Annotated[
    Missing | TableView | NetworkView | ModelView | ChartView | VariableView,
    Field(discriminator="kind"),
]


class Rows(Wire):
    """Rows of a table, as lists in the order of its columns; ``total`` counts those that match.

    An image is ``{"image": "data:image/png;base64,…", "width": 28, "height": 28, "channels": 1}``
    (a thumbnail of at most 96 pixels a side), a list its first items and its length
    ``{"items": [...], "length": 100}``.
    """

    offset: int
    total: int
    rows: tuple[tuple[Any, ...], ...]
    indices: tuple[int, ...]


class Bin(Wire):
    """A bar of a histogram, or a category (``label``)."""

    label: str
    count: int


class ColumnStatistics(Wire):
    """A column in numbers; what does not apply is ``None``."""

    name: str
    missing: int
    distinct: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    deviation: float | None = None
    bins: tuple[Bin, ...] = ()
