"""Values dropped at random."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from flowengine import ConfigureError, Layer, TensorSpec, node
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer._tensors import floating

if TYPE_CHECKING:
    import torch


@node(title="Dropout", keywords=("regularization", "overfitting"))
class Dropout(Layer):
    """Set a share of the values to zero at random while training.

    The others are scaled up by ``1 / (1 - rate)``, so that the sum stays the same on average. When
    a network is applied, nothing is dropped.
    """

    rate: Annotated[float, Field(ge=0, le=1)]
    """Share of the values that are dropped."""
    noise_shape: tuple[Size | None, ...] | None = None
    """Shape of the random mask with the batch first, null for the input's own size: ``[null, 1,
    16]`` drops the same of 16 features at all times of a sequence."""
    seed: int | None = None
    """Own seed; by default the random numbers follow from the learner's seed."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = inputs[0]
        if self.noise_shape is not None:
            sizes = (None, *tensor.shape)
            fits = len(self.noise_shape) == len(sizes) and all(
                noise in (None, 1, size) or (size is None and noise is not None)
                for noise, size in zip(self.noise_shape, sizes, strict=True)
            )
            if not fits:
                raise ConfigureError(
                    f"noise_shape {list(self.noise_shape)} does not fit the input {tensor} with "
                    f"the batch in front; it needs {len(sizes)} numbers, each null, 1 or the "
                    f"input's size",
                    setting="noise_shape",
                )
        return floating(tensor)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.dropout import DropoutCell

        return DropoutCell(rate=self.rate, noise_shape=self.noise_shape, seed=self.seed)
