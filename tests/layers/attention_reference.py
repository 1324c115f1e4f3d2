"""Keras' attention layers as references: called with several tensors and options of the call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowengine.layer import BaseLayer
from flowengine.testing.keras_reference import keras_settings, load_keras

OF_THE_CALL = ("use_causal_mask",)
"""Settings of ours that are options of the call in Keras."""


class CalledWithOptions:
    """A Keras layer that gets its tensors and options as its call wants them.

    Args:
        layer: Our layer.
        is_list: Whether the tensors are one argument, a list.
        scores: Whether the weights of the values are asked for.
    """

    def __init__(self, layer: BaseLayer, *, is_list: bool, scores: bool = False) -> None:
        settings = keras_settings(layer)
        self.options = {name: settings.pop(name) for name in OF_THE_CALL}
        self.options["return_attention_scores"] = scores
        self.layer = getattr(load_keras().layers, type(layer).__name__)(**settings)
        self.is_list = is_list

    def build(self, shapes: Sequence[tuple[int, ...]]) -> None:
        if self.is_list:
            self.layer.build(shapes)
        else:
            self.layer.build(*shapes[:3])

    def __call__(self, tensors: Sequence[Any], *, training: bool) -> Any:
        made = self._called(tensors, training=training)
        if not isinstance(made, tuple):
            return made
        # A mask that a layer within Keras' layer has left on the scores is no mask of steps.
        found, scores = made
        return found, scores.view_as(scores)

    def _called(self, tensors: Sequence[Any], *, training: bool) -> Any:
        if self.is_list:
            return self.layer(list(tensors), training=training, **self.options)
        mask = tensors[3] if len(tensors) > 3 else None
        return self.layer(*tensors[:3], attention_mask=mask, training=training, **self.options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.layer, name)
