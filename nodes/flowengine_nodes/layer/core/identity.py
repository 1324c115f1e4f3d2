"""Nothing at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import Layer, TensorSpec, node

if TYPE_CHECKING:
    import torch


@node(title="Identity", keywords=("nothing", "name", "placeholder"))
class Identity(Layer):
    """Pass a tensor on as it is.

    ``y = x``.

    Gives a place in a network a name of its own, at which it can be cut or taken as an output.
    """

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return inputs[0]

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.shaping import IdentityCell

        return IdentityCell()
