"""Vectors for whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import Layer, TensorSpec, Weight, node
from flowengine.nn.constraints import ConstraintSetting
from flowengine.nn.initializers import InitializerSetting, RandomUniform
from flowengine.nn.regularizers import RegularizerSetting
from flowengine_nodes.layer._settings import Size

if TYPE_CHECKING:
    import torch


@node(title="Embedding", keywords=("word vectors", "text", "lookup"))
class Embedding(Layer):
    """Turn each whole number, such as a word's place in a dictionary, into a learned vector.

    ``y = embeddings[x]``.

    An input of 20 numbers becomes 20 vectors. Where 0 stands for padding, ``mask_zero`` makes
    layers behind this one, losses and metrics skip those places.

    Source: A neural probabilistic language model (Bengio et al., 2003).
    """

    input_dim: Size
    """Number of different inputs: they go from 0 to one less than this."""
    output_dim: Size
    """Size of each vector."""
    embeddings_initializer: InitializerSetting = RandomUniform()
    """What fills the vectors before training."""
    embeddings_regularizer: RegularizerSetting | None = None
    """What the vectors add to the loss."""
    embeddings_constraint: ConstraintSetting | None = None
    """What the vectors must satisfy after each step."""
    mask_zero: bool = False
    """Whether 0 is padding, and the layers behind skip it; no word has the number 0 then."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return TensorSpec((*inputs[0].shape, self.output_dim), masked=self.mask_zero)

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        return {
            "embeddings": Weight(
                (self.input_dim, self.output_dim),
                self.embeddings_initializer,
                regularizer=self.embeddings_regularizer,
                constraint=self.embeddings_constraint,
            )
        }

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.embedding import EmbeddingCell

        return EmbeddingCell(self.weights(*inputs))
