"""A layer whose kernel is held to one spectral norm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import ConfigureError, Layer, TensorSpec, Weight, node
from flowengine.errors import listing
from flowengine.nested import LayerSetting
from flowengine.nn.initializers import TruncatedNormal
from flowengine_nodes.layer._settings import Size

if TYPE_CHECKING:
    import torch


@node(title="SpectralNormalization", keywords=("wrapper", "gan", "lipschitz"))
class SpectralNormalization(Layer):
    """Apply a layer whose kernel is divided by its largest singular value while training.

    ``layer(x) with kernel / σ(kernel)``.

    Keeps a discriminator from changing too fast between neighbouring inputs, which steadies the
    training of generative networks (Miyato et al., 2018).
    """

    layer: LayerSetting
    """The layer: an object with its type and its settings, such as ``{"type": "layer.conv2d",
    "filters": 8, "kernel_size": 3}``; it must have a kernel."""
    power_iterations: Size = 1
    """How many steps towards the largest singular value are taken for each batch."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        self._kernel(*inputs)
        return self.layer.output_specs(*inputs)[0]

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        weights = self.layer.weights(*inputs)
        last = weights[self._kernel(*inputs)].shape[-1]
        vector = Weight((1, last), TruncatedNormal(stddev=0.02), trainable=False)
        return {"vector_u": vector} | {f"layer/{name}": one for name, one in weights.items()}

    def flops(self, *inputs: TensorSpec) -> int:
        return self.layer.flops(*inputs)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.spectral_normalization import SpectralNormalizationCell

        name = self._kernel(*inputs)
        return SpectralNormalizationCell(
            {"vector_u": self.weights(*inputs)["vector_u"]},
            self.layer.build(*inputs),
            kernel=name,
            axes=self.layer.weights(*inputs)[name].axes,
            iterations=self.power_iterations,
        )

    def _kernel(self, *inputs: TensorSpec) -> str:
        names = self.layer.weights(*inputs)
        for name in ("kernel", "embeddings"):
            if name in names:
                return name
        raise ConfigureError(
            f"the layer inside has no kernel to normalise; its weights are {listing(names)}; take "
            f"a dense or convolutional layer",
            setting="layer",
        )
