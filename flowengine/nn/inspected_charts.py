"""What was seen inside a network, as pictures. Imports no torch."""

from __future__ import annotations

import math
from typing import Any

import polars as pl

from flowengine.values import Chart

VEGA_LITE = "https://vega.github.io/schema/vega-lite/v5.json"
KINDS = (
    "forget_gate",
    "update_gate",
    "reset_gate",
    "input_gate",
    "candidate",
    "output_gate",
    "cell_state",
    "output",
)
"""The order in which a recurrent layer works; what is none of these comes first."""
LONGEST_LINE = 32
"""Units without steps stand in one line up to so many; more wrap."""
WIDER = 2.7
"""How much wider than high a field of wrapped units is."""


def values_chart(table: pl.DataFrame) -> Chart:
    """Return values as coloured fields, a picture for each layer and kind.

    What has steps has a line for each unit and a column for each step; other units stand side by
    side, in several lines where they are many.
    """
    parts = [
        part
        for layer in table.partition_by("layer", maintain_order=True)
        for part in sorted(layer.partition_by("kind", maintain_order=True), key=_rank)
    ]
    cells = [_placed(part, order) for order, part in enumerate(parts)]
    empty = table.with_columns(title=pl.lit(""), order=0, across=0, down=0).clear()
    tooltip = [{"field": name} for name in ("step", "unit")]
    encoding = _fields("across", "down", _colour("redblue", {"domainMid": 0}))
    encoding["color"]["legend"] = {
        "type": "gradient",
        "title": None,
        "gradientLength": 110,
        "gradientThickness": 8,
    }
    encoding["tooltip"] = [*tooltip, {"field": "value", "format": ".4"}]
    return Chart(_pictures(encoding, width=300, height=120, columns=2), pl.concat([empty, *cells]))


def images_chart(table: pl.DataFrame) -> Chart:
    """Return feature maps and kernels as small grey pictures side by side."""
    kind = pl.col("kind").str.replace("feature_map", "map").str.replace_all("_", " ")
    plain = pl.format("{} {} {}", pl.col("layer"), kind, pl.col("unit"))
    places = [pl.concat_str(pl.lit("·"), place).fill_null("") for place in ("channel", "slice")]
    titled = table.with_columns(title=pl.concat_str(plain, *places)).with_columns(
        order=pl.col("title").rle_id()
    )
    encoding = _fields("x", "y", _colour("greys", {"reverse": True}) | {"legend": None})
    encoding["tooltip"] = [
        *({"field": name} for name in ("y", "x")),
        {"field": "value", "format": ".4"},
    ]
    return Chart(_pictures(encoding, width=90, height=90, columns=8), titled)


def _rank(part: pl.DataFrame) -> int:
    kind = part["kind"][0]
    return KINDS.index(kind) if kind in KINDS else -1


def _placed(part: pl.DataFrame, order: int) -> pl.DataFrame:
    """Say where each value of a picture stands, and what stands above it."""
    units = part["unit"].n_unique()
    sizes = f"{units} unit{'' if units == 1 else 's'}"
    if part["step"].null_count() == 0:
        sizes += f" ↓ {part['step'].n_unique()} steps →"
        places = part.with_columns(across=pl.col("step"), down=pl.col("unit"))
    else:
        line = units if units <= LONGEST_LINE else math.ceil(math.sqrt(WIDER * units))
        places = part.with_columns(across=pl.col("unit") % line, down=pl.col("unit") // line)
    kind = pl.col("kind").str.replace_all("_", " ")
    return places.with_columns(
        title=pl.format("{} · {} · {}", pl.col("layer"), kind, pl.lit(sizes)),
        order=pl.lit(order, pl.Int32),
        across=pl.col("across").cast(pl.Int32),
        down=pl.col("down").cast(pl.Int32),
    ).select(*part.columns, "title", "order", "across", "down")


def _pictures(encoding: dict[str, Any], *, width: int, height: int, columns: int) -> dict[str, Any]:
    """Return a picture for each title, in the order in which they came."""
    return {
        "$schema": VEGA_LITE,
        "data": {"name": "table"},
        "facet": {
            "field": "title",
            "type": "nominal",
            "sort": {"field": "order", "op": "min"},
            "title": None,
            "header": {"labelFontSize": 10, "labelFontWeight": "normal", "labelLimit": width + 20},
        },
        "columns": columns,
        "spacing": 16,
        # A size of its own: Vega-Lite cannot work one out where each picture has its own scales.
        "spec": {"width": width, "height": height, "mark": "rect", "encoding": encoding},
        "resolve": {"scale": dict.fromkeys(("x", "y", "color", "stroke"), "independent")},
    }


def _fields(x: str, y: str, colour: dict[str, Any]) -> dict[str, Any]:
    return {
        "x": {"field": x, "type": "ordinal", "axis": None},
        "y": {"field": y, "type": "ordinal", "axis": None},
        "color": colour,
        # Else the ground shines through between fields that end within a pixel.
        "stroke": {**colour, "legend": None},
    }


def _colour(scheme: str, more: dict[str, Any]) -> dict[str, Any]:
    return {"field": "value", "type": "quantitative", "scale": {"scheme": scheme, **more}}
