"""How columns become an input of a network: chosen, checked, or refused in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import polars as pl

from flowengine.binding import Feed
from flowengine.errors import ConfigureError, listing, suggest
from flowengine.nn.feeds.columns import Conversion, FedColumn, describe_shape, fits, innermost
from flowengine.tensor import TensorSpec

CONVERSIONS: tuple[str, ...] = get_args(Conversion)


def choose_input(
    name: str,
    tensor: TensorSpec,
    free: Sequence[FedColumn],
    conversion: str | None,
    *,
    alone: bool,
    setting: str,
) -> Feed:
    """Return the feed of an input for which no columns are named.

    A column of the input's name comes first, then the one column of arrays that fits, then all
    columns of numbers side by side.

    Args:
        name: Name of the input.
        tensor: What it wants.
        free: The columns that may feed it.
        conversion: The conversion that was asked for.
        alone: Whether it is the network's only input.
        setting: The setting that may name other columns.

    Raises:
        ConfigureError: Nothing fits, or several things do.
    """
    same = [column for column in free if column.name == name]
    if same:
        return input_feed(name, tensor, same, conversion, setting=setting)
    if not alone:
        raise ConfigureError(
            f'no column is called like the input "{name}"; name its columns with the setting '
            f'{setting}, such as {{"{name}": ["…"]}}',
            setting=setting,
        )
    arrays = [column for column in free if column.sort == "array"]
    fitting = [column for column in arrays if fits(column.shape, tensor.shape)]
    if len(fitting) == 1:
        return input_feed(name, tensor, fitting, conversion, setting=setting)
    if len(fitting) > 1:
        raise _several(name, tensor, fitting, setting)
    numbers = [column for column in free if column.is_number]
    if numbers and fits((len(numbers),), tensor.shape):
        return input_feed(name, tensor, numbers, conversion, setting=setting)
    lists = [column for column in free if column.sort == "list"]
    if len(lists) == 1 and not arrays:
        return input_feed(name, tensor, lists, conversion, setting=setting)
    if len(lists) > 1 and not arrays:
        raise _several(name, tensor, lists, setting)
    raise ConfigureError(_nothing_fits(name, tensor, arrays, numbers, setting), setting=setting)


def _several(
    name: str, tensor: TensorSpec, fitting: Sequence[FedColumn], setting: str
) -> ConfigureError:
    return ConfigureError(
        f'several columns fit the input "{name}" ({_wanted(tensor)}): '
        f"{listing(column.name for column in fitting)}; choose with the setting {setting}",
        setting=setting,
    )


def input_feed(
    name: str,
    tensor: TensorSpec,
    columns: Sequence[FedColumn],
    conversion: str | None,
    *,
    setting: str,
) -> Feed:
    """Return the feed of an input from columns that a setting names, or may name.

    Raises:
        ConfigureError: They do not give what the input wants.
    """
    if not columns:
        raise ConfigureError(f'the input "{name}" needs a column', setting=setting)
    if conversion is None:
        conversion = _obvious(name, tensor, columns, setting)
    check_conversion(name, conversion, columns, setting)
    names = tuple(column.name for column in columns)
    if conversion == "one_hot":
        categories = declared_categories(columns[0])
        _check_size(name, tensor, columns, len(categories) or None, setting)
        return Feed(names, conversion, categories)
    if conversion == "index":
        _check_size(name, tensor, columns, 1, setting)
        return Feed(names, conversion, declared_categories(columns[0]))
    if conversion == "number":
        _check_size(name, tensor, columns, len(columns), setting)
    elif len(columns) == 1:
        check_shape(name, tensor, columns[0], setting)
    else:
        sizes = [size_of(column) for column in columns]
        _check_size(
            name, tensor, columns, None if None in sizes else sum(filter(None, sizes)), setting
        )
    return Feed(names, conversion)


def check_conversion(
    name: str, conversion: str, columns: Sequence[FedColumn], setting: str
) -> None:
    """Refuse a conversion that the columns cannot go through.

    Raises:
        ConfigureError: It is unknown, or a column holds something else.
    """
    if conversion not in CONVERSIONS:
        raise ConfigureError(
            f'there is no conversion "{conversion}".{suggest(conversion, CONVERSIONS)} '
            f"Known are {listing(CONVERSIONS)}",
            setting="conversions",
        )
    if conversion in ("one_hot", "index") and len(columns) != 1:
        raise ConfigureError(
            f'the conversion "{conversion}" takes one column; "{name}" gets '
            f"{listing(column.name for column in columns)}",
            setting=setting,
        )
    for column in columns:
        if not _can(column, conversion):
            raise ConfigureError(
                f'"{name}" cannot take {column} by the conversion "{conversion}", '
                f"which wants {_WANTS[conversion]}{_way_out(column)}",
                setting=setting,
            )


def check_shape(name: str, tensor: TensorSpec, column: FedColumn, setting: str) -> None:
    """Refuse a column of arrays of another shape.

    Raises:
        ConfigureError: Its rows cannot be read as the input's.
    """
    if not fits(column.shape, tensor.shape):
        raise ConfigureError(
            f'input "{name}" wants {_wanted(tensor)}; {_given([column])}; choose with the setting '
            f"{setting}, or change the layer",
            setting=setting,
        )


def _way_out(column: FedColumn) -> str:
    if column.dtype.is_nested() and innermost(column.dtype) == pl.String:
        return '; the node "Dictionary Encoder" turns lists of text into numbers'
    return ""


_WANTS = {
    "number": "numbers",
    "index": "categories, whole numbers or booleans",
    "one_hot": "categories, whole numbers or booleans",
    "list": "arrays or lists of numbers",
    "image": "arrays of numbers: height, width and channels",
}


def _can(column: FedColumn, conversion: str) -> bool:
    if conversion == "number":
        return column.is_number
    if conversion in ("index", "one_hot"):
        return column.is_class
    if conversion == "image":
        return column.sort == "array"
    return column.sort in ("array", "list")


def _obvious(name: str, tensor: TensorSpec, columns: Sequence[FedColumn], setting: str) -> str:
    if all(column.is_number for column in columns):
        return "number"
    if all(column.sort in ("array", "list") for column in columns):
        is_image = len(columns) == 1 and len(columns[0].shape) >= 2 and len(tensor.shape) == 3
        return "image" if is_image else "list"
    if len(columns) == 1 and columns[0].sort == "category":
        return "index" if "int" in tensor.dtype else "one_hot"
    odd = next(column for column in columns if not column.is_number)
    raise ConfigureError(
        f'input "{name}" cannot be fed by {odd} beside others; turn it into numbers first, '
        f"or choose other columns with the setting {setting}",
        setting=setting,
    )


def declared_categories(column: FedColumn) -> tuple[str | int, ...]:
    """Return the categories a column's type declares; empty where only the data knows them."""
    if isinstance(column.dtype, pl.Enum):
        return tuple(column.dtype.categories.to_list())
    return (0, 1) if column.sort == "boolean" else ()


