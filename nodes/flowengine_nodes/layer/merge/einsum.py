"""Sums of products of tensors, by an equation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from pydantic import field_validator

from flowengine import ConfigureError, MergeLayer, TensorSpec, node
from flowengine.errors import listing
from flowengine_nodes.layer._tensors import require_count

if TYPE_CHECKING:
    import torch


@node(title="Einsum", keywords=("einstein summation", "matrix product", "matmul", "outer product"))
class Einsum(MergeLayer):
    """Multiply tensors and sum, as an equation says.

    ``y = einsum(equation, x_1, x_2, …)``: letters are axes, the first being the batch, and those
    that the result lacks are summed over. ``bij,bjk->bik`` is the product of two matrices,
    ``bi,bj->bij`` all products of the values of two vectors, ``bqhd,bkhd->bhqk`` the scores of
    several heads of attention.
    """

    equation: str
    """Axes of each tensor in the order of their connections, and those of the result."""

    @field_validator("equation")
    @classmethod
    def _check_equation(cls, value: str) -> str:
        text = value.replace(" ", "")
        left, arrow, made = text.partition("->")
        taken = left.split(",")
        if not (arrow and all(one.isalpha() and one.isascii() for one in [*taken, made])):
            raise ValueError(
                f'"{value}" is no equation; expected letters such as "bij,bjk->bik", the first of '
                f"each being the batch"
            )
        if any(len(set(one)) < len(one) for one in [*taken, made]):
            raise ValueError(f'"{value}" names an axis of one tensor twice; give each its letter')
        if any(one[0] != made[0] for one in taken):
            raise ValueError(
                f'"{value}" does not keep the batch: all tensors and the result must begin with '
                f"the same letter"
            )
        strange = [letter for letter in made if letter not in left]
        if strange:
            raise ValueError(f'"{value}" has "{strange[0]}" in its result alone')
        return text

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        sizes = self._sizes(*inputs)
        return TensorSpec(tuple(sizes[letter] for letter in self._made[1:]))

    def flops(self, *inputs: TensorSpec) -> int:
        sizes = self._sizes(*inputs)
        return len(inputs) * math.prod(size or 1 for size in sizes.values())

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.merge import EinsumMergeCell

        return EinsumMergeCell(self.equation)

    @property
    def _made(self) -> str:
        return self.equation.partition("->")[2]

    def _sizes(self, *inputs: TensorSpec) -> dict[str, int | None]:
        """Return the size of each letter but the batch's."""
        taken = self.equation.partition("->")[0].split(",")
        require_count(inputs, len(taken))
        sizes: dict[str, int | None] = {}
        for letters, tensor in zip(taken, inputs, strict=True):
            if len(letters) != len(tensor.shape) + 1:
                raise ConfigureError(
                    f'"{letters}" in the equation names {len(letters)} axes with the batch; the '
                    f"input {tensor} has {len(tensor.shape) + 1}",
                    setting="equation",
                )
            for letter, size in zip(letters[1:], tensor.shape, strict=True):
                known = sizes.get(letter)
                if None not in (known, size) and known != size:
                    raise ConfigureError(
                        f'"{letter}" in the equation is {known} and {size} long in the inputs '
                        f"{listing(str(one) for one in inputs)}; give axes that differ in size "
                        f"letters that differ",
                        setting="equation",
                    )
                sizes[letter] = size if known is None else known
        return sizes
