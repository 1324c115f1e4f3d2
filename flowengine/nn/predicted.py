"""What an executor adds to a table: which columns, of which types. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

from flowengine.binding import Binding, Feed
from flowengine.errors import ConfigureError, listing, suggest
from flowengine.network import NetworkSpec
from flowengine.nn.dictionary import position_type
from flowengine.nn.feeds.binding import plan_inputs
from flowengine.nn.feeds.columns import fed_column
from flowengine.nn.feeds.ending import final_activation
from flowengine.nn.feeds.inputs import check_conversion

Output = Literal["auto", "class", "columns", "list"]
Form = Literal["class", "position", "columns", "list"]
"""What an output is added as; a position is a class that no category names."""


@dataclass(frozen=True)
class Asked:
    """What an executor is asked for; its settings under the same names."""

    outputs: Sequence[str] = ()
    output: Output = "auto"
    probability: bool = True
    prefix: str = ""
    batch_size: int = 128
    input_columns: Sequence[str] | Mapping[str, Sequence[str]] | None = None
    conversions: Mapping[str, str] | None = None


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


def planned_binding(
    spec: NetworkSpec, binding: Binding | None, table: pl.Schema, asked: Asked
) -> Binding:
    """Return what feeds the inputs of a network that is applied, categories as far as known.

    Args:
        spec: The network.
        binding: What fed it in its training, if it had one.
        table: The table's columns.
        asked: Columns and conversions of some inputs, where they are not those of the training.

    Raises:
        ConfigureError: The table lacks a column, or no columns fit.
    """
    known = binding or Binding()
    kept = {name: feed for name, feed in known.inputs.items() if name in spec.inputs}
    if asked.input_columns is None and not asked.conversions and kept:
        for name, feed in kept.items():
            require_columns(table, name, feed)
        if kept.keys() >= spec.inputs.keys():
            return known
    columns, conversions = asked.input_columns, dict(asked.conversions or {})
    if columns is None or isinstance(columns, Mapping):
        # Inputs that are not named keep what fed them, as far as they were trained.
        named = dict(columns or {})
        feeds = {name: feed for name, feed in kept.items() if name not in named}
        columns = {name: feed.columns for name, feed in feeds.items()} | named
        conversions = {name: feed.conversion for name, feed in feeds.items()} | conversions
    planned = plan_inputs(
        spec, table, input_columns=columns, conversions=conversions, binding=known
    )
    return Binding(planned, known.targets)


def require_columns(table: pl.Schema, name: str, feed: Feed) -> None:
    """Refuse a table that lacks a column of an input, or has it with values of another kind.

    Raises:
        ConfigureError: It does.
    """
    for column in feed.columns:
        if column not in table:
            raise ConfigureError(
                f'the network was trained with column "{column}" as input "{name}", which the '
                f"table does not have.{suggest(column, table)} "
                f"It has {listing(table)}; choose with the setting input_columns",
                setting="input_columns",
            )
        given = fed_column(table, column)
        # A column without any value is told by its missing values; arrays by their own shapes, and
        # lists may stand for them.
        fits = given.sort in ("array", "list") and feed.conversion in ("list", "image")
        if table[column] != pl.Null and not fits:
            check_conversion(name, feed.conversion, [given], "input_columns")


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
