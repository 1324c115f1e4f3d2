"""Parts of tensors, such as ``x[:, -1]`` and ``x[..., :3]``, as layers that take them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from flowengine import TensorSpec
from flowengine_nodes.network._keras.operation import Made, Operation, shaped

Cut = tuple[int, int]
"""What is cut off before and after an axis."""

NEW_AXIS = "new axis"


def picked(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """Return the layers that pick a part of each row.

    Raises:
        DataError: It picks rows, nothing would be left, or a size must be known that is not.
    """
    shape = specs[0].shape
    rows, *given = _places(operation, len(shape))
    if rows != slice(None):
        raise operation.refuse("it picks some of the rows")
    places = [place for place in given if place != NEW_AXIS]
    rest = [_left(operation, *pair) for pair in zip(places, shape, strict=True)]
    sizes = iter(zip(places, rest, strict=True))
    kept: list[int | None] = []
    for place in given:
        if place == NEW_AXIS:
            kept.append(1)
            continue
        _, size = next(sizes)
        if isinstance(place, slice):
            kept.append(size)
    made = _cropped(places, shape) or _sliced(places)
    if len(kept) != len(rest) or NEW_AXIS in given:
        if kept.count(None) > 1:
            raise operation.refuse("more than one size of what it picks is not known")
        made.append(shaped(kept))
    return made or [("identity", {})]


def parts(operation: Operation, specs: list[TensorSpec]) -> list[list[Made]]:
    """Return the layers for each of the parts that ``split`` and ``unstack`` make.

    Raises:
        DataError: The axis has no known size, or cannot be split so.
    """
    shape = specs[0].shape
    (axis,) = operation.axes(len(shape))
    size = shape[axis - 1]
    if size is None:
        raise operation.refuse("it splits an axis of unknown length")
    if operation.kind == "Unstack":
        without = [*shape[: axis - 1], *shape[axis:]]
        return [[_slice(axis, at, at + 1), shaped(without)] for at in range(size)]
    given = operation.config["indices_or_sections"]
    if isinstance(given, int):
        if given < 1 or size % given:
            raise operation.refuse(f"{size} places cannot be split into {given} equal parts")
        given = range(size // given, size, size // given)
    places = [0, *given, size]
    if not all(type(place) is int for place in places) or places != sorted(set(places)):
        raise operation.refuse(f"it splits {size} places at {list(given)}")
    return [[_slice(axis, *pair)] for pair in pairwise(places)]


def reversed_along(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """Return the layers that turn axes around."""
    axes = operation.axes(len(specs[0].shape))
    return [("slice", {"axis": axis, "step": -1}) for axis in axes]


def _slice(axis: int, start: int | None, stop: int | None, step: int | None = None) -> Made:
    return "slice", {"axis": axis, "start": start, "stop": stop, "step": step or 1}


def _places(operation: Operation, rank: int) -> list[Any]:
    """Return what is picked along each axis, rows first."""
    given = operation.args[1] if len(operation.args) == 2 else None
    given = given if isinstance(given, list) else [given]
    found = [_place(one) for one in given]
    count = len(found) - found.count(NEW_AXIS)
    if Ellipsis in found:
        at = found.index(Ellipsis)
        found[at : at + 1] = [slice(None)] * (rank + 2 - count)
    else:
        found += [slice(None)] * (rank + 1 - count)
    is_known = all(isinstance(one, int | slice) or one == NEW_AXIS for one in found)
    if len(found) - found.count(NEW_AXIS) != rank + 1 or not is_known:
        raise operation.refuse("only numbers and ranges can pick places")
    return found


def _place(value: Any) -> Any:
    if value is None:
        return NEW_AXIS
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__ellipsis__":
        return Ellipsis
    if value.get("class_name") != "__slice__":
        return None
    return slice(*(value["config"].get(name) for name in ("start", "stop", "step")))


def _left(operation: Operation, place: int | slice, size: int | None) -> int | None:
    """Return how many places are picked of an axis."""
    if size is None:
        return None
    if isinstance(place, int):
        if not -size <= place < size:
            raise operation.refuse(f"place {place} is not among {size}")
        return 1
    left = len(range(size)[place])
    if not left:
        raise operation.refuse("nothing would be left")
    return left


def _sliced(places: list[int | slice]) -> list[Made]:
    """Return a layer for each axis that something is picked of."""
    return [
        _slice(axis, place.start, place.stop, place.step)
        if isinstance(place, slice)
        else _slice(axis, place, place + 1 or None)
        for axis, place in enumerate(places, 1)
        if place != slice(None)
    ]


def _cropped(places: list[int | slice], shape: tuple[int | None, ...]) -> list[Made]:
    """Return the one layer that cuts off all that is not picked, where one does.

    Channels stay whole there, and of an unknown size it must be known how much is cut off.
    """
    cuts = [_cut(place, size) for place, size in zip(places, shape, strict=True)]
    if None in cuts or len(cuts) not in (2, 3, 4) or cuts[-1] != (0, 0):
        return []
    cropping = [list(cut) for cut in cuts[:-1] if cut is not None]
    if not any(map(any, cropping)):
        return []
    kind = f"cropping{len(cropping)}d"
    return [(kind, {"cropping": cropping if len(cropping) > 1 else cropping[0]})]


def _cut(place: int | slice, size: int | None) -> Cut | None:
    """Return what is cut off before and after; ``None`` where it is no cutting of edges."""
    if size is None:
        if isinstance(place, int) or place.step not in (None, 1):
            return None
        before, after = place.start or 0, place.stop or 0
        return (before, -after) if before >= 0 >= after else None
    if isinstance(place, int):
        return place % size, size - place % size - 1
    numbers = range(size)[place]
    if numbers.step != 1 and len(numbers) > 1:
        return None
    return numbers.start, size - numbers.start - len(numbers)
