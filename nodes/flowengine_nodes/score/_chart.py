"""The confusion matrix as coloured fields."""

from __future__ import annotations

from typing import Any

import polars as pl

from flowengine import Chart

VEGA_LITE = "https://vega.github.io/schema/vega-lite/v5.json"
COUNTED = 30
"""A matrix of more classes has no room for numbers in its fields."""
WIDTH = 480
SMALLEST, LARGEST = 8, 44
"""Side of a field."""


def confusion_chart(matrix: pl.DataFrame, *, truth: str, prediction: str) -> Chart:
    """Return a picture of a confusion matrix; a field leads to the rows it counts.

    Args:
        matrix: True classes down, predicted ones across.
        truth: Column of the true classes in the table of rows.
        prediction: Column of the predicted classes there.
    """
    classes = matrix.columns[1:]
    # By number, as a class may be called "truth" or "rows" itself.
    table = matrix.rename({name: str(index) for index, name in enumerate(matrix.columns)})
    cells = table.unpivot(index="0", variable_name="prediction", value_name="rows")
    names = {str(index): name for index, name in enumerate(matrix.columns)}
    cells = cells.rename({"0": "truth"}).with_columns(pl.col("prediction").replace(names))
    total = pl.col("rows").sum().over("truth")
    cells = cells.with_columns(share=pl.when(total > 0).then(pl.col("rows") / total))
    if len(classes) > COUNTED:
        cells = cells.filter(pl.col("rows") > 0)
    return Chart(_specification(classes, truth, prediction), cells)


def _specification(classes: list[str], truth: str, prediction: str) -> dict[str, Any]:
    step = max(SMALLEST, min(LARGEST, WIDTH // max(1, len(classes))))
    colour = {
        "field": "share",
        "type": "quantitative",
        # The root, so that the few that are wrong can be seen beside the many that are right.
        "scale": {"type": "sqrt", "scheme": "blues", "domain": [0, 1]},
        "title": "of the true class",
        "legend": {"format": "%"},
    }
    tooltip = [
        {"field": "truth", "title": "true"},
        {"field": "prediction", "title": "predicted"},
        {"field": "rows", "format": ","},
        {"field": "share", "format": ".1%", "title": "of the true class"},
    ]
    fields = {"mark": "rect", "encoding": {"color": colour, "tooltip": tooltip}}
    ink = {"condition": {"test": "datum.share > 0.3", "value": "white"}, "value": "#333"}
    numbers = {
        "mark": {"type": "text", "fontSize": 11},
        "encoding": {
            "text": {"field": "rows", "format": ","},
            "color": ink,
            "tooltip": tooltip,
            "opacity": {"condition": {"test": "datum.rows > 0", "value": 1}, "value": 0},
        },
    }
    axis = {"type": "nominal", "sort": classes}
    return {
        "$schema": VEGA_LITE,
        "data": {"name": "table"},
        "width": {"step": step},
        "height": {"step": step},
        "encoding": {
            "x": {**axis, "field": "prediction", "title": "predicted", "axis": {"orient": "top"}},
            "y": {**axis, "field": "truth", "title": "true"},
        },
        "layer": [fields, numbers] if len(classes) <= COUNTED else [fields],
        "usermeta": {
            "rows_from": {"port": "table", "columns": {"truth": truth, "prediction": prediction}}
        },
    }
