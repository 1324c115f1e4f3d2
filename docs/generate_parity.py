"""Write docs/parity.md: what was compared with Keras, and how far apart it was.

Tests run with ``FLOWENGINE_PARITY=FILE`` record every comparison there; ``generate_parity.py FILE``
sums them up in parity.json and writes the page; without FILE it writes the page from parity.json.
``--add`` changes the rows of FILE's layers alone, ``--check`` says what has no row yet,
``--count FILE`` how many comparisons there were.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

from flowengine.family import names_of
from flowengine.nn import constraints, initializers, regularizers
from flowengine.nn.activations import Activation
from flowengine.nn.losses.family import LOSSES
from flowengine.nn.metrics.members import METRICS
from flowengine.nn.optimizers.family import OPTIMIZERS
from flowengine.nn.schedules import SCHEDULES
from flowengine.packs import installed_packs

DOCS = Path(__file__).parent
DATA = DOCS / "parity.json"
PAGE = DOCS / "parity.md"
NOTE = "<!-- Written by docs/generate_parity.py from parity.json. Run: make parity -->\n"
OWN = "flowengine"
NOT_COMPUTED = {"layer.input"}
"""Types that compute nothing, so that there is nothing to compare."""

Row = dict[str, Any]
Rows = dict[str, dict[str, Row]]

TITLES = {
    "layer": "Layers",
    "activation": "Activations",
    "loss": "Losses",
    "metric": "Metrics",
    "optimizer": "Optimizers, over 20 steps",
    "schedule": "Schedules",
    "initializer": "Initializers: their statistics, in units of the deviation",
    "regularizer": "Regularizers",
    "constraint": "Constraints",
}

ABOUT = """Most have settings that hypothesis made up. Each has random inputs and weights and holds
against Keras 3 (on its torch backend): shape of the output, number of parameters, outputs, masks,
gradients of inputs and weights, penalties, constraints and moving averages; in inference, and where
nothing is random also in training. Where Keras 3 lacks the layer, or does on torch something else
than on TensorFlow, the reference is written in numpy.

*Settings tried* counts the values of a setting other than its default. The *worst difference* is
that of float32 numbers, relative to the largest one where that is above 1. The *kernel* is torch's
fused one, or a cell of our own where torch has none that is exact."""


NO_NODES = {
    "Lambda, Layer, Wrapper, FlaxLayer, JaxLayer, TFSMLayer, TorchModuleWrapper": "They hold code. "
    "A layer of one's own is a file, see CONTRIBUTING.",
    "LSTMCell, GRUCell, SimpleRNNCell, RNN, StackedRNNCells": "One step of a recurrent layer, and "
    "what repeats it: use the recurrent layers, one behind the other; states go in and out at "
    "ports.",
    "InputSpec, Pipeline": "No layers: a check of shapes, and a list of layers.",
    "StringLookup, IntegerLookup, TextVectorization, Hashing, HashedCrossing": "They work on text, "
    "or on values seen before training, which no tensor of a network is: the nodes of the pack "
    "`text` do it on tables, and the dictionary is a model that goes from node to node.",
    "MixUp, CutMix, MaxNumBoundingBoxes": "They change images together with their targets or "
    "boxes; a layer of a network sees what goes through it alone.",
}
"""Layers of Keras that are no nodes, and why."""


def wanted() -> dict[str, set[str]]:
    """Return the names that must have a row, by family."""
    return {
        "layer": {f"layer.{stem}" for stem in _layer_modules().values()} - NOT_COMPUTED,
        "activation": set(get_args(Activation)) - {"linear"},
        "loss": set(names_of(LOSSES)),
        "metric": set(names_of(METRICS)),
        "optimizer": set(names_of(OPTIMIZERS)),
        "schedule": set(names_of(SCHEDULES)) - {"constant"},
        "initializer": set(names_of(initializers.MEMBERS)),
        "regularizer": set(names_of(regularizers.MEMBERS)),
        "constraint": set(names_of(constraints.MEMBERS)),
    }


def summed_up(results: Iterable[Row]) -> Rows:
    """Return one row for each member: cases, values tried of each setting, worst difference."""
    rows: Rows = {family: {} for family in TITLES}
    tried: dict[tuple[str, str], dict[str, set[str]]] = {}
    for result in results:
        for family, name, settings in _members(result):
            row = rows[family].setdefault(
                name, {"cases": 0, "difference": 0.0, "settings": {}, "kernel": [], "reference": []}
            )
            row["cases"] += 1
            row["difference"] = max(row["difference"], result["difference"])
            for key in ("kernel", "reference"):
                if result[key] and result[key] not in row[key]:
                    row[key] = sorted([*row[key], result[key]])
            values = tried.setdefault((family, name), {})
            for setting, value in settings.items():
                values.setdefault(setting, set()).add(json.dumps(value, sort_keys=True))
    for (family, name), values in tried.items():
        row = rows[family][name]
        row["difference"] = float(f"{row['difference']:.1e}")
        row["settings"] = {setting: len(found) for setting, found in sorted(values.items())}
    return {family: dict(sorted(members.items())) for family, members in rows.items()}


def merged(rows: Rows, new: Rows) -> Rows:
    """Return rows with those of some layers renewed, and with what else they lack."""
    # What a few layers tell of activations or regularizers is less than what all have told.
    found = {
        family: members | new[family] if family == "layer" else new[family] | members
        for family, members in rows.items()
    }
    return {family: dict(sorted(members.items())) for family, members in found.items()}


def _members(result: Row) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what a result tells of: a layer's, also of what its settings name."""
    family, name, settings = result["family"], result["name"], result["settings"]
    if family != "layer":
        yield family, name, settings
        return
    stem = _layer_modules().get(name)
    if stem is None:
        return
    yield family, f"layer.{stem}", settings
    for setting, value in settings.items():
        kind = setting.rpartition("_")[2]
        if kind in ("regularizer", "constraint") and value is not None:
            yield kind, value["type"], {k: v for k, v in value.items() if k != "type"}
        elif setting == "activation" and isinstance(value, str):
            yield kind, value, {}


