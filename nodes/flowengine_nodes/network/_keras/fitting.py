"""Layers of Keras whose place in a model says what they are here."""

from __future__ import annotations

from flowengine import DataError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine_nodes.layer.embedding.reversible_embedding import ReversibleEmbedding
from flowengine_nodes.layer.preprocessing.category_encoding import CategoryEncoding
from flowengine_nodes.layer.preprocessing.one_hot import OneHot


def fitted(layer: BaseLayer, tensor: TensorSpec, path: str, *, is_reversed: bool) -> BaseLayer:
    """Return the layer that a layer is where it is called on a tensor.

    Args:
        layer: The layer as its settings were read.
        tensor: What it is called on.
        path: Its name, for sentences.
        is_reversed: Whether an embedding is called the other way round.

    Raises:
        DataError: An embedding takes its numbers as fractions, which are vectors here.
    """
    if isinstance(layer, CategoryEncoding) and layer.output_mode == "one_hot":
        # Keras puts the vector in the place of a last dimension of 1, which one_hot does not.
        is_single = tensor.shape[-1:] == (1,)
        return layer if is_single else OneHot(num_classes=layer.num_tokens)
    is_vector = "float" in tensor.dtype
    if isinstance(layer, ReversibleEmbedding) and is_vector != is_reversed:
        raise DataError(
            f'layer "{path}" takes {tensor.dtype}: here it makes vectors of whole numbers and '
            f"scores of fractions; give the model's input a dtype of whole numbers before saving"
        )
    return layer
