"""The executor's work: a network and a table become columns of predictions. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from flowengine.context import Context
from flowengine.errors import listing
from flowengine.network import Binding, Feed, Network
from flowengine.nn.binding import plan_inputs
from flowengine.nn.build import build, load_weights, network_weights
from flowengine.nn.categories import fit_binding
from flowengine.nn.devices import borrowed_torch, torch_device
from flowengine.nn.feeds import Feeder
from flowengine.nn.inspection import Seen, look_inside
from flowengine.nn.predicted import (
    Asked,
    Output,
    asked_spec,
    class_type,
    output_form,
    require_columns,
    value_columns,
)
from flowengine.nn.prediction import as_classes, as_values, predict
from flowengine.nn.ragged import masked_spec


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
    _warn_untrained(network, ctx)
    device = torch_device(ctx.device)
    binding = _binding(network, table, asked)
    spec = asked_spec(network.spec, asked.outputs)
    forms = {
        name: output_form(
            name, len(spec.tensors[tensor].shape), binding.targets.get(name), asked.output
        )
        for name, tensor in spec.outputs.items()
    }
    with borrowed_torch(device, threads=ctx.threads, seed=ctx.seed):
        built = build(masked_spec(spec, binding, table.schema))
        load_weights(built, network_weights(network, ctx.seed))
        built.to(device)
        results = predict(
            built,
            Feeder(table, binding, spec, {}, device),
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


def inspect_network(
    network: Network, row: pl.DataFrame, calls: Mapping[str, str], ctx: Context
) -> list[Seen]:
    """Return what there is to see inside a network for one row.

    Args:
        network: The network, trained or not.
        row: A table of one row.
        calls: Layer by the name of a call, for the calls to look at.
        ctx: The node's context.

    Raises:
        ConfigureError: Columns are missing.
        DataError: The data does not fit.
    """
    _warn_untrained(network, ctx)
    device = torch_device(ctx.device)
    binding = _binding(network, row, Asked())
    ctx.check()
    with borrowed_torch(device, threads=ctx.threads, seed=ctx.seed):
        # Without rewrites every layer's output is its own.
        built = build(masked_spec(network.spec, binding, row.schema), optimize=False)
        load_weights(built, network_weights(network, ctx.seed))
        built.to(device)
        feeder = Feeder(row, binding, network.spec, {}, device)
        return look_inside(built, feeder.take(np.arange(1)), calls)


def _warn_untrained(network: Network, ctx: Context) -> None:
    if network.is_trained:
        return
    untrained = [
        name
        for name in network.spec.layers
        if name not in network.weights and network.spec.weights_of(name)
    ]
    ctx.warn(f"not trained: {listing(untrained)}; applied with first weights from the seed")


def _binding(network: Network, table: pl.DataFrame, asked: Asked) -> Binding:
    known = network.binding or Binding()
    if asked.input_columns is None and not asked.conversions and known.inputs:
        for name, feed in known.inputs.items():
            require_columns(table.schema, name, feed)
        return known
    planned = plan_inputs(
        network.spec,
        table.schema,
        input_columns=asked.input_columns,
        conversions=asked.conversions,
        binding=known,
    )
    return fit_binding(Binding(planned, known.targets), network.spec, table, {})


def _classes(
    start: str, answers: Mapping[str, Any], feed: Feed, table: pl.DataFrame, asked: Asked
) -> list[pl.Series]:
    categories = list(feed.categories)
    dtype = class_type(feed, table.schema) or pl.Enum(list(map(str, categories)))
    # Positions beyond the categories are units that no class of the training data stands for.
    names = pl.Series(categories, dtype=pl.String if isinstance(categories[0], str) else pl.Int64)
    index = pl.Series(answers["index"]).cast(pl.UInt32)
    known = pl.select(pl.when(index < len(categories)).then(index)).to_series()
    columns = [names.gather(known).cast(dtype).alias(f"{start}prediction")]
    if asked.probability:
        columns.append(pl.Series(f"{start}probability", answers["probability"]))
    return columns


def _values(start: str, name: str, form: Output, values: np.ndarray[Any, Any]) -> list[pl.Series]:
    columns = value_columns(start, name, form, values.shape[1:])
    if form == "list":
        return [pl.Series(column, values, dtype=dtype) for column, dtype in columns.items()]
    flat = values.reshape(len(values), len(columns))
    return [pl.Series(column, flat[:, place]) for place, column in enumerate(columns)]
