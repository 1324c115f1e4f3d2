"""Whole numbers as vectors that say which there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from flowengine import (
    ConfigureContext,
    ConfigureError,
    Context,
    Network,
    NetworkSpec,
    Port,
    TensorSpec,
    node,
)
from flowengine.layer import BaseLayer
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.preprocessing._encoding import encoded, encoder

if TYPE_CHECKING:
    import torch

NumbersPort = Annotated[Network, Port("Network whose output is the numbers.")]
WeightsPort = Annotated[
    Network | None,
    Port("Network whose output is how much each number counts, for the mode count; by default 1."),
]


@node(title="CategoryEncoding", keywords=("category", "multi-hot", "bag of words", "index"))
class CategoryEncoding(BaseLayer):
    """Turn whole numbers into vectors that say which of them there are.

    With ``multi_hot`` and ``count`` all the numbers of a row become one vector: ``y[k] = 1`` where
    a number is ``k``, or how many are. They are taken together along the first dimension after the
    batch. With ``one_hot`` each number becomes a vector; a last dimension of 1 makes place for it.
    Numbers beyond ``num_tokens``, and negative ones, count nowhere.
    """

    num_tokens: Size
    """How many different numbers there are, the size of the vectors: 0 to one less."""
    output_mode: Literal["multi_hot", "one_hot", "count"] = "multi_hot"
    """``multi_hot``: a 1 for each number there is; ``count``: how often it is there, by weights
    that may come in at a port; ``one_hot``: a vector for each number."""
    sparse: Literal[False] = False
    """Vectors are always dense."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        if len(inputs) > 1:
            self._check_weights(*inputs)
        return encoded(inputs[0], self.num_tokens, self.output_mode)

    def flops(self, *inputs: TensorSpec) -> int:
        return inputs[0].size if self.output_mode == "count" else 0

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        return encoder(inputs[0], self.num_tokens, self.output_mode)

    def configure(
        self, network: NetworkSpec, count_weights: NetworkSpec | None, ctx: ConfigureContext
    ) -> NetworkSpec:
        """Return the union of the networks with this layer behind their outputs."""
        if count_weights is None:
            return network.apply(ctx.node, self)
        union = network.merge(count_weights)
        return union.apply(ctx.node, self, [network.output, count_weights.output])

    def execute(
        self, network: NumbersPort, ctx: Context, count_weights: WeightsPort = None
    ) -> Network:
        """Return the union of the networks with this layer behind their outputs."""
        weights = None if count_weights is None else count_weights.spec
        union = network if count_weights is None else network.merge(count_weights)
        return union.with_spec(self.configure(network.spec, weights, ctx))

    def _check_weights(self, numbers: TensorSpec, weights: TensorSpec) -> None:
        if self.output_mode != "count":
            raise ConfigureError(
                f'"count_weights" is connected, but output_mode is "{self.output_mode}", which '
                f'does not count; choose "count", or disconnect the weights',
                setting="output_mode",
            )
        pairs = zip(numbers.shape, weights.shape, strict=False)
        if len(numbers.shape) != len(weights.shape) or any(
            None not in pair and pair[0] != pair[1] for pair in pairs
        ):
            raise ConfigureError(
                f"there must be a weight for each number, but the numbers are {numbers} and the "
                f"weights {weights}"
            )
