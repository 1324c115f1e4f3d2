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

    The column ``channel`` is the channel that a kernel reads; of a volume or a film it is the slice
    or the step, from 0.

    Args:
        seen: What was seen.
        limit: Images of a layer and kind, at most.
    """
    parts = [_images(one, limit) for one in seen if one.values.ndim in (3, 4)]
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
    kind = "feature_map" if one.kind == "activation" else one.kind
    values = one.values[:, :, None, :] if one.values.ndim == 3 else one.values
    if one.values.ndim == 4 and kind != "kernel":
        # Slices of a volume, or steps of a film, come before the pixels.
        values = np.moveaxis(values, 0, 2)
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
                    "kind": pl.repeat(kind, len(x), eager=True),
                    "unit": pl.repeat(unit, len(x), eager=True),
                    "channel": pl.repeat(channel, len(x), eager=True)
                    if one.values.ndim == 4
                    else None,
                    "y": y,
                    "x": x,
                    "value": values[:, :, channel, unit].ravel(),
                },
                schema=IMAGES,
            )
        )
    return pl.concat(parts)
