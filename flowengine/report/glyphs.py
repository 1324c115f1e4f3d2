"""The state of a node as shape and colour, as the editor draws it."""

from __future__ import annotations

from flowengine.report.markup import Markup, element

ROUND = "M14 8A6 6 0 112 8a6 6 0 0112 0z"
LINES = {
    "queued": f"M8 8V4.5M8 8l2.4 1.4{ROUND}",
    "stopped": f"M6.4 5.5v5M9.6 5.5v5{ROUND}",
    "cancelled": f"M6 6h4v4H6z{ROUND}",
    "skipped": f"M4 12l8-8{ROUND}",
    "inactive": "M4.5 8h7",
}
FILLED = {"done": "M5 8.2l2.2 2.2L11.2 6", "failed": "M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6"}
COLOURS = {
    "done": "good",
    "changed": "good",
    "failed": "bad",
    "stopped": "warn",
    "ready": "warn",
    "running": "accent",
    "queued": "accent",
}


def state_glyph(state: str, x: float = 0.0, y: float = 0.0) -> Markup:
    """Return a state as a group of 16 × 16."""
    colour = f"var(--{COLOURS.get(state, 'text-faint')})"
    if state in FILLED:
        parts = [
            element("circle", cx=8, cy=8, r=6.8, style=f"fill:{colour}"),
            element("path", d=FILLED[state], style="stroke:var(--surface)"),
        ]
    else:
        parts = [element("path", d=LINES.get(state, ROUND), style=f"stroke:{colour}")]
    return element(
        "g",
        element("title", state),
        parts,
        transform=f"translate({x:g} {y:g})",
        fill="none",
        stroke_width=1.6,
        stroke_linecap="round",
        stroke_linejoin="round",
    )
