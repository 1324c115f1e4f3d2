"""HTML and SVG as text: whatever is not markup already is escaped, so nothing can be forgotten."""

from __future__ import annotations

import html
from collections.abc import Iterable

VOID = frozenset({"br", "hr", "img", "meta"})

Child = str | None | Iterable["Child"]
Value = str | int | float | bool | None


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def escaped(text: str) -> Markup:
    """Return text as markup; markup stays as it is."""
    return text if isinstance(text, Markup) else Markup(html.escape(_printable(text)))


def element(tag: str, *children: Child, **attributes: Value) -> Markup:
    """Return an element.

    Args:
        tag: Its name.
        children: Text, markup, or lists of these; ``None`` is nothing.
        attributes: By name; ``class_`` stands for ``class``, ``_`` within a name for ``-``.
            ``None`` and ``False`` leave an attribute out.
    """
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in VOID:
        return Markup(f"<{tag}{written}>")
    return Markup(f"<{tag}{written}>{joined(children)}</{tag}>")


def joined(children: Iterable[Child]) -> Markup:
    """Return children one after the other."""
    parts: list[str] = []
    for child in children:
        if isinstance(child, str):
            parts.append(escaped(child))
        elif child is not None:
            parts.append(joined(child))
    return Markup("".join(parts))


def style(text: str) -> Markup:
    """Return a style sheet of ours; it must hold nothing of a user's."""
    return Markup(f"<style>{text}</style>")


def _attribute(name: str, value: Value) -> str:
    if value is None or value is False:
        return ""
    plain = name.rstrip("_").replace("_", "-") if name != "viewBox" else name
    if value is True:
        return f" {plain}"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f' {plain}="{html.escape(_printable(text))}"'


def _printable(text: str) -> str:
    """Return text without control characters, which no page may hold."""
    return "".join(
        one if one >= " " or one in "\n\t" else "\N{REPLACEMENT CHARACTER}" for one in text
    )