def page(rows: Rows) -> str:
    """Return the text of the page."""
    return "\n".join(_page(rows)) + "\n"


def missing(rows: Rows) -> list[str]:
    """Return what should have a row and has none."""
    return [
        f"{family} {name}"
        for family, names in wanted().items()
        for name in sorted(names - rows.get(family, {}).keys())
    ]


def _page(rows: Rows) -> Iterator[str]:
    layers = [row["cases"] for row in rows["layer"].values()]
    yield from ("# Parity with Keras", "", NOTE)
    yield f"{sum(layers):,} comparisons of {len(layers)} layers. {ABOUT}"
    for family, title in TITLES.items():
        if rows.get(family):
            yield from ("", f"## {title}", "")
            yield from _table(family, rows[family])
    yield from _no_nodes()


def _no_nodes() -> Iterator[str]:
    yield from ("", "## Layers of Keras that are no nodes", "", "| layers | why |", "|---|---|")
    for names, reason in NO_NODES.items():
        quoted = ", ".join(f"`{name}`" for name in names.split(", "))
        yield f"| {quoted} | {reason} |"


def _table(family: str, members: dict[str, Row]) -> Iterator[str]:
    has_kernel = family == "layer"
    head = ["name", "cases", "settings tried", "worst difference", "reference"]
    head += ["kernel"] if has_kernel else []
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for name, row in members.items():
        tried = ", ".join(f"`{setting}` {count}" for setting, count in row["settings"].items())
        cells = [
            f"`{name}`",
            str(row["cases"]),
            tried or "–",
            f"{row['difference']:.0e}" if row["difference"] else "0",
            ", ".join(row["reference"]),
        ]
        cells += [" or ".join(sorted(row["kernel"], reverse=True))] if has_kernel else []
        yield f"| {' | '.join(cells)} |"


@cache
def _layer_modules() -> dict[str, str]:
    """Return the stem of every layer's file by the name of its module."""
    pack = next(pack for pack in installed_packs() if pack.origin == OWN and pack.prefix == "layer")
    return {file.module: stem for stem, file in pack.files.items()}


def _results(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _count(results: list[Row]) -> str:
    rows = summed_up(results)["layer"].values()
    cases = sum(row["cases"] for row in rows)
    rest = sum(result["family"] != "layer" for result in results)
    return f"compared with Keras: {cases:,} cases of {len(rows)} layers, {rest:,} of other families"


def main() -> int:
    """Write, check or count; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", nargs="?", type=Path, help="file of recorded comparisons")
    parser.add_argument("--add", action="store_true", help="keep the rows of other layers")
    parser.add_argument("--check", action="store_true", help="change nothing; say what is missing")
    parser.add_argument("--count", action="store_true", help="change nothing; count the results")
    arguments = parser.parse_args()
    if arguments.count:
        print(_count(_results(arguments.results)))
        return 0
    rows: Rows = {} if not DATA.exists() else json.loads(DATA.read_text(encoding="utf-8"))
    if arguments.results:
        results = _results(arguments.results)
        rows = merged(rows, summed_up(results)) if arguments.add else summed_up(results)
        print(_count(results))
    lacking, text = missing(rows), page(rows)
    for name in lacking:
        print(f"not compared with Keras yet: {name}", file=sys.stderr)
    if arguments.check:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text:
            print("parity.md is out of date; run: python docs/generate_parity.py", file=sys.stderr)
            return 1
    else:
        DATA.write_text(_dumps(rows), encoding="utf-8")
        PAGE.write_text(text, encoding="utf-8")
    return 1 if lacking else 0


def _dumps(rows: Rows) -> str:
    """Return the rows as JSON, one on a line, so that changes are readable."""
    parts = []
    for family, members in rows.items():
        lines = ",\n".join(f"    {json.dumps(n)}: {json.dumps(row)}" for n, row in members.items())
        parts.append(f'  "{family}": {{\n{lines}\n  }}' if lines else f'  "{family}": {{}}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    sys.exit(main())
