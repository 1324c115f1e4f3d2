"""A workflow as a picture: SVG text that stands alone, in the reader's theme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flowengine.document import Document
from flowengine.planning.plan import Plan
from flowengine.report.cards import Card, cards_of, draw_card, port_colour, short
from flowengine.report.look import FONT, variables
from flowengine.report.markup import Markup, element, style
from flowengine.report.places import WIDTH

MARGIN = 24.0
READABLE = 0.6
"""Part of its size to which a picture may shrink."""
LINE, LETTER = 18.0, 6.6
"""Height of a line of a note, and about the width of a letter."""

STYLE = (
    f".fe-picture{{font:13px {FONT}}}"
    ".fe-picture .ground{fill:var(--canvas)}"
    ".fe-picture .card{fill:var(--surface);stroke:var(--line-strong)}"
    ".fe-picture .title{fill:var(--text);font-weight:560}"
    ".fe-picture .essence{fill:var(--text-soft);font-size:11.5px}"
    ".fe-picture .wire{fill:none;stroke-width:2;opacity:.75}"
    ".fe-picture .note{fill:var(--text-faint);fill-opacity:.1;stroke:var(--line-strong)}"
    ".fe-picture .letter{font-size:12px;font-weight:650;text-anchor:middle}"
)

Box = Sequence[float]


def workflow_picture(
    document: Document, plan: Plan, states: Mapping[str, str] | None = None
) -> Markup:
    """Return a workflow as SVG.

    Args:
        document: The workflow.
        plan: Its plan, for ports and titles.
        states: State of each node, drawn on its card; by default none.
    """
    cards, known = cards_of(document, plan), states or {}
    notes = [note for note in document.annotations if _is_box(note.get("place"))]
    boxes: list[Box] = [(*card.place, WIDTH, card.height) for card in cards.values()]
    left, top, width, height = _frame([*boxes, *(note["place"] for note in notes)])
    return element(
        "svg",
        style(variables(".fe-picture") + STYLE),
        element("title", f"The workflow {plan.name}"),
        element("rect", class_="ground", x=left, y=top, width=width, height=height, rx=8),
        map(_note, notes),
        [_wire(item.from_, item.to, cards, plan) for item in document.connections],
        [draw_card(card, document, plan, known.get(card.name)) for card in cards.values()],
        xmlns="http://www.w3.org/2000/svg",
        class_="fe-picture",
        viewBox=f"{left:g} {top:g} {width:g} {height:g}",
        width=width,
        height=height,
        # Where there is not enough room, words stay large enough to be read.
        style=f"min-width:{READABLE * width:.0f}px",
        role="img",
    )


def _frame(boxes: Sequence[Box]) -> tuple[float, float, float, float]:
    left = min((box[0] for box in boxes), default=0.0) - MARGIN
    top = min((box[1] for box in boxes), default=0.0) - MARGIN
    right = max((box[0] + box[2] for box in boxes), default=WIDTH) + MARGIN
    bottom = max((box[1] + box[3] for box in boxes), default=WIDTH) + MARGIN
    return left, top, right - left, bottom - top


def _wire(start: str, end: str, cards: Mapping[str, Card], plan: Plan) -> Markup | None:
    (one, _, output), (other, _, rest) = start.partition("."), end.partition(".")
    if one not in cards or other not in cards:
        return None
    x, y = cards[one].port(output, is_output=True)
    end_x, end_y = cards[other].port(rest.partition(".")[0], is_output=False)
    reach = max(32.0, abs(end_x - x) / 2)
    path = f"M{x:g} {y:g}C{x + reach:g} {y:g} {end_x - reach:g} {end_y:g} {end_x:g} {end_y:g}"
    colour = port_colour(one, output, plan, is_output=True)
    return element("path", class_="wire", d=path, style=f"stroke:{colour}")


def _note(note: Mapping[str, Any]) -> Markup:
    x, y, width, height = note["place"]
    lines = str(note.get("text", "")).splitlines()[: max(1, int(height // LINE))]
    words = [short(line.lstrip("#- ").replace("**", ""), int(width // LETTER)) for line in lines]
    return element(
        "g",
        element("rect", class_="note", x=x, y=y, width=width, height=height, rx=8),
        [
            element("text", line, class_="essence", x=x + 12, y=y + 22 + LINE * number)
            for number, line in enumerate(words)
        ],
    )


def _is_box(place: Any) -> bool:
    return (
        isinstance(place, list)
        and len(place) == 4
        and all(isinstance(one, int | float) and not isinstance(one, bool) for one in place)
    )
