"""What steps and units stand for: words of a sentence and classes, where that is known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flowengine.errors import FlowEngineError
from flowengine.network import Network
from flowengine.planning.plan import Plan
from flowengine.server.values.lookup import LoadedValues, NotThere, place_of
from flowengine.store import Store
from flowengine.values import Model

if TYPE_CHECKING:
    import polars as pl

    from flowengine.nn.dictionary import Dictionary


def steps_of(
    values: LoadedValues, store: Store, plan: Plan, network: Network, table: str, row: pl.DataFrame
) -> tuple[str, ...]:
    """Return what each step of a row is, empty where nothing tells.

    Positions in a dictionary are told as its tokens; the dictionary is found among the nodes that
    the table comes from.

    Args:
        values: Values at ports.
        store: The store.
        plan: The plan.
        network: The network that is shown the row.
        table: The node that made the table.
        row: A table of one row.
    """
    import polars as pl

    feeds = tuple(network.binding.inputs.values()) if network.binding else ()
    if len(feeds) != 1 or len(feeds[0].columns) != 1 or row.is_empty():
        return ()
    column = row[feeds[0].columns[0]]
    if not isinstance(column.dtype, pl.List | pl.Array) or column.null_count():
        return ()
    inner = column.explode()
    if isinstance(inner.dtype, pl.String | pl.Enum | pl.Categorical):
        return tuple(str(word) for word in inner)
    if not inner.dtype.is_integer():
        return ()
    for dictionary in _dictionaries(values, store, plan, table):
        try:
            return tuple(dictionary.decode(inner))
        except FlowEngineError:
            continue  # a dictionary of something else
    return ()


def classes_of(network: Network) -> dict[str, tuple[str, ...]]:
    """Return the names of the classes that units stand for, by the layer that has these units."""
    found = {}
    for output, tensor in network.spec.outputs.items():
        target = network.binding.targets.get(output) if network.binding else None
        if target is not None and target.categories:
            found[tensor] = tuple(str(name) for name in target.categories)
    return found


def _dictionaries(
    values: LoadedValues, store: Store, plan: Plan, table: str
) -> Iterator[Dictionary]:
    from flowengine.nn.dictionary import KIND, Dictionary

    before, pending = {table}, [table]
    while pending:
        for source in plan.nodes[pending.pop()].sources:
            if source.path in plan.nodes and source.path not in before:
                before.add(source.path)
                pending.append(source.path)
    for path in before:
        for port, info in plan.nodes[path].signature.outputs.items():
            if info.type.id != "model":
                continue
            try:
                model = values.find(store, place_of(plan, path, port)).value
            except NotThere:
                continue
            if isinstance(model, Model) and model.kind == KIND:
                yield Dictionary.from_model(model)
