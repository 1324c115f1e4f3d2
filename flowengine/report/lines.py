"""Charts of lines, points and bars as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from flowengine.report.axes import Axis, axis, number
from flowengine.report.look import SERIES
from flowengine.report.markup import Markup, element

WIDTH, HEIGHT = 440.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 54.0, 12.0, 14.0, 34.0
MOST_POINTS = 600
"""Points of one line; more cannot be told apart."""

STYLE = (
    ".chart{display:block;width:100%;height:auto}"
    ".chart text{fill:var(--text-soft);font-size:11px}"
    ".chart .grid{stroke:var(--line)}"
    ".chart .line{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round}"
    ".chart .dashed{stroke-dasharray:5 4}"
)


@dataclass(frozen=True)
class Series:
    """A line, points or bars with one name.

    Args:
        name: What it shows.
        points: Its points, x and y.
        mark: ``line``, ``dashed`` with a dot at each point, ``point`` or ``bar``.
        colour: Number of its colour.
    """

    name: str
    points: Sequence[tuple[float, float]]
    mark: str = "line"
    colour: int = 0

    @property
    def stroke(self) -> str:
        """Its colour."""
        return f"var(--series-{self.colour % SERIES})"


def line_chart(series: Sequence[Series], *, x: str, y: str) -> Markup:
    """Return a chart with its legend.

    Args:
        series: What it shows.
        x: Title of the axis to the right.
        y: Title of the axis up.
    """
    shown = [one for one in series if _finite(one.points)]
    points = [point for one in shown for point in _finite(one.points)]
    has_bars = any(one.mark == "bar" for one in shown)
    across = axis([point[0] for point in points], LEFT, WIDTH - RIGHT)
    up = axis([point[1] for point in points], HEIGHT - BOTTOM, TOP, zero=has_bars)
    return element(
        "figure",
        element("figcaption", element("strong", y), map(_legend, shown if len(shown) > 1 else [])),
        element(
            "svg",
            element("title", f"{y} over {x}"),
            _grid(across, up, x),
            [_series(one, across, up) for one in shown],
            class_="chart",
            viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}",
            role="img",
        ),
    )


def _legend(one: Series) -> Markup:
    return element("span", element("i", style=f"background:{one.stroke}"), one.name, class_="key")


def _grid(across: Axis, up: Axis, x: str) -> list[Markup]:
    marks = []
    for value in up.ticks():
        y = up.place(value)
        marks += [
            element("line", class_="grid", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y),
            element("text", number(value), x=LEFT - 8, y=y + 4, text_anchor="end"),
        ]
    for value in across.ticks():
        place = across.place(value)
        marks.append(element("text", number(value), x=place, y=HEIGHT - 16, text_anchor="middle"))
    marks.append(
        element("text", x, x=(LEFT + WIDTH - RIGHT) / 2, y=HEIGHT - 2, text_anchor="middle")
    )
    return marks


def _series(one: Series, across: Axis, up: Axis) -> list[Markup]:
    places = [(across.place(x), up.place(y)) for x, y in _thin(_finite(one.points))]
    colour = one.stroke
    if one.mark == "bar":
        return [_bar(x, y, up, colour, len(places)) for x, y in places]
    drawn = []
    if one.mark != "point":
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        dashed = " dashed" if one.mark == "dashed" else ""
        drawn.append(element("path", class_=f"line{dashed}", d=path, style=f"stroke:{colour}"))
    if one.mark != "line" or len(places) == 1:
        radius = 3.0 if len(places) < 60 else 1.5
        drawn += [
            element("circle", cx=round(x, 1), cy=round(y, 1), r=radius, style=f"fill:{colour}")
            for x, y in places
        ]
    return drawn


def _bar(x: float, y: float, up: Axis, colour: str, count: int) -> Markup:
    width = max(2.0, min(28.0, (WIDTH - LEFT - RIGHT) / max(count, 1) * 0.7))
    ground = up.place(0.0)
    return element(
        "rect",
        x=x - width / 2,
        y=min(y, ground),
        width=width,
        height=abs(ground - y),
        style=f"fill:{colour}",
    )


def _finite(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(x, y) for x, y in points if math.isfinite(x) and math.isfinite(y)]


def _thin(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    if len(points) <= MOST_POINTS:
        return points
    stride = -(-len(points) // (MOST_POINTS - 1))
    return [*points[:-1:stride], points[-1]]
