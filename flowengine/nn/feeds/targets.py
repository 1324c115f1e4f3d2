"""How columns become the target of an output, and which loss compares both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from flowengine.binding import Feed
from flowengine.errors import ConfigureError, listing
from flowengine.network import NetworkSpec
from flowengine.nn.feeds.columns import FedColumn, describe_shape, fits, innermost
from flowengine.nn.feeds.ending import final_activation
from flowengine.nn.feeds.inputs import check_conversion, declared_categories
from flowengine.nn.losses.loss import Loss
from flowengine.nn.losses.probability import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    SparseCategoricalCrossentropy,
)
from flowengine.nn.losses.regression import MeanSquaredError
from flowengine.tensor import Shape

USUAL_NAMES = ("label", "target", "class")
"""Columns that are taken for the target where none is named, in this order."""


@dataclass(frozen=True)
class TargetFeed:
    """The feed of a target, with the loss that compares it with the output."""

    feed: Feed
    loss: Loss


def choose_target(
    spec: NetworkSpec,
    name: str,
    free: Sequence[FedColumn],
    conversion: str | None,
    loss: Loss | None,
) -> tuple[TargetFeed, str]:
    """Return the target of an output for which no column is named.

    The second value is a sentence on the choice where it may be wrong.

    A column of the output's name comes first, then ``label``, ``target`` or ``class``, then the
    last column that fits.

    Raises:
        ConfigureError: Nothing fits.
    """
    by_name = {column.name: column for column in free}
    usual = USUAL_NAMES if len(spec.outputs) == 1 else ()
    for candidate in (name, *usual):
        if candidate in by_name:
            return target_feed(spec, name, [by_name[candidate]], conversion, loss), ""
    if len(spec.outputs) > 1:
        raise ConfigureError(
            f'no column is called like the output "{name}"; name its columns with the setting '
            f'target_columns, such as {{"{name}": ["…"]}}',
            setting="target_columns",
        )
    reason = ""
    for column in reversed(free):
        try:
            made = target_feed(spec, name, [column], conversion, loss)
        except ConfigureError as error:
            if error.setting == "loss" and not reason:
                reason = f"; {error}"  # such as classes whose output lacks its softmax
            continue
        return made, (
            f'no target was named; the network learns column "{column.name}", the last that fits '
            f'output "{name}"'
        )
    raise ConfigureError(
        f'no column fits the output "{name}" ({_shape(spec, name)}); choose with the setting '
        f"target_columns among {listing(column.name for column in free)}{reason}",
        setting="target_columns",
    )


def target_feed(
    spec: NetworkSpec,
    name: str,
    columns: Sequence[FedColumn],
    conversion: str | None,
    loss: Loss | None,
) -> TargetFeed:
    """Return the target of an output from named columns, with the loss asked for or worked out.

    Raises:
        ConfigureError: Columns, output and loss do not go together.
    """
    if not columns:
        raise ConfigureError(f'the output "{name}" needs a column', setting="target_columns")
    tensor = spec.outputs[name]
    shape = spec.tensors[tensor].shape
    if loss is None:
        loss = _usual_loss(name, final_activation(spec, tensor), shape, columns)
    if conversion is None:
        conversion = _conversion(name, shape, columns, loss)
    check_conversion(name, conversion, columns, "target_columns")
    names = tuple(column.name for column in columns)
    if conversion in ("index", "one_hot"):
        categories = declared_categories(columns[0])
        _check_classes(spec, name, columns[0], categories, conversion, loss)
        return TargetFeed(Feed(names, conversion, categories, loss.answer), loss)
    wanted = shape[:-1] if loss.form == "index" else shape
    given: Shape = columns[0].shape if conversion != "number" else (len(columns),)
    if len(columns) == 1 or conversion == "number":
        if loss.form == "index" and not shape[:-1] and not given:
            given = ()
        if not fits(given, wanted):
            raise ConfigureError(
                f'output "{name}" gives {describe_shape(shape)}, which the loss "{loss.type}" '
                f"compares with {describe_shape(wanted) or '1 value'}; "
                f"{listing(column.name for column in columns)} "
                f"give{'s' if len(columns) == 1 else ''} {describe_shape(given) or '1 value'}; "
                f"choose with the setting target_columns, or another loss"
                f"{_steps_hint(spec, shape, columns[0])}{_class_hint(name, shape, columns)}",
                setting="target_columns",
            )
    return TargetFeed(Feed(names, conversion, answer=loss.answer), loss)


def doubt(spec: NetworkSpec, name: str, loss: Loss) -> str:
    """Return a sentence where a loss takes an output for what it is not; else nothing."""
    activation = final_activation(spec, spec.outputs[name])
    said = f'output "{name}" ends with "{activation}", and the loss "{loss.type}" takes'
    if loss.answer in ("logit", "logits") and activation in ("sigmoid", "softmax"):
        return f'{said} logits; give the last layer the activation "linear", or take another loss'
    if getattr(loss, "from_logits", True) or activation not in ("linear", "relu", "tanh"):
        return ""
    wanted = "sigmoid" if loss.type.startswith("binary") else "softmax"
    return (
        f'{said} probabilities; give the last layer the activation "{wanted}", or set from_logits '
        f"of the loss"
    )


def _steps_hint(spec: NetworkSpec, shape: Shape, column: FedColumn) -> str:
    """Return what helps where one side has a value for each step, and the other one for a row."""
    wants_steps = bool(column.shape)
    if wants_steps == bool(shape[:-1]):
        return ""
    for call in reversed(list(spec.calls.values())):
        name, layer = call.layer, spec.layers[call.layer]
        if getattr(getattr(layer, "layer", layer), "return_sequences", wants_steps) != wants_steps:
            steps = spec.tensors[call.inputs[0]].shape[0]
            if wants_steps and None not in (steps, column.shape[0]) and steps != column.shape[0]:
                continue  # several values for a row, not one for each step
            answer = "at each step" if wants_steps else "for the whole row"
            wanted = str(wants_steps).lower()
            return f'; an answer {answer} takes return_sequences {wanted} in "{name}"'
    return ""


def _class_hint(name: str, shape: Shape, columns: Sequence[FedColumn]) -> str:
    """Return what helps where a column may be of classes, and the loss alone does not say so."""
    if len(columns) > 1 or len(shape) != 1 or not columns[0].is_class:
        return ""
    return f'; where its values are classes, set conversions to {{"{name}": "one_hot"}}'


def _usual_loss(name: str, activation: str, shape: Shape, columns: Sequence[FedColumn]) -> Loss:
    column, units = columns[0], shape[-1] if shape else 1
    if activation == "softmax":
        if len(columns) == 1 and column.is_class:
            return SparseCategoricalCrossentropy()
        if len(columns) == 1 and len(shape) > 1 and _has_class_each_step(column, shape):
            return SparseCategoricalCrossentropy()
        return CategoricalCrossentropy()
    if activation == "sigmoid":
        return BinaryCrossentropy()
    if len(columns) == 1 and column.sort == "category":
        wanted = "a sigmoid" if units == 1 else "a softmax"
        raise ConfigureError(
            f'{column} holds categories, and output "{name}" ends with "{activation}"; '
            f"give its last layer {wanted} activation, or choose a loss with from_logits",
            setting="loss",
        )
    return MeanSquaredError()


def _has_class_each_step(column: FedColumn, shape: Shape) -> bool:
    """Return whether a column has one class for each step, not one number for each unit."""
    if isinstance(column.dtype, pl.List):
        # Lists do not say their length; whole numbers are classes.
        return column.dtype.inner.is_integer() and fits(column.shape, shape[:-1])
    if column.sort != "array":
        return False
    # Whole numbers of another count are classes of too few or too many steps, and told as such.
    is_short = len(column.shape) < len(shape) and not fits(column.shape, shape)
    return fits(column.shape, shape[:-1]) or (is_short and innermost(column.dtype).is_integer())


def _conversion(name: str, shape: Shape, columns: Sequence[FedColumn], loss: Loss) -> str:
    column, units = columns[0], shape[-1] if shape else 1
    if any(one.sort in ("array", "list") for one in columns):
        return "image" if len(column.shape) >= 2 and len(shape) == 3 else "list"
    if len(columns) > 1:
        return "number"
    tells_two = loss.answer == "margin" or loss.type.startswith("binary")
    if loss.form == "index" or (units == 1 and column.is_class and tells_two):
        return "index"
    if column.sort == "category" or (loss.form == "one_hot" and column.is_class):
        return "index" if units == 1 else "one_hot"
    if units not in (1, None) and column.is_class and tells_two:
        return "one_hot"
    return "number"


def _check_classes(
    spec: NetworkSpec,
    name: str,
    column: FedColumn,
    categories: Sequence[str | int],
    conversion: str,
    loss: Loss,
) -> None:
    shape = spec.tensors[spec.outputs[name]].shape
    units = shape[-1] if shape else 1
    if len(shape) > 1 and any(size != 1 for size in shape[:-1]):
        raise ConfigureError(
            f'output "{name}" gives {describe_shape(shape)}, one answer for each step, but '
            f"{column} has one class for each row; use a column of arrays as target"
            f"{_steps_hint(spec, shape, column)}",
            setting="target_columns",
        )
    if units == 1 and loss.form != "values":
        raise ConfigureError(
            f'the loss "{loss.type}" needs one unit for each class, and output "{name}" has one; '
            f"use binary_crossentropy, or give the last layer more units",
            setting="loss",
        )
    limit = 2 if units == 1 and conversion == "index" else units
    if limit is not None and len(categories) > limit:
        raise ConfigureError(
            f'column "{column.name}" has {len(categories)} categories; output "{name}" has '
            f"{units} unit{'s' if units != 1 else ''}; give its last layer {len(categories)} units",
            setting="target_columns",
        )


def _shape(spec: NetworkSpec, name: str) -> str:
    return describe_shape(spec.tensors[spec.outputs[name]].shape) or "1 value"
