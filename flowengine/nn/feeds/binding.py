"""What feeds what, worked out from the network's and the table's specs alone, before any run.

``plan_binding`` chooses columns and conversions or says in a sentence why it cannot; categories of
text columns are found later, see ``flowengine.nn.feeds.categories``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from flowengine.binding import Binding, Feed
from flowengine.errors import ConfigureError, listing, suggest
from flowengine.network import NetworkSpec
from flowengine.nn.feeds.columns import FedColumn, fed_column, find_columns
from flowengine.nn.feeds.inputs import check_conversion, choose_input, input_feed
from flowengine.nn.feeds.targets import TargetFeed, choose_target, doubt, target_feed
from flowengine.nn.losses.loss import Loss

Names = Sequence[str]
ByTensor = Mapping[str, Names]
"""Columns by the name of an input or output."""


@dataclass(frozen=True)
class Plan:
    """What a learner will do with a table.

    Args:
        binding: What feeds what; categories that only the data knows are empty.
        losses: Loss by output name.
        notes: What may be wrong, chosen by a rule or set, in sentences.
    """

    binding: Binding
    losses: Mapping[str, Loss]
    notes: tuple[str, ...] = ()


def plan_binding(
    spec: NetworkSpec,
    schema: pl.Schema,
    *,
    input_columns: Names | ByTensor | None = None,
    target_columns: Names | ByTensor | None = None,
    conversions: Mapping[str, str] | None = None,
    losses: Loss | Mapping[str, Loss] | None = None,
) -> Plan:
    """Work out which columns feed which input and target of a network, and how.

    Args:
        spec: The network.
        schema: The training table's columns.
        input_columns: Columns for the one input, or by input name; chosen if left out.
        target_columns: Columns for the one output, or by output name; chosen if left out.
        conversions: Conversion by input or output name, where the obvious one is not meant.
        losses: The loss for all outputs, or by output name; worked out if left out.

    Raises:
        ConfigureError: No columns fit, or those named do not.
    """
    inputs = _by_tensor(input_columns, spec.inputs, "input", "input_columns")
    targets = _by_tensor(target_columns, spec.outputs, "output", "target_columns")
    chosen = _conversions(spec, conversions)
    used = {name for names in inputs.values() for name in names}
    notes: list[str] = []
    made: dict[str, TargetFeed] = {}
    for name in spec.outputs if target_columns is None or not targets else targets:
        loss = losses.get(name) if isinstance(losses, Mapping) else losses
        taken = {column for one in made.values() for column in one.feed.columns}
        made[name] = _target(
            spec, schema, name, targets.get(name), chosen.get(name), loss, used | taken, notes
        )
    meant = {column for one in made.values() for column in one.feed.columns}
    notes += filter(None, (doubt(spec, name, one.loss) for name, one in made.items()))
    feeds = {
        name: _input(spec, schema, name, inputs.get(name), chosen.get(name), meant, "input_columns")
        for name in spec.inputs
    }
    return Plan(
        Binding(feeds, {name: one.feed for name, one in made.items()}),
        {name: one.loss for name, one in made.items()},
        tuple(notes),
    )


def plan_inputs(
    spec: NetworkSpec,
    schema: pl.Schema,
    *,
    input_columns: Names | ByTensor | None = None,
    conversions: Mapping[str, str] | None = None,
    binding: Binding | None = None,
    setting: str = "input_columns",
) -> dict[str, Feed]:
    """Work out which columns feed the inputs of a network that is only applied.

    Args:
        spec: The network.
        schema: The table's columns.
        input_columns: Columns for the one input, or by input name; chosen if left out.
        conversions: Conversion by input name, where the obvious one is not meant.
        binding: What an earlier training found: columns that are targets feed no input, and
            categories stay in their order.
        setting: The setting that ``input_columns`` comes from; what does not fit is told with it.

    Raises:
        ConfigureError: No columns fit, or those named do not.
    """
    known = binding or Binding()
    columns = _by_tensor(input_columns, spec.inputs, "input", setting)
    chosen = _conversions(spec, conversions)
    meant = {column for feed in known.targets.values() for column in feed.columns}
    feeds = {}
    for name in spec.inputs:
        feed = _input(spec, schema, name, columns.get(name), chosen.get(name), meant, setting)
        before = known.inputs.get(name)
        if before is not None and before.conversion == feed.conversion:
            feed = replace(feed, categories=before.categories)
        elif before is not None and name not in chosen and feed.conversion in ("index", "one_hot"):
            # Categories of this table alone, where the network learned what the numbers mean.
            given = [fed_column(schema, column) for column in feed.columns]
            check_conversion(name, before.conversion, given, setting)
        feeds[name] = feed
    return feeds


def _conversions(spec: NetworkSpec, conversions: Mapping[str, str] | None) -> Mapping[str, str]:
    known = [*spec.inputs, *spec.outputs]
    for name in conversions or {}:
        if name not in known:
            raise ConfigureError(
                f'the network has no input or output "{name}".{suggest(name, known)} '
                f"It has {listing(known)}",
                setting="conversions",
            )
    return conversions or {}


def _target(
    spec: NetworkSpec,
    schema: pl.Schema,
    name: str,
    columns: Names | None,
    conversion: str | None,
    loss: Loss | None,
    used: set[str],
    notes: list[str],
) -> TargetFeed:
    if columns is not None:
        found = find_columns(schema, columns, setting="target_columns", table="the table")
        return target_feed(spec, name, found, conversion, loss)
    free = [fed_column(schema, column) for column in schema if column not in used]
    made, note = choose_target(spec, name, free, conversion, loss)
    if note:
        notes.append(note)
    return made


def _input(
    spec: NetworkSpec,
    schema: pl.Schema,
    name: str,
    columns: Names | None,
    conversion: str | None,
    targets: set[str],
    setting: str,
) -> Feed:
    tensor = spec.tensors[spec.inputs[name]]
    if columns is not None:
        found = find_columns(schema, columns, setting=setting, table="the table")
        return input_feed(name, tensor, found, conversion, setting=setting)
    free: list[FedColumn] = [
        fed_column(schema, column) for column in schema if column not in targets
    ]
    alone = len(spec.inputs) == 1
    return choose_input(name, tensor, free, conversion, alone=alone, setting=setting)


def _by_tensor(
    columns: Names | ByTensor | None, known: Mapping[str, str], what: str, setting: str
) -> dict[str, tuple[str, ...]]:
    if columns is None:
        return {}
    if isinstance(columns, Mapping):
        for name in columns:
            if name not in known:
                raise ConfigureError(
                    f'the network has no {what} "{name}".{suggest(name, known)} '
                    f"It has {listing(known)}",
                    setting=setting,
                )
        return {name: tuple(names) for name, names in columns.items()}
    if len(known) != 1:
        raise ConfigureError(
            f"the network has {len(known)} {what}s ({listing(known)}); name the columns of each: "
            f'{{"{next(iter(known), what)}": ["…"], …}}',
            setting=setting,
        )
    return {next(iter(known)): tuple(columns)}
