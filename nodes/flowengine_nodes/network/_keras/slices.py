"""Parts of tensors, such as ``x[:, -1]`` and ``x[..., :3]``, as layers that cut them out."""

from __future__ import annotations

from typing import Any

from flowengine import TensorSpec
from flowengine_nodes.network._keras.operation import Made, Operation, shaped

Cut = tuple[int, int]
"""What is cut off before and after an axis."""


def picked(operation: Operation, specs: list[TensorSpec]) -> list[Made]:
    """Return the layers that pick a part of each row.

    Raises:
        DataError: It picks rows, leaves places out, or needs a size that is not known.
    """
    shape = specs[0].shape
    rows, *places = _places(operation, len(shape))
    if rows != slice(None):
        raise operation.refuse("it picks some of the rows")
    cuts = [_cut(operation, place, size) for place, size in zip(places, shape, strict=True)]
    rest = [
        None if size is None else size - sum(cut) for cut, size in zip(cuts, shape, strict=True)
    ]
    if not all(size is None or size > 0 for size in rest):
        raise operation.refuse("nothing would be left")
    kept = [size for size, place in zip(rest, places, strict=True) if isinstance(place, slice)]
    made = _cropped(operation, shape, cuts)
    if len(kept) < len(rest) or (made and made[0][0] == "reshape"):
        if not kept:
            raise operation.refuse("it picks a single number; a range keeps it as a vector")
        if kept.count(None) > 1:
            raise operation.refuse("more than one size of what it picks is not known")
        made.append(shaped(kept))
    return made or [("identity", {})]


def _places(operation: Operation, rank: int) -> list[Any]:
    """Return what is picked along each axis, rows first."""
    given = operation.args[1] if len(operation.args) == 2 else None
    given = given if isinstance(given, list) else [given]
    found = [_place(one) for one in given]
    if Ellipsis in found:
        at = found.index(Ellipsis)
        found[at : at + 1] = [slice(None)] * (rank + 2 - len(found))
    found += [slice(None)] * (rank + 1 - len(found))
    if len(found) != rank + 1 or not all(isinstance(one, int | slice) for one in found):
        raise operation.refuse("only numbers and ranges can pick places")
    return found


def _place(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__ellipsis__":
        return Ellipsis
    if value.get("class_name") != "__slice__":
        return None
    return slice(*(value["config"].get(name) for name in ("start", "stop", "step")))


def _cut(operation: Operation, place: int | slice, size: int | None) -> Cut:
    """Return what is cut off an axis."""
    if place == slice(None):
        return 0, 0
    if size is None:
        if isinstance(place, slice) and place.step in (None, 1):
            before, after = place.start or 0, place.stop or 0
            if before >= 0 and after <= 0:
                return before, -after
        raise operation.refuse("it picks places along an axis of unknown length")
    if isinstance(place, int):
        if not -size <= place < size:
            raise operation.refuse(f"place {place} is not among {size}")
        return place % size, size - place % size - 1
    numbers = range(size)[place]
    if not numbers or numbers.step != 1:
        raise operation.refuse("it leaves out places in between, or goes backwards")
    return numbers.start, size - numbers.stop


def _cropped(operation: Operation, shape: tuple[int | None, ...], cuts: list[Cut]) -> list[Made]:
    """Return what cuts places off; a reshaping first where channels are among them."""
    if not any(map(any, cuts)):
        return []
    *inner, last = cuts
    before = []
    if any(last) or not inner:
        if None in shape[1:]:
            raise operation.refuse("it picks channels where a size is not known")
        before, inner = [shaped([*shape, 1])], cuts
    if len(inner) > 3:
        raise operation.refuse("the tensor has too many axes")
    cropping = [list(cut) for cut in inner]
    crop = (f"cropping{len(inner)}d", {"cropping": cropping if len(inner) > 1 else cropping[0]})
    return [*before, crop]
