"""What a person should know of columns that stay text although they look like something else."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from flowengine.errors import listing
from flowengine_nodes.io._written import MARKS, Mark, Writing

_GAPS = frozenset(
    [
        "NA",
        "N/A",
        "n/a",
        "#N/A",
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "NULL",
        "null",
        "None",
        "none",
        "NaN",
        "nan",
        "NaT",
        "<NA>",
        "missing",
        "?",
        "-",
        "--",
        ".",
        "*",
    ]
)
"""What other tools write for a missing value."""
_PLAIN = r"^\s*[+-]?(\d+([.,]\d*)?|[.,]\d+|\d{1,3}([.,' ]\d{3})+([.,]\d*)?)([eE][+-]?\d+)?\s*$"
_COMMA = r"^\s*[+-]?\d+,\d+\s*$"
_DAY = r"^\s*\d{1,2}[./-]\d{1,2}[./-]\d{4}\b"


def hints(
    texts: Iterable[pl.Series], writing: Writing, nulls: Iterable[str], label: str
) -> list[str]:
    """Return a sentence for each kind of value that another setting would read as more than text.

    Args:
        texts: The columns of text.
        writing: How the settings say that values are written.
        nulls: What the settings say that stands for a missing value.
        label: Name of the file in sentences.
    """
    found: dict[str, list[str]] = {}
    gaps: dict[str, None] = {}
    gappy: list[str] = []
    for column in texts:
        known = column.alias("value").drop_nulls()  # a name such as "^a.*$" is a pattern to polars
        if not len(known):
            continue
        if marks := _gaps(known):
            gaps.update(dict.fromkeys(marks))
            gappy.append(column.name)
        elif sentence := _numbers(known, writing) or _days(known, writing):
            found.setdefault(sentence, []).append(column.name)
    told = [sentence.format(f'{listing(names)} of "{label}"') for sentence, names in found.items()]
    if gappy:
        told.append(
            f'numbers in {listing(gappy)} of "{label}" are read as text because of '
            f'{listing(gaps)}; set "null_values" to [{_quoted([*nulls, *gaps])}] if that stands '
            f"for missing values"
        )
    return told


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join(f'"{text}"' for text in texts)


def _gaps(known: pl.Series) -> list[str]:
    """Return what stands for missing values in a column that else holds numbers only."""
    others = known.filter(~known.str.contains(_PLAIN)).unique(maintain_order=True)
    if not 0 < len(others) <= len(_GAPS) or known.n_unique() == len(others):
        return []
    marks = others.to_list()
    return marks if all(mark in _GAPS or not mark.strip() for mark in marks) else []


def _numbers(known: pl.Series, writing: Writing) -> str:
    comma = writing.decimal == "." and bool(known.str.contains(_COMMA).all())
    for thousands, decimal in _ways(writing):
        pattern = Writing(decimal, thousands)
        if not known.str.contains(pattern.number).all():
            continue
        grouped = known.filter(known.str.contains(pattern.grouped))
        if not len(grouped):
            continue
        if comma and len(grouped) == len(known) and writing.thousands is None:
            return (
                f'numbers such as "{grouped[0]}" in {{}} are read as text; set "thousands" to '
                f'"," if the comma stands between thousands, or "decimal" to "," if it is a '
                f"decimal mark"
            )
        change = "" if decimal == writing.decimal else f' and "decimal" to "{decimal}"'
        return (
            f'numbers such as "{grouped[0]}" in {{}} are read as text; set "thousands" to '
            f'"{thousands}"{change} to read them as numbers'
        )
    if not comma:
        return ""
    return (
        'numbers with a decimal comma in {} are read as text; set "decimal" to "," to read them '
        "as numbers"
    )


def _ways(writing: Writing) -> list[tuple[Mark, str]]:
    decimals = (writing.decimal, "," if writing.decimal == "." else ".")
    return [(mark, decimal) for decimal in decimals for mark in MARKS if mark != decimal]


def _days(known: pl.Series, writing: Writing) -> str:
    if not known.str.contains(_DAY).all():
        return ""
    orders = [
        order
        for order in ("day_first", "month_first")
        if order != writing.dates and Writing(dates=order).found(known) is not None
    ]
    if not orders:
        return ""
    choice = " or ".join(f'"{order}"' for order in orders)
    which = ", whichever is meant," if len(orders) > 1 else ""
    return (
        f'dates such as "{known[0]}" in {{}} are read as text; set "dates" to {choice}{which} to '
        f"read them as dates"
    )
