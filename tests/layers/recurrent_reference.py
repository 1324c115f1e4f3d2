"""Keras layers with their states as outputs and, where there are some, as inputs."""

from __future__ import annotations

from typing import Any

from flowengine.layer import BaseLayer
from flowengine.testing.keras_reference import keras_layer, load_keras
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.wrapper.bidirectional import Bidirectional


def keras_with_states(layer: BaseLayer) -> Any:
    """Return the Keras layer of the same settings that gives its states too."""
    if not isinstance(layer, Bidirectional):
        return keras_layer(layer, return_state=True)
    backward = layer.backward_layer
    return load_keras().layers.Bidirectional(
        keras_layer(layer.layer, return_state=True),
        merge_mode=layer.merge_mode,
        backward_layer=None if backward is None else keras_layer(backward, return_state=True),
    )


class WithStates:
    """A recurrent layer of Keras that takes sequence and first states as one list of tensors."""

    def __init__(self, layer: BaseLayer) -> None:
        self.layer = keras_with_states(layer)
        if isinstance(layer, Bidirectional):
            return
        # Keras' SimpleRNN takes an activity regularizer and forgets it.
        regularizer = getattr(layer, "activity_regularizer", None)
        dense = keras_layer(Dense(units=1, activity_regularizer=regularizer))
        self.layer.activity_regularizer = dense.activity_regularizer

    def build(self, shapes: Any) -> None:
        self.layer.build(shapes[0] if isinstance(shapes, list) else shapes)

    def __call__(self, tensors: Any, *, training: bool) -> Any:
        if not isinstance(tensors, list):
            return self.layer(tensors, training=training)
        sequence, *states = tensors
        # Keras 3 forgets the mask of a sequence that comes with first states; Keras 2 did not.
        mask = getattr(sequence, "_keras_mask", None)
        return self.layer(sequence, initial_state=states, mask=mask, training=training)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.layer, name)
