"""What a confusion matrix says of each class and over all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

STATISTICS = pl.Schema(
    {
        "class": pl.String,
        "true_positives": pl.Int64,
        "false_positives": pl.Int64,
        "true_negatives": pl.Int64,
        "false_negatives": pl.Int64,
        "recall": pl.Float64,
        "precision": pl.Float64,
        "sensitivity": pl.Float64,
        "specificity": pl.Float64,
        "f_measure": pl.Float64,
        "accuracy": pl.Float64,
        "error": pl.Float64,
        "cohens_kappa": pl.Float64,
        "correct": pl.Int64,
        "wrong": pl.Int64,
    }
)


def statistics(classes: list[str], counts: npt.NDArray[np.int64]) -> pl.DataFrame:
    """Return one row a class and a last row ``overall``.

    Args:
        classes: Names of the classes.
        counts: Confusion matrix, true classes down, predicted classes across.
    """
    rows = [_of_class(name, index, counts) for index, name in enumerate(classes)]
    return pl.DataFrame([*rows, _overall(counts)], schema=STATISTICS)


def _of_class(name: str, index: int, counts: npt.NDArray[np.int64]) -> dict[str, Any]:
    hits = int(counts[index, index])
    misses = int(counts[index].sum()) - hits
    alarms = int(counts[:, index].sum()) - hits
    rest = int(counts.sum()) - hits - misses - alarms
    recall = _ratio(hits, hits + misses)
    return {
        "class": name,
        "true_positives": hits,
        "false_positives": alarms,
        "true_negatives": rest,
        "false_negatives": misses,
        "recall": recall,
        "precision": _ratio(hits, hits + alarms),
        "sensitivity": recall,
        "specificity": _ratio(rest, rest + alarms),
        "f_measure": _ratio(2 * hits, 2 * hits + misses + alarms),
    }


def _overall(counts: npt.NDArray[np.int64]) -> dict[str, Any]:
    total, correct = int(counts.sum()), int(counts.trace())
    # Agreement that chance alone would give, times total².
    chance = int((counts.sum(axis=0) * counts.sum(axis=1)).sum())
    return {
        "class": "overall",
        "accuracy": _ratio(correct, total),
        "error": _ratio(total - correct, total),
        "cohens_kappa": _ratio(correct * total - chance, total * total - chance),
        "correct": correct,
        "wrong": total - correct,
    }


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
