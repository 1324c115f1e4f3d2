"""The executor's work: a network and a table become columns of predictions. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import polars as pl

from flowengine.context import Context
from flowengine.errors import ConfigureError, listing, suggest
from flowengine.network import Binding, Feed, Network
from flowengine.nn.binding import plan_inputs
from flowengine.nn.build import build, load_weights, network_weights
from flowengine.nn.categories import fit_binding
from flowengine.nn.devices import borrowed_torch, torch_device
from flowengine.nn.feeds import Feeder
from flowengine.nn.prediction import as_classes, as_values, predict

Output = Literal["auto", "class", "columns", "list"]


@dataclass(frozen=True)
class Asked:
    """What an executor is asked for; its settings under the same names."""

    output: Output = "auto"
    probability: bool = True
    prefix: str = ""
    batch_size: int = 128
    input_columns: Sequence[str] | Mapping[str, Sequence[str]] | None = None
    conversions: Mapping[str, str] | None = None


def apply_network(
    network: Network, table: pl.DataFrame, asked: Asked, ctx: Context
) -> list[pl.Series]:
    """Return the columns a network adds to a table.

    Args:
        network: The network, trained or not.
        table: The table.
        asked: The form of the output.
        ctx: The node's context.

    Raises:
        ConfigureError: Columns are missing, or the output has no classes.
        DataError: The data does not fit.
    """
    if not network.is_trained:
        untrained = [
            name
            for name in network.spec.layers
            if name not in network.weights and network.spec.weights_of(name)
        ]
        ctx.warn(f"not trained: {listing(untrained)}; applied with first weights from the seed")
    device = torch_device(ctx.device)
    binding = _binding(network, table, asked)
    forms = {name: _form(network, name, binding, asked.output) for name in network.spec.outputs}
    with borrowed_torch(device, threads=ctx.threads, seed=ctx.seed):
        built = build(network.spec)
        load_weights(built, network_weights(network, ctx.seed))
        built.to(device)
        results = predict(
            built,
            Feeder(table, binding, network.spec, {}, device),
            {name: as_classes if form == "class" else as_values for name, form in forms.items()},
            batch_size=asked.batch_size,
            ctx=ctx,
        )
    columns: list[pl.Series] = []
    for name, form in forms.items():
        start = asked.prefix if len(forms) == 1 else f"{asked.prefix}{name}_"
        if form == "class":
            columns += _classes(start, results[name], binding.targets[name], table, asked)
        else:
            columns += _values(start, name, form, results[name]["values"])
    return columns


def _binding(network: Network, table: pl.DataFrame, asked: Asked) -> Binding:
    known = network.binding or Binding()
    if asked.input_columns is None and not asked.conversions and known.inputs:
        for name, feed in known.inputs.items():
            _require(table, name, feed)
        return known
    planned = plan_inputs(
        network.spec,
        table.schema,
        input_columns=asked.input_columns,
        conversions=asked.conversions,
        binding=known,
    )
    return fit_binding(Binding(planned, known.targets), network.spec, table, {})


def _require(table: pl.DataFrame, name: str, feed: Feed) -> None:
    for column in feed.columns:
        if column not in table.columns:
            raise ConfigureError(
                f'the network was trained with column "{column}" as input "{name}", which the '
                f"table does not have.{suggest(column, table.columns)} "
                f"It has {listing(table.columns)}; choose with the setting input_columns",
                setting="input_columns",
            )


def _form(network: Network, name: str, binding: Binding, wanted: Output) -> Output:
    feed = binding.targets.get(name)
    has_classes = feed is not None and bool(feed.categories)
    shape = network.spec.tensors[network.spec.outputs[name]].shape
    if wanted == "class" and not has_classes:
        raise ConfigureError(
            f'output "{name}" was not trained on classes; choose output "columns" or "list"',
            setting="output",
        )
    if wanted != "auto":
        return wanted
    if has_classes:
        return "class"
    return "columns" if len(shape) <= 1 else "list"


def _classes(
    start: str, answers: Mapping[str, Any], feed: Feed, table: pl.DataFrame, asked: Asked
) -> list[pl.Series]:
    categories = list(feed.categories)
    dtype = _class_type(feed, table)
    # Positions beyond the categories are units that no class of the training data stands for.
    names = pl.Series(categories, dtype=pl.String if isinstance(categories[0], str) else pl.Int64)
    index = pl.Series(answers["index"]).cast(pl.UInt32)
    known = pl.select(pl.when(index < len(categories)).then(index)).to_series()
    columns = [names.gather(known).cast(dtype).alias(f"{start}prediction")]
    if asked.probability:
        columns.append(pl.Series(f"{start}probability", answers["probability"]))
    return columns


def _class_type(feed: Feed, table: pl.DataFrame) -> pl.DataType:
    """Return the type of the target's own column where the table has it, for comparisons."""
    own = table.schema.get(feed.columns[0])
    if not isinstance(feed.categories[0], str):
        return own if own is not None and (own.is_integer() or own == pl.Boolean) else pl.Int64()
    if isinstance(own, (pl.Enum, pl.String, pl.Categorical)):
        return own
    return pl.Enum(list(map(str, feed.categories)))


def _values(start: str, name: str, form: Output, values: np.ndarray[Any, Any]) -> list[pl.Series]:
    flat = values.reshape(len(values), int(np.prod(values.shape[1:])))
    if form == "list":
        return [pl.Series(f"{start}prediction", values if values.ndim > 1 else flat)]
    if flat.shape[1] == 1:
        return [pl.Series(f"{start}prediction", flat[:, 0])]
    start = start or f"{name}_"
    return [pl.Series(f"{start}{place}", flat[:, place]) for place in range(flat.shape[1])]