def size_of(column: FedColumn) -> int | None:
    """Return the number of values in a row, ``None`` where rows differ."""
    size = 1
    for axis in column.shape:
        if axis is None:
            return None
        size *= axis
    return size


def _check_size(
    name: str,
    tensor: TensorSpec,
    columns: Sequence[FedColumn],
    size: int | None,
    setting: str,
) -> None:
    if size is None or fits((size,), tensor.shape):
        return
    values = f"{size} value{'s' if size != 1 else ''}"
    raise ConfigureError(
        f'input "{name}" wants {_wanted(tensor)}; '
        f"{listing(column.name for column in columns)} give{'s' if len(columns) == 1 else ''} "
        f"{values}; choose with the setting {setting}, or change the layer",
        setting=setting,
    )


def _wanted(tensor: TensorSpec) -> str:
    shape = describe_shape(tensor.shape)
    if None in tensor.shape or len(tensor.shape) < 2:
        return f"{shape or 1} value{'s' if shape not in ('', '1') else ''}"
    return f"{shape} ({tensor.size} values)"


def _given(columns: Sequence[FedColumn]) -> str:
    column = columns[0]
    size = size_of(column)
    count = "" if size is None else f" ({size} values)"
    return f'column "{column.name}" gives {describe_shape(column.shape)}{count}'


def _nothing_fits(
    name: str,
    tensor: TensorSpec,
    arrays: Sequence[FedColumn],
    numbers: Sequence[FedColumn],
    setting: str,
) -> str:
    if arrays:
        given = "; ".join(_given([column]) for column in arrays[:3])
    elif numbers:
        count = len(numbers)
        given = (
            f"the {count} number column{'s' if count != 1 else ''} "
            f"({listing((column.name for column in numbers), limit=6)}) give{'s' * (count == 1)} "
            f"{count} value{'s' if count != 1 else ''}"
        )
    else:
        given = "no column holds numbers, arrays or images"
    return (
        f'input "{name}" wants {_wanted(tensor)}; {given}; choose with the setting '
        f"{setting}, or change the layer"
    )
