"""What an executor adds to a table: which columns, of which types. Imports no torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from flowengine.binding import Feed
from flowengine.errors import ConfigureError, listing, suggest
from flowengine.network import NetworkSpec
from flowengine.nn.dictionary import position_type
from flowengine.nn.feeds.applied import AskedFeeds, require_columns
from flowengine.nn.feeds.ending import final_activation

Output = Literal["auto", "class", "columns", "list"]
Form = Literal["class", "position", "columns", "list"]
"""What an output is added as; a position is a class that no category names."""


@dataclass(frozen=True)
class Asked(AskedFeeds):
    """What an executor is asked for; its settings under the same names."""

    outputs: Sequence[str] = ()
    output: Output = "auto"
    probability: bool = True
    prefix: str = ""
    batch_size: int = 128


def asked_spec(spec: NetworkSpec, outputs: Sequence[str]) -> NetworkSpec:
    """Return the network with the outputs that are asked for: its own, or any layer's.

    Raises:
        ConfigureError: There is no such output or layer.
    """
    if not outputs:
        return spec
    known = {**{name: name for name in spec.tensors}, **spec.outputs}
    for name in outputs:
        if name not in known:
            raise ConfigureError(
                f'the network has no output or layer "{name}".{suggest(name, known)} '
                f"It has {listing(known, limit=20)}",
                setting="outputs",
            )
    return replace(spec, outputs={name: known[name] for name in outputs})


def predicted_columns(spec: NetworkSpec, table: pl.Schema, asked: Asked) -> pl.Schema | None:
    """Return the columns that a network adds; ``None`` where only its training knows them.

    Args:
        spec: The network, with its binding where it is known.
        table: The table's columns.
        asked: The form of the output.

    Raises:
        ConfigureError: The table lacks a column, or the output has no classes.
    """
    binding = spec.binding
    spec = asked_spec(spec, asked.outputs)
    if binding is None:
        return None
    if asked.input_columns is None and not asked.conversions:
        for name, feed in binding.inputs.items():
            require_columns(table, name, feed)
    added: dict[str, pl.DataType] = {}
    for name, tensor in spec.outputs.items():
        shape = spec.tensors[tensor].shape
        target = binding.targets.get(name)
        form = output_form(spec, name, target, asked.output)
        start = asked.prefix if len(spec.outputs) == 1 else f"{asked.prefix}{name}_"
        if form == "class":
            dtype = class_type(target, table) if target is not None else None
            if dtype is None:
                return None
            added[f"{start}prediction"] = dtype
            if asked.probability:
                added[f"{start}probability"] = pl.Float32()
        elif None in shape:
            return None
        else:
            sizes = tuple(size for size in shape if size is not None)
            if form == "position":
                added |= position_columns(start, sizes, probability=asked.probability)
            else:
                added |= value_columns(start, name, form, sizes)
    return pl.Schema(added)


def output_form(spec: NetworkSpec, name: str, target: Feed | None, wanted: Output) -> Form:
    """Return the form in which an output is added.

    Raises:
        ConfigureError: Classes are asked for, and the output was not trained on any.
    """
    has_classes = target is not None and target.conversion in ("index", "one_hot")
    if wanted in ("auto", "class") and has_classes:
        return "class"
    if wanted == "auto":
        return "columns" if len(spec.tensors[spec.outputs[name]].shape) <= 1 else "list"
    if wanted != "class":
        return wanted
    ending = final_activation(spec, spec.outputs[name])
    if target is None or not (target.answer == "logits" or ending == "softmax"):
        raise ConfigureError(
            f'output "{name}" was not trained on classes; choose output "columns" or "list"',
            setting="output",
        )
    return "position"


def class_type(target: Feed, table: pl.Schema) -> pl.DataType | None:
    """Return the type of predicted classes: the target's own where the table has it.

    ``None`` where neither the table nor the categories tell.
    """
    own = table.get(target.columns[0])
    if target.categories:
        is_text = isinstance(target.categories[0], str)
    elif own is not None:
        is_text = not (own.is_integer() or own == pl.Boolean)
    else:
        return None
    if not is_text:
        if own is not None and (own.is_integer() or own == pl.Boolean):
            return own
        largest = max(category for category in target.categories if isinstance(category, int))
        return pl.Int64() if largest < 1 << 63 else pl.UInt64()
    if isinstance(own, (pl.Enum, pl.String, pl.Categorical)):
        return own
    return pl.Enum([str(category) for category in target.categories])


def position_columns(
    start: str, shape: tuple[int, ...], *, probability: bool
) -> dict[str, pl.DataType]:
    """Return the columns of an output of that shape that is added as positions of its units."""
    *steps, units = shape
    types = {"prediction": position_type(units), "probability": pl.Float32()}
    return {
        f"{start}{name}": pl.Array(dtype, tuple(steps)) if steps else dtype
        for name, dtype in types.items()
        if probability or name == "prediction"
    }


def value_columns(
    start: str, name: str, form: Form, shape: tuple[int, ...]
) -> dict[str, pl.DataType]:
    """Return the columns of an output that is added as numbers."""
    size = 1
    for axis in shape:
        size *= axis
    if form == "list":
        return {f"{start}prediction": pl.Array(pl.Float32, shape or 1)}
    if size == 1:
        return {f"{start}prediction": pl.Float32()}
    return {f"{start or f'{name}_'}{place}": pl.Float32() for place in range(size)}
