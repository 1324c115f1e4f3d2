"""Colours of reports and pictures, in light and dark, as the editor has them."""

from __future__ import annotations

LIGHT = {
    "canvas": "#f4f5f7",
    "surface": "#ffffff",
    "line": "#e3e6eb",
    "line-strong": "#c9ced7",
    "text": "#171b26",
    "text-soft": "#505a6d",
    "text-faint": "#69738a",
    "accent": "#4353e0",
    "good": "#177a45",
    "good-soft": "#e2f4ea",
    "warn": "#935a00",
    "warn-soft": "#fcf0d9",
    "bad": "#c3303a",
    "bad-soft": "#fbe7e8",
    "table": "#2f6fde",
    "network": "#c4432f",
    "model": "#8e44ad",
    "chart": "#b1700a",
    "variable": "#5d6d7e",
    "series-0": "#4353e0",
    "series-1": "#c2570c",
    "series-2": "#0d7d6c",
    "series-3": "#a8327d",
    "series-4": "#6e6a00",
    "series-5": "#2679ad",
}
DARK = {
    "canvas": "#12141a",
    "surface": "#1a1d25",
    "line": "#2a2f3a",
    "line-strong": "#3d4451",
    "text": "#e9ecf3",
    "text-soft": "#a9b2c3",
    "text-faint": "#8e98ac",
    "accent": "#a3acff",
    "good": "#56c98a",
    "good-soft": "#14301f",
    "warn": "#e7b04b",
    "warn-soft": "#35280f",
    "bad": "#ff7b81",
    "bad-soft": "#3c191d",
    "table": "#6d9cf3",
    "network": "#ee7d6b",
    "model": "#bf86dd",
    "chart": "#dfa040",
    "variable": "#95a5b8",
    "series-0": "#8f9aff",
    "series-1": "#f2975c",
    "series-2": "#4dc4af",
    "series-3": "#e585c0",
    "series-4": "#cbc455",
    "series-5": "#6db6e8",
}
SERIES = 6
"""Colours of lines; a seventh has the first one's."""
FONT = "Inter,'Segoe UI',system-ui,-apple-system,'DejaVu Sans',sans-serif"
HUES = (265, 152, 28, 212, 345, 48, 190, 310, 95, 240, 10, 170)
"""Hues of packs, by their place."""


def variables(selector: str) -> str:
    """Return the colours as CSS variables of an element, those of the reader's theme."""
    light, dark = (
        "".join(f"--{name}:{value};" for name, value in colours.items())
        for colours in (LIGHT, DARK)
    )
    return (
        f"{selector}{{color-scheme:light dark;{light}}}"
        f"@media (prefers-color-scheme:dark){{{selector}{{{dark}}}}}"
    )


def tint(place: int) -> str:
    """Return the tint of a pack as a colour that suits both themes."""
    hue = HUES[place % len(HUES)]
    return f"light-dark(hsl({hue} 55% 41%),hsl({hue} 62% 73%))"
