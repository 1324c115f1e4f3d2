"""The history of a training: its columns, known before it runs, and its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from flowengine.nn.losses.loss import Loss
from flowengine.nn.metrics.metric import Metric
from flowengine.nn.position import HistoryRow

MetricsByOutput = Mapping[str, Sequence[Metric]]


def metric_names(
    losses: Mapping[str, Loss], metrics: MetricsByOutput
) -> dict[str, tuple[str, Metric]]:
    """Return output and metric by the name under which they stand in the history.

    With several outputs a name begins with the output's; a metric asked for twice gets a number.
    """
    named: dict[str, tuple[str, Metric]] = {}
    for output in losses:
        for metric in metrics[output]:
            name = f"{output}_{metric.label}" if len(losses) > 1 else metric.label
            number = 2
            while name in named:
                name, number = f"{name.removesuffix(f'_{number - 1}')}_{number}", number + 1
            named[name] = (output, metric)
    return named


def part_names(losses: Mapping[str, Loss]) -> dict[str, str]:
    """Return output by the name of its loss in the history; empty for a single output."""
    return {f"{output}_loss": output for output in losses} if len(losses) > 1 else {}


def history_schema(
    losses: Mapping[str, Loss], metrics: MetricsByOutput, *, validated: bool
) -> pl.Schema:
    """Return the columns of the history."""
    names = ["loss", *part_names(losses), *metric_names(losses, metrics)]
    if validated:
        names += [f"val_{name}" for name in names]
    columns = dict.fromkeys([*names, "learning_rate", "seconds"], pl.Float64())
    return pl.Schema({"epoch": pl.Int64(), **columns})


def history_table(rows: Sequence[HistoryRow], schema: pl.Schema) -> pl.DataFrame:
    """Return the history as a table."""
    return pl.DataFrame(rows, schema=schema)
