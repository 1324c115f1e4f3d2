"""Vectors for whole numbers, and scores for vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine import ConfigureError, TensorSpec, Weight, node
from flowengine_nodes.layer.embedding.embedding import Embedding

if TYPE_CHECKING:
    import torch


@node(title="ReversibleEmbedding", keywords=("word vectors", "tied", "language model", "logits"))
class ReversibleEmbedding(Embedding):
    """Turn whole numbers into learned vectors and, called again, vectors into scores of numbers.

    ``y = embeddings[x]`` of whole numbers, ``y = x · embeddingsᵀ`` of vectors: what arrives says
    which. A language model begins with the one and ends with the other, by one set of weights; the
    node Layer Again calls it the second time.

    Source: Using the output embedding to improve language models (Press and Wolf, 2017).
    """

    tie_weights: bool = True
    """Whether scores come from the same weights; otherwise from others of their own."""
    reverse_dtype: Literal["float32"] | None = None
    """Data type that scores are computed in: always float32."""
    logit_soft_cap: Annotated[float, Field(gt=0)] | None = None
    """Where scores end: ``cap · tanh(score / cap)``; null for nowhere."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = inputs[0]
        if "int" in tensor.dtype:
            return super().outputs(tensor)
        if tensor.shape[-1:] != (self.output_dim,):
            raise ConfigureError(
                f"this layer takes whole numbers, or vectors of {self.output_dim} values; it gets "
                f'{tensor}; for numbers, give the input layer the dtype "int32"'
            )
        return TensorSpec((*tensor.shape[:-1], self.input_dim))

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        weights = super().weights(*inputs)
        if not self.tie_weights:
            shape = (self.output_dim, self.input_dim)
            weights["reverse_embeddings"] = Weight(shape, self.embeddings_initializer)
        return weights

    def flops(self, *inputs: TensorSpec) -> int:
        is_reversed = "int" not in inputs[0].dtype
        return 2 * inputs[0].size * self.input_dim if is_reversed else 0

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.embedding import ReversibleEmbeddingCell

        return ReversibleEmbeddingCell(self.weights(*inputs), cap=self.logit_soft_cap)
