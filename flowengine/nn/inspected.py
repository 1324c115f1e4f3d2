"""What was seen inside a network, as tables. Imports no torch."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from flowengine.errors import ConfigureError, listing, suggest
from flowengine.network import NetworkSpec
from flowengine.network_surgery import needed_calls

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
        "slice": pl.Int64(),
        "y": pl.Int64(),
        "x": pl.Int64(),
        "value": pl.Float32(),
    }
)


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

    The column ``channel`` is the channel that a kernel reads, the column ``slice`` the slice of a
    volume or the step of a film, from 0 (a film of volumes has all slices of one after the other).

    Args:
        seen: What was seen.
        limit: Images of a layer and kind, at most.
    """
    parts = [_images(one, limit) for one in seen if one.values.ndim >= 3]
    return pl.concat([pl.DataFrame(schema=IMAGES), *parts])


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
    is_kernel = one.kind == "kernel"
    kind = "feature_map" if one.kind == "activation" else one.kind
    values = one.values if is_kernel else one.values[..., None, :]
    is_sliced = values.ndim > 4
    values = values.reshape(-1, *values.shape[-4:])
    slices, height, width, channels, units = values.shape
    places = [
        (unit, channel, place)
        for unit in range(units)
        for channel in range(channels)
        for place in range(slices)
    ]
    parts = [pl.DataFrame(schema=IMAGES)]
    y, x = np.indices((height, width)).reshape(2, -1)
    for unit, channel, place in places[:limit]:
        read = channel + one.first[unit] if one.first else channel
        parts.append(
            pl.DataFrame(
                {
                    "layer": pl.repeat(one.layer, len(x), eager=True),
                    "kind": pl.repeat(kind, len(x), eager=True),
                    "unit": pl.repeat(unit, len(x), eager=True),
                    "channel": pl.repeat(read, len(x), eager=True) if is_kernel else None,
                    "slice": pl.repeat(place, len(x), eager=True) if is_sliced else None,
                    "y": y,
                    "x": x,
                    "value": values[place, :, :, channel, unit].ravel(),
                },
                schema=IMAGES,
            )
        )
    return pl.concat(parts)
