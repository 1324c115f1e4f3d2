"""What attention without projections shares."""

from __future__ import annotations

from flowengine import ConfigureError, TensorSpec
from flowengine_nodes.layer.attention._ports import (
    QueryLayer,
    require_same_steps,
    require_sequences,
)
from flowengine_nodes.layer.regularization._noise import Part


class ScoreAttention(QueryLayer):
    """Base of layers that weigh values by how well their keys match a query."""

    dropout: Part = 0.0
    """Share of the weights that are dropped while training."""
    seed: int | None = None
    """Own seed of dropout; by default the random numbers follow from the learner's seed."""
    use_causal_mask: bool = False
    """Whether each step may look at itself and earlier steps only."""

    def outputs(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        require_sequences(inputs)
        query, value, key = inputs[0], inputs[1], inputs[-1]
        require_same_steps(value, key)
        one, two = query.shape[-1], key.shape[-1]
        if None not in (one, two) and one != two:
            raise ConfigureError(
                f"query and key must have the same number of features to be compared; the query "
                f"has {one} ({query}), the key {two} ({key}); a dense layer would bring them there"
            )
        found = TensorSpec((query.shape[0], value.shape[1]), masked=query.masked)
        return found, TensorSpec((query.shape[0], value.shape[0]))

    def flops(self, *inputs: TensorSpec) -> int:
        query, value = inputs[0], inputs[1]
        pairs = (query.shape[0] or 1) * (value.shape[0] or 1)
        return 2 * pairs * ((query.shape[1] or 1) + (value.shape[1] or 1))
