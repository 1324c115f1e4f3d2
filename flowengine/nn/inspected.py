"""What was seen inside a network, as tables and charts. Imports no torch."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from flowengine.errors import ConfigureError, listing, suggest
from flowengine.network import NetworkSpec
from flowengine.network_surgery import needed_calls
from flowengine.values import Chart

if TYPE_CHECKING:
    from flowengine.nn.inspection import Seen

Array = np.ndarray[Any, Any]

VALUES = pl.Schema(
    {
        "layer": pl.String(),
        "kind": pl.String(),
        "step": pl.Int64(),
        "unit": pl.Int64(),
        "value": pl.Float32(),
    }
)
IMAGES = pl.Schema(
    {
        "layer": pl.String(),
        "kind": pl.String(),
        "unit": pl.Int64(),
        "channel": pl.Int64(),
        "y": pl.Int64(),
        "x": pl.Int64(),
        "value": pl.Float32(),
    }
)
VEGA_LITE = "https://vega.github.io/schema/vega-lite/v5.json"


def chosen_calls(spec: NetworkSpec, patterns: Sequence[str]) -> dict[str, str]:
    """Return layer by the name of a call, for the calls that match; all where none is named.

    Raises:
        ConfigureError: A pattern matches no layer.
    """
    calls = {name: call.layer for name, call in needed_calls(spec).items()}
    chosen: set[str] = set()
    for pattern in patterns:
        found = [
            name
            for name, layer in calls.items()
            if pattern in (name, layer) or fnmatch.fnmatchcase(name, pattern)
        ]
        if not found:
            raise ConfigureError(
                f'no layer matches "{pattern}".{suggest(pattern, calls)} '
                f"The network has {listing(calls)}",
                setting="layers",
            )
        chosen.update(found)
    return {name: layer for name, layer in calls.items() if not patterns or name in chosen}


def values_table(seen: Sequence[Seen]) -> pl.DataFrame:
    """Return what has units, and perhaps steps: a row for each value."""
    parts = [_values(one) for one in seen if one.values.ndim <= 2]
    return pl.concat([pl.DataFrame(schema=VALUES), *parts])


def images_table(seen: Sequence[Seen], limit: int) -> pl.DataFrame:
    """Return feature maps and kernels: a row for each pixel.

    Args:
        seen: What was seen.
        limit: Images of a layer and kind, at most.
    """
    parts = [_images(one, limit) for one in seen if one.values.ndim in (3, 4)]
    return pl.concat([pl.DataFrame(schema=IMAGES), *parts])


def values_chart(table: pl.DataFrame) -> Chart:
    """Return values as coloured fields: a picture for each layer and kind, steps to the right."""
    mark = {"type": "rect", "tooltip": True}
    encoding = {
        "x": {"field": "step", "type": "ordinal", "title": "step"},
        "y": {"field": "unit", "type": "ordinal", "title": "unit"},
        "color": _colour("redblue", {"domainMid": 0}),
    }
    specification = {
        "$schema": VEGA_LITE,
        "data": {"name": "table"},
        "facet": {"field": "title", "type": "nominal", "sort": None, "title": None},
        "columns": 2,
        # A size of its own: Vega-Lite cannot work one out where each picture has its own axes.
        "spec": {"width": 320, "height": 200, "mark": mark, "encoding": encoding},
        "resolve": {"scale": dict.fromkeys(("x", "y", "color"), "independent")},
    }
    title = pl.format("{} · {}", pl.col("layer"), pl.col("kind").str.replace_all("_", " "))
    return Chart(specification, table.with_columns(pl.col("step").fill_null(0), title=title))


def images_chart(table: pl.DataFrame) -> Chart:
    """Return feature maps and kernels as small grey pictures side by side."""
    encoding = {
        "x": {"field": "x", "type": "ordinal", "axis": None},
        "y": {"field": "y", "type": "ordinal", "axis": None},
        "color": _colour("greys", {"reverse": True}) | {"legend": None},
    }
    specification = {
        "$schema": VEGA_LITE,
        "data": {"name": "table"},
        "facet": {"field": "title", "type": "nominal", "sort": None, "title": None},
        "columns": 8,
        "spec": {"width": 90, "height": 90, "mark": "rect", "encoding": encoding},
        "resolve": {"scale": dict.fromkeys(("x", "y", "color"), "independent")},
    }
    name = pl.col("kind").str.replace_all("_", " ")
    plain = pl.format("{} · {} {}", pl.col("layer"), name, pl.col("unit"))
    title = (
        pl.when(pl.col("channel").is_null())
        .then(plain)
        .otherwise(pl.format("{} of {}", plain, pl.col("channel")))
    )
    return Chart(specification, table.with_columns(title=title))


def _colour(scheme: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"field": "value", "type": "quantitative", "scale": {"scheme": scheme, **more}}


def _values(one: Seen) -> pl.DataFrame:
    values = one.values.reshape(1, -1) if one.values.ndim < 2 else one.values
    step, unit = np.indices(values.shape).reshape(2, -1)
    return pl.DataFrame(
        {
            "layer": pl.repeat(one.layer, values.size, eager=True),
            "kind": pl.repeat(one.kind, values.size, eager=True),
            "step": pl.Series(step) if one.values.ndim == 2 else None,
            "unit": unit,
            "value": values.ravel(),
        },
        schema=VALUES,
    )


def _images(one: Seen, limit: int) -> pl.DataFrame:
    is_kernel = one.values.ndim == 4
    values = one.values if is_kernel else one.values[:, :, None, :]
    pairs = [
        (unit, channel) for unit in range(values.shape[3]) for channel in range(values.shape[2])
    ]
    parts = [pl.DataFrame(schema=IMAGES)]
    y, x = np.indices(values.shape[:2]).reshape(2, -1)
    for unit, channel in pairs[:limit]:
        parts.append(
            pl.DataFrame(
                {
                    "layer": pl.repeat(one.layer, len(x), eager=True),
                    "kind": pl.repeat("kernel" if is_kernel else "feature_map", len(x), eager=True),
                    "unit": pl.repeat(unit, len(x), eager=True),
                    "channel": pl.repeat(channel, len(x), eager=True) if is_kernel else None,
                    "y": y,
                    "x": x,
                    "value": values[:, :, channel, unit].ravel(),
                },
                schema=IMAGES,
            )
        )
    return pl.concat(parts)
