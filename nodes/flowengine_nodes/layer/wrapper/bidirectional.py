"""A recurrent layer in both directions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator

from flowengine import ConfigureError, Layer, TensorSpec, Weight, node
from flowengine.layer import BaseLayer
from flowengine.nested import LayerSetting
from flowengine.nn.regularizers import Regularizer

if TYPE_CHECKING:
    import torch


def _one_output(value: Any) -> Any:
    if value is None:
        raise ValueError(
            "null would give two outputs; use two recurrent layers, one of them with go_backwards"
        )
    return value


MergeMode = Annotated[Literal["concat", "sum", "mul", "ave"], BeforeValidator(_one_output)]


@node(title="Bidirectional", keywords=("recurrent", "wrapper", "both directions", "rnn"))
class Bidirectional(Layer):
    """Go through a sequence with a recurrent layer from both ends.

    Two layers with the same settings and each with its own weights, one of which begins at the
    end. At each step of a sequence the output knows what was before and what comes behind. Of
    the steps that a mask excludes, a sequence has zeros.

    Source: Bidirectional recurrent neural networks (Schuster and Paliwal, 1997).
    """

    layer: LayerSetting
    """The recurrent layer: an object with its type and its settings, such as ``{"type":
    "layer.lstm", "units": 32}``."""
    merge_mode: MergeMode = "concat"
    """What becomes of the outputs of both directions: ``concat`` puts them side by side, ``sum``
    adds, ``mul`` multiplies, and ``ave`` takes their mean."""
    backward_layer: LayerSetting | None = None
    """The layer that begins at the end, with ``go_backwards``; by default like the other one."""

    @property
    def activity_regularizer(self) -> Regularizer | None:
        """What the output of each direction adds to the loss."""
        found: Regularizer | None = getattr(self.layer, "activity_regularizer", None)
        return found

    def directions(self) -> dict[str, BaseLayer]:
        """Return the layers of both directions under the names that their weights begin with.

        Raises:
            ConfigureError: They are no recurrent layers, or do not go together.
        """
        forward, backward = self.layer, self.backward_layer
        goes_backwards, sequences = _course("layer", forward)
        if backward is None:
            if goes_backwards:
                raise ConfigureError(
                    "the layer has go_backwards true; set it to false, since a layer for the "
                    "other direction is added by itself",
                    setting="layer",
                )
            backward = forward.model_copy(update={"go_backwards": True})
        elif _course("backward_layer", backward) != (not goes_backwards, sequences):
            raise ConfigureError(
                f"backward_layer needs go_backwards {_word(not goes_backwards)} and "
                f"return_sequences {_word(sequences)}, the opposite and the same as layer",
                setting="backward_layer",
            )
        elif getattr(backward, "activity_regularizer", None) != self.activity_regularizer:
            raise ConfigureError(
                "backward_layer needs the same activity_regularizer as layer",
                setting="backward_layer",
            )
        update = {"zero_output_for_mask": sequences}
        return {
            "forward_layer": forward.model_copy(update=update),
            "backward_layer": backward.model_copy(update=update),
        }

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        forward, backward = (one.output_specs(*inputs)[0] for one in self.directions().values())
        if self.merge_mode == "concat" and forward.shape[:-1] == backward.shape[:-1]:
            sizes = (forward.shape[-1], backward.shape[-1])
            width = None if None in sizes else sum(size or 0 for size in sizes)
            return replace(forward, shape=(*forward.shape[:-1], width))
        if forward.shape != backward.shape:
            raise ConfigureError(
                f'merge_mode "{self.merge_mode}" needs outputs of one size; they are {forward} '
                f"and {backward}",
                setting="merge_mode",
            )
        return forward

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        return {
            f"{direction}/{name}": weight
            for direction, layer in self.directions().items()
            for name, weight in layer.weights(*inputs).items()
        }

    def flops(self, *inputs: TensorSpec) -> int:
        return sum(layer.flops(*inputs) for layer in self.directions().values())

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.wrapper import BidirectionalCell

        forward, backward = (one.build(*inputs) for one in self.directions().values())
        _, sequences = _course("layer", self.layer)
        return BidirectionalCell(forward, backward, self.merge_mode, sequences=sequences)


def _course(setting: str, layer: BaseLayer) -> tuple[bool, bool]:
    """Return whether a layer begins at the end, and whether it gives sequences."""
    names = ("go_backwards", "return_sequences")
    if not all(name in type(layer).model_fields for name in names):
        raise ConfigureError(
            f'"{layer.__type_id__ or type(layer).__name__}" does not go through a sequence; '
            f'choose a recurrent layer, such as "layer.lstm" or "layer.gru"',
            setting=setting,
        )
    backwards, sequences = (bool(getattr(layer, name)) for name in names)
    return backwards, sequences


def _word(truth: bool) -> str:  # noqa: FBT001
    return "true" if truth else "false"
