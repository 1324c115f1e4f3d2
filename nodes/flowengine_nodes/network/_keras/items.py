"""What stands in a model as Keras describes it: layers, models, operations, and their calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flowengine.layer import BaseLayer

MODELS = ("Sequential", "Functional", "Model")
"""Classes of models that can be read."""

Place = tuple[str, int, int]
"""A tensor in a configuration: layer, number of its call, number of the output."""


@dataclass(frozen=True)
class Use:
    """A call of a layer in a configuration: its tensors, and the arguments that count.

    Attributes:
        inputs: The tensors.
        names: The names by which a model is given them; none where they come in its order.
        masks: The tensors that are given as masks.
        is_masked: Whether a mask is given, be it a tensor or a constant.
    """

    inputs: tuple[Place, ...]
    names: tuple[str, ...] = ()
    masks: tuple[Place, ...] = ()
    is_masked: bool = False
    is_causal: bool = False
    is_reversed: bool = False


@dataclass
class Item:
    """A layer, a nested model, an input or an operation of a model.

    Args:
        name: Its name in the model.
        kind: Its class in Keras.
        entry: What the configuration says.
        uses: Its calls.
        layer: The layer, where it is one.
        model: The model, where it is one, or several cells of a recurrent layer.
        is_repeated: Whether the model is applied to each step of a sequence.
        after: What is applied to its result, where its activation is a layer.
    """

    name: str
    kind: str
    entry: dict[str, Any]
    uses: list[Use] = field(default_factory=list)
    layer: BaseLayer | None = None
    model: Model | None = None
    is_repeated: bool = False
    after: BaseLayer | None = None

    @property
    def is_input(self) -> bool:
        return self.kind == "InputLayer"

    @property
    def is_frozen(self) -> bool:
        return self.entry["config"].get("trainable") is False


@dataclass
class Model:
    """A model as configured: its items in order, its inputs and outputs."""

    kind: str
    items: list[Item]
    inputs: list[Place]
    outputs: list[Place]
    names: Sequence[str | None] | None = None
    """Names of the outputs, where they have some of their own: they are a dictionary of tensors,
    or the Keras Writer noted them."""
    takes_names: bool = False
    """Whether the inputs are a dictionary of tensors."""
