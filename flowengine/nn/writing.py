"""What a network must be to write texts, and what must come to it. Imports no torch."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from flowengine.binding import Binding
from flowengine.errors import ConfigureError, listing, suggest
from flowengine.network import NetworkSpec
from flowengine.network_surgery import needed_inputs
from flowengine.nn.feeds.applied import AskedFeeds, planned_binding
from flowengine.nn.feeds.columns import describe_shape, fed_column
from flowengine.nn.feeds.ending import final_activation
from flowengine.nn.feeds.inputs import check_shape

SCORES = ("softmax", "linear", "log_softmax")
"""What the last layer may end with: probabilities, or their logarithms."""

NO_BEGINNING = (
    "the seed text is empty, and the dictionary has no start marker to begin with; set "
    '"seed_text", or "start" in the node that makes the dictionary of what is written'
)


def text_input(network: NetworkSpec, wanted: str | None) -> str:
    """Return the name of the input that takes the text: the one that is wanted, or can.

    Raises:
        ConfigureError: There is no such input, none takes positions, or several do.
    """
    if wanted is not None:
        if wanted not in network.inputs:
            raise ConfigureError(
                f'the network has no input "{wanted}".{suggest(wanted, network.inputs)} '
                f"It has {listing(network.inputs)}",
                setting="text_input",
            )
        if not _takes_positions(network, wanted):
            raise ConfigureError(_no_positions(network, wanted), setting="text_input")
        return wanted
    needed = needed_inputs(network)
    able = [name for name in needed if _takes_positions(network, name)]
    if len(able) > 1:
        raise ConfigureError(
            f"the network takes positions at the inputs {listing(able)}; say with the setting "
            f"text_input which of them takes the text that is written",
            setting="text_input",
        )
    if not able:
        raise ConfigureError(_no_positions(network, needed[0]))
    return able[0]


def check_output(network: NetworkSpec, size: int | None) -> None:
    """Refuse a network that does not score what may come next.

    Args:
        network: The network.
        size: Number of tokens, where it is known.

    Raises:
        ConfigureError: It has several outputs, or its output has another form.
    """
    if len(network.outputs) != 1:
        raise ConfigureError(
            f"a text generator needs a network with one output; it has {listing(network.outputs)}"
        )
    tensor = network.output_spec
    ending = final_activation(network, network.output)
    if ending not in SCORES:
        raise ConfigureError(
            f'the network must end with probabilities ("softmax") or their logarithms ("linear"); '
            f'it ends with "{ending}"'
        )
    units = tensor.shape[-1] if tensor.shape else 1
    if len(tensor.shape) > 2 or (size is not None and units is not None and units < size):
        raise ConfigureError(
            f"the network must end with a unit for each of the {size or 'dictionary'} tokens; its "
            f"output is {describe_shape(tensor.shape)}"
        )


def check_filling(network: NetworkSpec, text: str) -> None:
    """Refuse windows that are filled up at their end where the answer has steps of its own.

    The place of the last token would not be that of its answer.

    Raises:
        ConfigureError: The network answers at another number of steps than its text has.
    """
    taken = network.tensors[network.inputs[text]].shape[0]
    given = network.output_spec.shape
    if taken is not None and len(given) == 2 and given[0] != taken:
        raise ConfigureError(
            f"the network answers at {given[0] or 'an open number of'} steps for {taken} of the "
            f'text, so that nobody knows which answers a text filled up at its end; choose "pre"',
            setting="padding",
        )


def check_sources(
    before: NetworkSpec,
    text: str,
    binding: Binding | None,
    table: pl.Schema | None,
    asked: AskedFeeds,
) -> None:
    """Refuse conditions that do not feed what a network takes beside the text.

    Args:
        before: The part of the network that its text does not change.
        text: Name of the input that takes the text.
        binding: What fed the network in its training, where that is known.
        table: The columns of the conditions, where there are some.
        asked: Which of them feed which input.

    Raises:
        ConfigureError: Conditions are missing, are too much, or lack a column.
    """
    if table is None:
        if before.inputs:
            raise ConfigureError(
                f"the network also takes {listing(before.inputs)}; connect a table with what each "
                f'text is written from to the input "conditions"'
            )
        return
    if not before.inputs:
        raise ConfigureError(
            'the network takes nothing but the text; disconnect the input "conditions"'
        )
    _check_names(before, text, asked)
    if asked.input_columns is None:
        _check_sides(before, text, binding or Binding(), table)
    for name, feed in planned_binding(before, binding, table, asked).inputs.items():
        if name not in before.inputs:
            continue
        column = fed_column(table, feed.columns[0])
        if column.sort == "array" and len(feed.columns) == 1:
            check_shape(name, before.tensors[before.inputs[name]], column, "input_columns")


def _check_sides(before: NetworkSpec, text: str, binding: Binding, table: pl.Schema) -> None:
    """Refuse a table that has what trained the input of the text, and not what trained others."""
    fed = {name: set(feed.columns) for name, feed in binding.inputs.items()}
    for name in before.inputs:
        is_missing = name in fed and fed[name].isdisjoint(table)
        if is_missing and text in fed and fed[text] <= table.keys():
            raise ConfigureError(
                f"the table has {listing(fed[text])}, which the network was trained with as input "
                f'"{text}", and not {listing(fed[name])} for "{name}"; is it "{name}" that takes '
                f"the text? Else choose with the setting input_columns",
                setting="text_input",
            )


def _check_names(before: NetworkSpec, text: str, asked: AskedFeeds) -> None:
    columns = asked.input_columns if isinstance(asked.input_columns, Mapping) else {}
    for setting, names in (("input_columns", columns), ("conversions", asked.conversions or {})):
        for name in names:
            if name == text:
                raise ConfigureError(
                    f'no column feeds the input "{text}", which takes the text that is written; '
                    f"name those of {listing(before.inputs)}",
                    setting=setting,
                )
            if name not in before.inputs:
                raise ConfigureError(
                    f'the conditions feed no input "{name}".{suggest(name, before.inputs)} '
                    f"They feed {listing(before.inputs)}",
                    setting=setting,
                )


def _takes_positions(network: NetworkSpec, name: str) -> bool:
    tensor = network.tensors[network.inputs[name]]
    return len(tensor.shape) == 1 and "int" in tensor.dtype


def _no_positions(network: NetworkSpec, name: str) -> str:
    tensor = network.tensors[network.inputs[name]]
    return (
        f"the network must take positions in the dictionary: an input of whole numbers, such "
        f"as shape [100] of uint8, with a one-hot or embedding layer behind it; its input "
        f'"{name}" is {describe_shape(tensor.shape) or "a single value"} of {tensor.dtype}'
    )
