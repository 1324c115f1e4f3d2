"""Numbers as coloured fields: few of them as squares with their numbers, many as one picture."""

from __future__ import annotations

from collections.abc import Sequence

from flowengine.pictures import data_uri, png
from flowengine.report.axes import number
from flowengine.report.markup import Markup, element
from flowengine.report.scales import ACCENT, PAPER, Colour, Grid, Scale, coloured, shares, sides

NUMBERED = 400
"""Fields that get a number and a name; more become a picture."""
SIZE, SMALLEST, LARGEST = 480.0, 22.0, 56.0
LEFT, TOP = 88.0, 22.0
LETTER = 6.4
"""About the width of a letter."""
DARK = 380
"""Sum of a colour on which white can be read."""

Look = tuple[str, str]
"""Style of a field and of the number in it."""


def heat_map(
    grid: Grid,
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    title: str = "",
    scale: Scale = ACCENT,
    middle: float | None = None,
    numbers: Grid | None = None,
    bare: bool = False,
) -> Markup:
    """Return numbers as coloured fields.

    Args:
        grid: The numbers, row by row; ``None`` is no field.
        rows: Names of the rows.
        columns: Names of the columns.
        title: What it shows.
        scale: Colours from the lowest number to the highest.
        middle: Number that has the middle colour; by default halfway.
        numbers: Numbers that stand in the fields; by default those that colour them.
        bare: Whether to leave out numbers and names.
    """
    caption = element("figcaption", element("strong", title)) if title else None
    if bare or len(rows) * len(columns) > NUMBERED:
        return element("figure", caption, _picture(coloured(grid, scale, middle), title))
    if scale is ACCENT and middle is None:
        looks = [[None if one is None else _theme(one) for one in row] for row in shares(grid)]
    elif middle is not None and scale[len(scale) // 2] == PAPER:
        looks = [
            [None if one is None else _from_paper(one, scale) for one in row]
            for row in sides(grid, middle)
        ]
    else:
        colours = coloured(grid, scale, middle)
        looks = [[None if one is None else _fixed(one) for one in row] for row in colours]
    return element("figure", caption, _squares(numbers or grid, looks, rows, columns, title))


def _squares(
    numbers: Grid,
    looks: Sequence[Sequence[Look | None]],
    rows: Sequence[str],
    columns: Sequence[str],
    title: str,
) -> Markup:
    side = max(SMALLEST, min(LARGEST, SIZE / max(1, len(columns))))
    width, height = LEFT + side * len(columns), TOP + side * len(rows)
    return element(
        "svg",
        element("title", title or "a table as coloured fields"),
        [
            element("text", _cut(name, side), x=LEFT + side * (x + 0.5), y=14, text_anchor="middle")
            for x, name in enumerate(columns)
        ],
        [
            element("text", _cut(name, LEFT), x=LEFT - 8, y=_line(y, side), text_anchor="end")
            for y, name in enumerate(rows)
        ],
        [
            _field(value, look, LEFT + side * x, TOP + side * y, side)
            for y, (values, line) in enumerate(zip(numbers, looks, strict=True))
            for x, (value, look) in enumerate(zip(values, line, strict=True))
        ],
        class_="chart",
        viewBox=f"0 0 {width:g} {height:g}",
        style=f"max-width:{width:g}px",
        role="img",
    )


def _field(value: float | None, look: Look | None, x: float, y: float, side: float) -> list[Markup]:
    if value is None or look is None:
        return []
    box = {"x": x, "y": y, "width": side - 1, "height": side - 1, "rx": 3}
    text, middle = _cut(number(value), side), {"x": x + side / 2, "y": y + side / 2 + 4}
    return [
        element("rect", **box, style=look[0]),
        element("text", text, **middle, text_anchor="middle", style=look[1]),
    ]


def _theme(share: float) -> Look:
    """Return the page's own colour, the stronger the larger the number."""
    ink = "var(--surface)" if share > 0.6 else "var(--text)"
    return f"fill:var(--accent);fill-opacity:{0.06 + 0.86 * share:.2f}", f"fill:{ink}"


def _from_paper(share: float, scale: Scale) -> Look:
    """Return a colour of a scale that begins in its middle with that of the page, dark or light."""
    strength = abs(share)
    ink = "#fff" if strength > 0.7 else "var(--text)"
    end = scale[-1] if share > 0 else scale[0]
    return f"fill:rgb{end};fill-opacity:{strength:.2f}", f"fill:{ink}"


def _fixed(colour: Colour) -> Look:
    return f"fill:rgb{colour}", f"fill:{'#fff' if sum(colour) < DARK else '#171b26'}"


def _picture(colours: Sequence[Sequence[Colour | None]], title: str) -> Markup:
    import numpy as np

    pixels = np.array([[(*one, 255) if one else (0, 0, 0, 0) for one in row] for row in colours])
    return element("img", src=data_uri(png(pixels.astype(np.uint8))), alt=title, class_="pixels")


def _line(place: int, side: float) -> float:
    return TOP + side * (place + 0.5) + 4


def _cut(name: str, room: float) -> str:
    letters = max(1, int(room / LETTER))
    return name if len(name) <= letters else name[: max(1, letters - 1)] + "…"
