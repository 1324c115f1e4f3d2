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
COLOURS = ["#b3413a", "#eba696", "#ffffff", "#94a6ec", "#3848c9"]
"""From wrong to right."""
LIGHTEST_WORST = 0.05
"""Errors of at least this share of a class get the full colour."""
WORDS = (
    "(datum.rows ? format(datum.rows, ',') : 'no') + (datum.rows == 1 ? ' row' : ' rows')"
    " + ' of class ' + datum.truth + (datum.truth == datum.prediction ? ' predicted rightly' :"
    " ' taken for ' + datum.prediction)"
    " + (datum.rows ? ': ' + format(100 * datum.share, '.1f') + ' % of the class' : '')"
)


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
    cells = cells.with_columns(tone=_tone(cells))
    if len(classes) > COUNTED:
        cells = cells.filter(pl.col("rows") > 0)
    return Chart(_specification(classes, truth, prediction), cells)


def _tone(cells: pl.DataFrame) -> pl.Expr:
    """Return the colour of each field: rows that are right from 0 to 1, wrong ones from 0 to -1.

    By the root of their share, and seen from the worst, so that the few that are wrong stand out
    beside the many that are right.
    """
    is_right = pl.col("truth") == pl.col("prediction")
    worst = cells.filter(~is_right)["share"].max()
    reach = max(LIGHTEST_WORST, worst if isinstance(worst, float) else 0.0)
    return pl.when(is_right).then(pl.col("share")).otherwise(-(pl.col("share") / reach).sqrt())


def _specification(classes: list[str], truth: str, prediction: str) -> dict[str, Any]:
    step = max(SMALLEST, min(LARGEST, WIDTH // max(1, len(classes))))
    scale = {"domain": [-1, -0.5, 0, 0.5, 1], "range": COLOURS, "interpolate": "rgb"}
    colour = {"field": "tone", "type": "quantitative", "scale": scale, "legend": None}
    tooltip = {"field": "says", "type": "nominal"}
    fields = {"mark": "rect", "encoding": {"color": colour, "tooltip": tooltip}}
    ink = {"condition": {"test": "abs(datum.tone) > 0.7", "value": "white"}, "value": "#333"}
    numbers = {
        "mark": "text",
        "encoding": {
            "text": {"field": "rows", "format": ","},
            "color": ink,
            "tooltip": tooltip,
            "opacity": {"condition": {"test": "datum.rows > 0", "value": 1}, "value": 0},
        },
    }
    axis = {"type": "nominal", "sort": classes, "scale": {"paddingInner": 0.04}}
    across = {"orient": "top", "labelAngle": 0, "labelOverlap": "greedy"}
    return {
        "$schema": VEGA_LITE,
        "data": {"name": "table"},
        "transform": [{"calculate": WORDS, "as": "says"}],
        "width": {"step": step},
        "height": {"step": step},
        "encoding": {
            "x": {**axis, "field": "prediction", "title": "predicted", "axis": across},
            "y": {**axis, "field": "truth", "title": "true", "axis": {"labelOverlap": "greedy"}},
        },
        "layer": [fields, numbers] if len(classes) <= COUNTED else [fields],
        "usermeta": {
            "rows_from": {"port": "table", "columns": {"truth": truth, "prediction": prediction}}
        },
    }
