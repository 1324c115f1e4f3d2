"""Predicted classes against true ones."""

from __future__ import annotations

from typing import Annotated, NamedTuple

import polars as pl

from flowengine import Chart, Column, ConfigureError, Context, Node, Port, Specs, node
from flowengine.errors import listing, suggest
from flowengine_nodes.score._chart import confusion_chart
from flowengine_nodes.score._classes import classes_in_order, confusion
from flowengine_nodes.score._statistics import STATISTICS, statistics


class Scores(NamedTuple):
    confusion_matrix: Annotated[
        pl.DataFrame, Port("Row: true class. Column: predicted class. Cell: number of rows.")
    ]
    statistics: Annotated[
        pl.DataFrame, Port("One row a class, and the row `overall` with accuracy and kappa.")
    ]
    chart: Annotated[Chart, Port("The confusion matrix as coloured fields.")]


@node(title="Scorer", keywords=("accuracy", "confusion matrix", "kappa", "f1", "evaluation"))
class Scorer(Node):
    """Compare predicted classes with true ones: confusion matrix, accuracy, Cohen's kappa.

    Both columns may hold whole numbers, text, categories or true/false, and need not have the same
    type: they are compared as text, so that the number 7 is the category "7"; a warning says when
    they have no class in common, as `true` and `1`. Rows without a value in one of the columns are
    left out.

    The statistics have a row for each class (true and false positives and negatives, recall,
    precision, sensitivity, specificity, F-measure) and last the row `overall` (accuracy, error,
    Cohen's kappa, numbers of correct and wrong rows). What would divide by zero is missing.
    """

    truth: Annotated[str, Column("table")]
    """Column of the true classes."""
    prediction: Annotated[str, Column("table")] = "prediction"
    """Column of the predicted classes."""

    def configure(self, table: pl.Schema) -> Specs:
        true, predicted = (self._class_type(table, name) for name in ("truth", "prediction"))
        matrix = None
        if isinstance(true, pl.Enum) and isinstance(predicted, pl.Enum):
            classes = classes_in_order(pl.Series(dtype=true), pl.Series(dtype=predicted))
            matrix = confusion([], [], classes).schema
        return Specs(confusion_matrix=matrix, statistics=STATISTICS, chart=None)

    def execute(self, table: pl.DataFrame, ctx: Context) -> Scores:
        pairs = pl.DataFrame({"t": table[self.truth], "p": table[self.prediction]})
        complete = pairs.drop_nulls()
        if missing := pairs.height - complete.height:
            ctx.warn(
                f"{missing:,} of {pairs.height:,} rows have no value in "
                f'"{self.truth}" or "{self.prediction}" and are left out'
            )
        classes = classes_in_order(complete["t"], complete["p"])
        true, predicted = (complete[name].cast(pl.String).to_list() for name in ("t", "p"))
        if true and not set(true) & set(predicted):
            ctx.warn(
                f'"{self.truth}" ({listing(sorted(set(true)), limit=3)}) and "{self.prediction}" '
                f"({listing(sorted(set(predicted)), limit=3)}) have no class in common, so every "
                f"row counts as wrong; are the classes written in the same way?"
            )
        matrix = confusion(true, predicted, classes)
        counts = matrix.drop(matrix.columns[0]).to_numpy().reshape(len(classes), len(classes))
        return Scores(
            matrix,
            statistics(classes, counts.astype("int64")),
            confusion_chart(matrix, truth=self.truth, prediction=self.prediction),
        )

    def _class_type(self, table: pl.Schema, setting: str) -> pl.DataType:
        name: str = getattr(self, setting)
        if name not in table:
            raise ConfigureError(
                f'the table has no column "{name}".{suggest(name, table)} '
                f"Its columns are {listing(table)}",
                setting=setting,
            )
        dtype = table[name]
        kinds = (pl.String, pl.Enum, pl.Categorical, pl.Boolean, pl.Null)
        if not (dtype.is_integer() or isinstance(dtype, kinds)):
            raise ConfigureError(
                f'column "{name}" holds {dtype}; classes are whole numbers, text, categories or '
                f"true/false",
                setting=setting,
            )
        return dtype
