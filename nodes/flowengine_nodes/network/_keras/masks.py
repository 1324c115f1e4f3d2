"""Masks in a Keras configuration: whether Keras uses the mask that a layer gets here.

Keras writes the masks down that it hands from layer to layer, as operations that make them. Here a
mask follows from the layers; another one is refused, for numbers would differ in silence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flowengine import DataError, MergeLayer, TensorSpec
from flowengine.layer import BaseLayer, StateLayer
from flowengine_nodes.layer.activation.softmax import Softmax
from flowengine_nodes.layer.attention._ports import AttentionLayer
from flowengine_nodes.layer.attention.multi_head_attention import MultiHeadAttention
from flowengine_nodes.layer.embedding.masking import Masking
from flowengine_nodes.layer.merge.concatenate import Concatenate
from flowengine_nodes.layer.pooling.global_average_pooling1d import GlobalAveragePooling1D
from flowengine_nodes.network._keras.items import Item, Model, Place

Source = tuple[str, Any]
"""What tells which steps count: a tensor, and the value of those that do not."""

COMPARISON = "NotEqual"
SHAPES = ("OnesLike", "ZerosLike")
"""Operations by which Keras gives a tensor a mask that has none; they take its shape alone."""

JOINING = (
    "All",
    "Any",
    "BroadcastTo",
    "Cast",
    "Concatenate",
    "ConvertToTensor",
    "ExpandDims",
    "LogicalAnd",
    "LogicalOr",
    "Squeeze",
)
"""Operations by which Keras makes one mask of others."""

READERS = (StateLayer, AttentionLayer, GlobalAveragePooling1D, Softmax)
"""Layers whose numbers follow from a mask."""


class Masks:
    """What is known of the masks of tensors while models are gone through."""

    def __init__(self) -> None:
        self._sources: dict[str, frozenset[Source]] = {}
        self._lost: dict[str, str] = {}
        self._states: dict[str, None] = {}
        self._readers: dict[str, list[str]] = {}

    def follow(
        self,
        path: str,
        layer: BaseLayer,
        taken: Sequence[str],
        made: Sequence[str],
        tensors: Mapping[str, TensorSpec],
    ) -> None:
        """Take note of what becomes of masks in a layer.

        Args:
            path: Its name.
            layer: The layer.
            taken: The tensors that it takes.
            made: The tensors that it makes.
            tensors: All of them.
        """
        own: set[Source] = set()
        passing = taken if isinstance(layer, MergeLayer) else taken[:1]
        for tensor in passing:
            own |= self._sources.get(tensor, frozenset())
        if isinstance(layer, Masking):
            own = {(taken[0], layer.mask_value)}
        elif getattr(layer, "mask_zero", False):
            own = {(taken[0], 0)}
        for tensor in made:
            if tensors[tensor].masked:
                self._sources[tensor] = frozenset(own)
        lost = [self._lost[tensor] for tensor in passing if tensor in self._lost]
        if lost and not isinstance(layer, Concatenate):
            self._lost.update(dict.fromkeys(made, lost[0]))
        if isinstance(layer, MultiHeadAttention):
            for tensor in taken:
                self._lost.setdefault(tensor, path)

    def restore(self, tensors: Sequence[str]) -> None:
        """Take note that a model is called with masks, which Keras gives the tensors again."""
        for tensor in tensors:
            self._lost.pop(tensor, None)

    def read(
        self, path: str, layer: BaseLayer | None, taken: Sequence[str], masked: Sequence[str]
    ) -> None:
        """Take note of a call for which Keras writes no mask down.

        Args:
            path: Its name.
            layer: The layer; ``None`` for a model.
            taken: The tensors that it takes.
            masked: Those of them that have a mask here.
        """
        if len(taken) > 1 and isinstance(layer, StateLayer) and masked:
            self._states[path] = None
        elif isinstance(layer, READERS):
            self._readers.setdefault(path, []).extend(masked)

    def notes(self) -> list[str]:
        """Return where Keras forgets a mask that counts here, in sentences."""
        found = [
            f'"{path}" takes a masked sequence and first states: Keras 3 forgets the mask there, '
            f"here it counts"
            for path in self._states
        ]
        for path, tensors in self._readers.items():
            makers = [self._lost[tensor] for tensor in tensors if tensor in self._lost]
            found += [
                f'"{path}" takes a sequence whose mask Keras 3 forgets once "{maker}" has seen it; '
                f"here it counts"
                for maker in dict.fromkeys(makers)
                if maker != path
            ]
        return found

    def check(self, path: str, taken: Sequence[str], given: frozenset[Source] | None) -> None:
        """Check that Keras calls a layer or model with the mask that it gets here.

        Args:
            path: Its name, for sentences.
            taken: The tensors that it takes.
            given: What its masks in Keras come from; ``None`` where that is not written.

        Raises:
            DataError: It is another.
        """
        if given is None:
            return
        own = [self._sources.get(tensor, frozenset[Source]()) for tensor in taken]
        known = frozenset[Source]().union(*own)
        if not known or not given <= known or (len(taken) == 1 and given != known):
            raise DataError(
                f'"{path}" is called with a mask of its own, which is not known; masks can '
                f"be read that an Embedding (mask_zero) or a Masking layer before it makes"
            )


def sources_of(
    places: Sequence[Place], model: Model, known: Mapping[tuple[str, int], Sequence[str]]
) -> frozenset[Source]:
    """Return what masks come from: comparisons, or other tensors as they are.

    Args:
        places: The masks in the configuration.
        model: The model they stand in.
        known: The tensors that have been made, by layer and call.
    """
    items = {item.name: item for item in model.items}
    found: set[Source] = set()
    seen: set[Place] = set()
    waiting = list(places)
    while waiting:
        place = waiting.pop()
        item = items.get(place[0])
        if place in seen or item is None or _made_by(item) in SHAPES:
            continue
        seen.add(place)
        inputs = item.uses[place[1]].inputs if item.kind == "operation" else ()
        if not inputs or _made_by(item) not in (COMPARISON, *JOINING):
            found.add((item.name, None))
        elif _made_by(item) == COMPARISON:
            tensors = known.get(inputs[0][:2], [""])
            other = [
                one for one in item.entry["inbound_nodes"][place[1]]["args"] if _is_number(one)
            ]
            found.add((tensors[inputs[0][2]] if len(tensors) > inputs[0][2] else "", *other[:1]))
        else:
            waiting += inputs
    return frozenset(found)


def _made_by(item: Item) -> str:
    return str(item.entry["class_name"]) if item.kind == "operation" else ""


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)
