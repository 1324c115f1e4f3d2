"""Pieces of programs: constructors, arguments, numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

WIDTH = 100
"""Longest line of text."""


def constructor_of(name: str, *sizes: Any, **settings: Any) -> str:
    """Return what makes a module, without arguments that are PyTorch's defaults."""
    return f"{name}({', '.join([*map(str, sizes), *arguments_of(**settings)])})"


def arguments_of(**settings: Any) -> list[str]:
    """Return arguments without those that are PyTorch's defaults."""
    defaults: dict[str, Any] = {
        "stride": (1,),
        "padding": (0,),
        "output_padding": (0,),
        "dilation": (1,),
        "groups": (1,),
        "bias": (True,),
        "eps": (1e-05,),
        "momentum": (0.1,),
    }
    return [
        f'{name}="{value}"' if isinstance(value, str) else f"{name}={value}"
        for name, value in settings.items()
        # False is no 0 here.
        if value is False or value not in defaults.get(name, ())
    ]


def compact(values: Any) -> Any:
    """Return several numbers, or one where all are equal."""
    if isinstance(values, int):
        return values
    return values[0] if len(set(values)) == 1 else tuple(values)


def flat_sides(sides: Any) -> tuple[int, ...]:
    """Return paddings in the order of ``F.pad``: the last axis first."""
    return tuple(int(place) for pair in reversed(list(sides)) for place in pair)


def numbers(values: Any) -> str:
    """Return a number, or several, as they stand in a program."""
    if isinstance(values, tuple):
        return f"torch.tensor({list(values)})"
    return repr(values) if math.isfinite(values) else f"float('{values}')"


def line_of(text: str) -> str:
    """Return a statement within a method, with a long call broken into lines as people do."""
    indent = " " * 8
    target, sign, value = text.partition(" = ")
    start = f"{indent}{target}{sign}"
    return start + _broken(value, indent, len(start)) if sign else indent + text


def _broken(value: str, indent: str, before: int) -> str:
    """Return a call whose arguments stand on lines of their own where one line is too short.

    Args:
        value: The call, or anything else, which stays as it is.
        indent: That of its line.
        before: How much of the line is taken already.
    """
    name, bracket, rest = value.partition("(")
    parts = list(_arguments(rest[:-1])) if value.endswith(")") else []
    # Brackets that close early belong to no one call.
    if before + len(value) <= WIDTH or not bracket or not parts:
        return value
    inner = f"{indent}    "
    if len(inner) + len(rest) - 1 <= WIDTH:
        return f"{name}(\n{inner}{rest[:-1]}\n{indent})"
    lines = (f"{inner}{_broken(part, inner, len(inner) + 1)},\n" for part in parts)
    return f"{name}(\n{''.join(lines)}{indent})"


def _arguments(text: str) -> Iterator[str]:
    """Yield the arguments of a call; none where the text is not that of one call."""
    depth, start, found = 0, 0, []
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth < 0:
            return
        if sign == "," and depth == 0:
            found.append(text[start:place].strip())
            start = place + 1
    yield from [*found, text[start:].strip()]
