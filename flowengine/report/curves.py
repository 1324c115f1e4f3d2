"""What was learned as charts: a metric and its validation in one, as are several losses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flowengine.report.lines import Series, line_chart
from flowengine.report.markup import Markup, element

VALIDATION = "val_"

Points = Sequence[tuple[float, float]]


def learning_curves(metrics: Mapping[str, Points]) -> Markup:
    """Return a chart for each kind of metric.

    Args:
        metrics: Points by name, such as ``loss`` and ``val_loss``.
    """
    groups: dict[str, list[str]] = {}
    for name in metrics:
        groups.setdefault(name.rpartition("_")[2], []).append(name)
    charts = [_chart(kind, names, metrics) for kind, names in groups.items()]
    return element("div", charts, class_="charts")


def _chart(kind: str, names: list[str], metrics: Mapping[str, Points]) -> Markup:
    plain = list(dict.fromkeys(name.removeprefix(VALIDATION) for name in names))
    series = [
        Series(
            _words(name),
            metrics[name],
            mark="dashed" if name.startswith(VALIDATION) else "line",
            # A metric and its validation have colours of their own where nothing else is shown.
            colour=names.index(name) if len(plain) == 1 else plain.index(_plain(name)),
        )
        for name in names
    ]
    return line_chart(series, x="step", y=kind)


def _plain(name: str) -> str:
    return name.removeprefix(VALIDATION)


def _words(name: str) -> str:
    words = _plain(name).replace("_", " ")
    return f"validation {words}" if name.startswith(VALIDATION) else words
