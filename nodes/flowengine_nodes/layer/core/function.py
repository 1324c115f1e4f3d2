"""A function of mathematics, value by value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from flowengine import Layer, TensorSpec, node
from flowengine_nodes.layer._tensors import floating

if TYPE_CHECKING:
    import torch

Name = Literal[
    "abs",
    "arctan",
    "ceil",
    "cos",
    "cosh",
    "erf",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "gelu_tanh",
    "log",
    "log10",
    "log1p",
    "log2",
    "reciprocal",
    "round",
    "rsqrt",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "tan",
]


@node(
    title="Function",
    keywords=("math", "elementwise", "absolute", "square root", "logarithm", "square", "divide"),
)
class Function(Layer):
    """Compute a function of mathematics of every value.

    ``y = f(x)``.

    Functions that networks use between layers are in the Activation layer; these are the others: a
    distance is the square root of a sum of squares, a quotient the product with a reciprocal. Where
    a function has no value, as the logarithm of a negative number has none, the result is NaN.
    """

    function: Name
    """The function, by the name that Keras' operations have. `rsqrt` is one over the square root,
    `expm1` exp(x) − 1, `log1p` log(1 + x), `round` goes to the nearest even number from the middle
    of two, `gelu_tanh` is the approximate form of the activation gelu."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return floating(inputs[0])

    def flops(self, *inputs: TensorSpec) -> int:
        return inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.computing import FunctionCell

        return FunctionCell(self.function)
