"""Einstein's sums of a tensor and a kernel: which axes they need and make."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flowengine import ConfigureError, TensorSpec
from flowengine.tensor import Shape

FORM = re.compile(r"(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?")


@dataclass(frozen=True)
class Sum:
    """An equation with the sizes of its letters.

    Args:
        kernel: Shape of the kernel.
        bias: Shape of the bias, empty without one.
        shape: Shape of the result, without the batch.
    """

    kernel: tuple[int, ...]
    bias: tuple[int, ...]
    shape: Shape


def read_sum(
    equation: str, tensor: TensorSpec, made: tuple[int | None, ...], bias_axes: str | None
) -> Sum:
    """Return the sizes of an equation for an input.

    Args:
        equation: Such as ``ab,bc->ac``, the first letter being the batch, or ``...b,bc->...c``.
        tensor: The input.
        made: Sizes of the result's letters, without the batch; ``None`` for those of the input.
        bias_axes: Letters of the result along which a bias is added.

    Raises:
        ConfigureError: The equation cannot be read, or does not fit.
    """
    left, taken, kernel, given, right = _letters(equation)
    sizes = (None, *tensor.shape)
    rest = len(sizes) - len(taken)
    if rest < 0 or (rest and not (left or right)):
        raise ConfigureError(
            f'the equation "{equation}" needs an input of {len(taken)} dimensions with the batch; '
            f"the input {tensor} has {len(sizes)}",
            setting="equation",
        )
    known = dict(zip(taken, sizes[rest:] if left else sizes, strict=False))
    letters = given if left else given[1:]
    if len(letters) != len(made):
        raise ConfigureError(
            f'output_shape has {len(made)} numbers, but the result of "{equation}" has '
            f"{len(letters)} letters without the batch; give one number for each",
            setting="output_shape",
        )
    for letter, size in zip(letters, made, strict=True):
        if size is not None and known.get(letter, size) not in (None, size):
            raise ConfigureError(
                f'output_shape makes "{letter}" {size} long, but in the input {tensor} it is '
                f"{known[letter]}",
                setting="output_shape",
            )
        known[letter] = known.get(letter) if size is None else size
    result = tuple(known[letter] for letter in letters)
    shape = (*sizes[1:rest], *result) if left else (*result, *sizes[len(taken) :])
    axes = bias_axes or ""
    first = min((given.index(letter) for letter in axes if letter in given), default=0)
    bias = [_known(known, letter, equation) if letter in axes else 1 for letter in given[first:]]
    strange = [letter for letter in axes if letter not in letters]
    if strange:
        raise ConfigureError(
            f'bias_axes names "{strange[0]}", which is no axis of the result of "{equation}"; '
            f'choose from "{letters}"',
            setting="bias_axes",
        )
    return Sum(
        tuple(_known(known, letter, equation) for letter in kernel),
        (*bias, *[1] * (rest if right else 0)) if axes else (),
        shape,
    )


def _letters(equation: str) -> tuple[bool, str, str, str, bool]:
    match = FORM.fullmatch(equation.replace(" ", ""))
    if match is not None:
        before, taken, after, kernel, made_before, made, made_after = match.groups()
        is_even = (before is None) == (made_before is None) and (after is None) == (
            made_after is None
        )
        starts_alike = bool(before) or (taken[0] == made[0] and taken[0] not in kernel)
        if is_even and not (before and after) and starts_alike and set(made) <= set(taken + kernel):
            return bool(before), taken, kernel, made, bool(after)
    raise ConfigureError(
        f'"{equation}" is no equation this layer can read; it has the form "ab,bc->ac", '
        f'"...b,bc->...c" or "ab...,bc->ac...", the first letter without dots being the batch',
        setting="equation",
    )


def _known(sizes: dict[str, int | None], letter: str, equation: str) -> int:
    size = sizes.get(letter)
    if size is None:
        raise ConfigureError(
            f'the size of "{letter}" in "{equation}" must be known, because weights have this '
            f"axis; name it in output_shape",
            setting="output_shape",
        )
    return size
