"""The executor's work: a network and a table become columns of predictions. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import polars as pl

from flowengine.binding import Binding, Feed
from flowengine.context import Context
from flowengine.errors import listing
from flowengine.network import Network, NetworkSpec
from flowengine.nn.build import build, load_weights, network_weights
from flowengine.nn.devices import borrowed_torch, torch_device
from flowengine.nn.feeds.applied import planned_binding
from flowengine.nn.feeds.batches import Feeder
from flowengine.nn.feeds.categories import fit_binding
from flowengine.nn.feeds.ragged import masked_spec
from flowengine.nn.inspection import Seen, look_inside
from flowengine.nn.predicted import (
    Asked,
    Form,
    asked_spec,
    class_type,
    output_form,
    position_columns,
    value_columns,
)
from flowengine.nn.prediction import Tell, as_classes, as_values, predict
from flowengine.nn.streaming import stream
from flowengine.running.execute import reads_files


class Applier:
    """A network at hand for tables of the same columns.

    Args:
        network: The network, trained or not.
        binding: What feeds it, with all categories.
        schema: The columns of the tables.
        asked: The form of the output.
        ctx: The node's context.

    Raises:
        ConfigureError: The output has no classes.
    """

    def __init__(
        self, network: Network, binding: Binding, schema: pl.Schema, asked: Asked, ctx: Context
    ) -> None:
        self.binding = binding
        self.asked = asked
        self.device = torch_device(ctx.device)
        self.spec = asked_spec(network.spec, asked.outputs)
        self.forms = {
            name: output_form(self.spec, name, binding.targets.get(name), asked.output)
            for name in self.spec.outputs
        }
        self.built = build(masked_spec(self.spec, binding, schema))
        load_weights(self.built, network_weights(network, ctx.seed))
        self.built.to(self.device)

    def columns(self, table: pl.DataFrame, tell: Tell) -> list[pl.Series]:
        """Return the columns the network adds to a table.

        Args:
            table: The table.
            tell: Told how many rows are done, before each batch.

        Raises:
            DataError: The data does not fit.
        """
        results = predict(
            self.built,
            Feeder(table, self.binding, self.spec, {}, self.device),
            {
                name: partial(as_classes, answer=self.binding.targets[name].answer)
                if form in ("class", "position")
                else as_values
                for name, form in self.forms.items()
            },
            batch_size=self.asked.batch_size,
            tell=tell,
        )
        columns: list[pl.Series] = []
        for name, form in self.forms.items():
            prefix = self.asked.prefix
            start = prefix if len(self.forms) == 1 else f"{prefix}{name}_"
            if form == "class":
                target = self.binding.targets[name]
                columns += _classes(start, results[name], target, table, self.asked)
            elif form == "position":
                units = self.spec.tensors[self.spec.outputs[name]].shape[-1]
                columns += _positions(start, results[name], units or 1, self.asked)
            else:
                columns += _values(start, name, form, results[name]["values"])
        return columns


def apply_network(
    network: Network, table: pl.LazyFrame, asked: Asked, *, keep_columns: bool, ctx: Context
) -> pl.LazyFrame:
    """Return a table with the columns that a network adds.

    A table that is read from files streams: it is read, and the network applied, while somebody
    takes the result.

    Args:
        network: The network, trained or not.
        table: The table.
        asked: The form of the output.
        keep_columns: Whether the columns of the table stay.
        ctx: The node's context.

    Raises:
        ConfigureError: Columns are missing, or the output has no classes.
        DataError: The data does not fit.
    """
    warn_untrained(network, ctx)
    schema = table.collect_schema()
    binding = planned_binding(network.spec, network.binding, schema, asked)
    spec = asked_spec(network.spec, asked.outputs)
    device = torch_device(ctx.device)
    with borrowed_torch(device, threads=ctx.threads, seed=ctx.seed):
        if reads_files(table) and _is_known_beforehand(spec, binding):
            applier = Applier(network, binding, schema, asked, ctx)
            return stream(applier, table, keep_columns=keep_columns, ctx=ctx)
        whole = table.collect()
        binding = fit_binding(binding, network.spec, whole, {})
        applier = Applier(network, binding, schema, asked, ctx)

        def tell(done: int) -> None:
            ctx.progress(done / max(whole.height, 1), f"{done:,} of {whole.height:,} rows")

        added = applier.columns(whole, tell)
    return (whole.with_columns(added) if keep_columns else pl.DataFrame(added)).lazy()


def _is_known_beforehand(spec: NetworkSpec, binding: Binding) -> bool:
    """Return whether rows can be looked at apart: all of them are not needed to begin."""
    has_categories = all(
        feed.categories or feed.conversion not in ("index", "one_hot")
        for feed in binding.inputs.values()
    )
    shapes = [spec.tensors[tensor].shape for tensor in spec.outputs.values()]
    return has_categories and not any(None in shape for shape in shapes)


def inspect_network(
    network: Network,
    row: pl.DataFrame,
    calls: Mapping[str, str],
    ctx: Context,
    asked: Asked | None = None,
) -> list[Seen]:
    """Return what there is to see inside a network for one row.

    Args:
        network: The network, trained or not.
        row: A table of one row.
        calls: Layer by the name of a call, for the calls to look at.
        ctx: The node's context.
        asked: Which columns feed the inputs; by default those of the training.

    Raises:
        ConfigureError: Columns are missing.
        DataError: The data does not fit.
    """
    warn_untrained(network, ctx)
    device = torch_device(ctx.device)
    binding = planned_binding(network.spec, network.binding, row.schema, asked or Asked())
    binding = fit_binding(binding, network.spec, row, {})
    ctx.check()
    with borrowed_torch(device, threads=ctx.threads, seed=ctx.seed):
        # Without rewrites every layer's output is its own.
        built = build(masked_spec(network.spec, binding, row.schema), optimize=False)
        load_weights(built, network_weights(network, ctx.seed))
        built.to(device)
        feeder = Feeder(row, binding, network.spec, {}, device)
        return look_inside(built, feeder.take(np.arange(1)), calls)


def warn_untrained(network: Network, ctx: Context) -> None:
    """Say which layers of a network are applied without a training."""
    if network.is_trained:
        return
    untrained = [
        name
        for name in network.spec.layers
        if name not in network.weights and network.spec.weights_of(name)
    ]
    ctx.warn(f"not trained: {listing(untrained)}; applied with first weights from the seed")


def _classes(
    start: str, answers: Mapping[str, Any], feed: Feed, table: pl.DataFrame, asked: Asked
) -> list[pl.Series]:
    categories = list(feed.categories)
    dtype = class_type(feed, table.schema) or pl.Enum(list(map(str, categories)))
    # Positions beyond the categories are units that no class of the training data stands for.
    names = pl.Series(categories, dtype=pl.String if isinstance(categories[0], str) else pl.Int128)
    index = pl.Series(answers["index"]).cast(pl.UInt32)
    # Where the network answers with NaN, no class is the likeliest.
    is_known = (index < len(categories)) & pl.Series(answers["probability"]).is_not_nan()
    known = pl.select(pl.when(is_known).then(index)).to_series()
    columns = [names.gather(known).cast(dtype).alias(f"{start}prediction")]
    if asked.probability:
        columns.append(pl.Series(f"{start}probability", answers["probability"]))
    return columns


def _positions(start: str, answers: Mapping[str, Any], units: int, asked: Asked) -> list[pl.Series]:
    index, probability = answers["index"], answers["probability"]
    shape = (*index.shape[1:], units)
    types = position_columns(start, shape, probability=asked.probability)
    # Where the network answers with NaN, no class is the likeliest: the row has no answer.
    is_known = ~np.isnan(probability).any(axis=tuple(range(1, probability.ndim)))
    return [
        pl.select(pl.when(pl.Series(is_known)).then(pl.Series(name, values, dtype=dtype)))
        .to_series()
        .alias(name)
        for (name, dtype), values in zip(types.items(), (index, probability), strict=False)
    ]


def _values(start: str, name: str, form: Form, values: np.ndarray[Any, Any]) -> list[pl.Series]:
    columns = value_columns(start, name, form, values.shape[1:])
    if form == "list":
        return [pl.Series(column, values, dtype=dtype) for column, dtype in columns.items()]
    flat = values.reshape(len(values), len(columns))
    return [pl.Series(column, flat[:, place]) for place, column in enumerate(columns)]
