"""``Cell``, the base of modules whose weights have Keras' names. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from flowengine.tensor import Weight


class Cell(nn.Module):
    """A module with the weights that its layer describes.

    What the compiler reads off a module, and a class states where it is so:

    * ``takes_integers``: integer inputs arrive as they are; otherwise they arrive as float32;
    * ``activation``: a module applied last to the output, or ``None``;
    * ``commutes_with_monotone``: the module and a monotone function may trade places;
    * ``prefers_channels_last``: kernels are stored in the memory order of the images;
    * ``rows_apart``: while training, no row of a batch changes what becomes of another;
    * ``gives_all``: whether outputs beyond the first are read, and returned, or left out; only
      cells have it that save work by leaving them out;
    * ``kernel_kind``: ``torch`` where torch's fused kernel computes it, ``cell`` where we do.

    Args:
        weights: What the layer's ``weights`` returned.
        optional: Names of weights that may be absent; they are ``None`` then.
        activation: What is applied last.
    """

    commutes_with_monotone: ClassVar[bool] = False
    prefers_channels_last: ClassVar[bool] = False
    # Of some cells these depend on settings.
    rows_apart: bool = True
    takes_integers: bool = False
    kernel_kind: str = "torch"

    def __init__(
        self,
        weights: Mapping[str, Weight] | None = None,
        *,
        optional: tuple[str, ...] = (),
        activation: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.activation = activation
        for name in optional:
            self.register_parameter(name, None)
        for name, weight in (weights or {}).items():
            values = torch.zeros(
                [weight.shape[axis] for axis in weight.axes] if weight.axes else weight.shape,
                dtype=getattr(torch, weight.dtype),
            )
            if weight.trainable:
                self.register_parameter(name, nn.Parameter(values))
            else:
                self.register_buffer(name, values)

    def activated(self, values: Tensor) -> Tensor:
        """Return ``values`` after the activation, if there is one."""
        if self.activation is None:
            return values
        result: Tensor = self.activation(values)
        return result


def channels_first(values: Tensor) -> Tensor:
    """Return a view with the channels behind the batch, as torch's kernels want them."""
    return values.movedim(-1, 1)


def channels_last(values: Tensor) -> Tensor:
    """Return a view with the channels at the end, as layers see them."""
    return values.movedim(1, -1)
