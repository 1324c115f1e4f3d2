"""Networks for Keras."""

from __future__ import annotations

from typing import Annotated, Literal

from flowengine import ConfigureContext, Context, File, Network, NetworkSpec, Node, node
from flowengine_nodes.io._whole import write_whole
from flowengine_nodes.network._files import check_target

EXAMPLE = "network.keras"


@node(title="Keras Writer", random=True, keywords=("keras", "tensorflow", "export", "save"))
class KerasWriter(Node):
    """Write a network with its weights to a `.keras` file.

    Keras 3 loads it with `keras.models.load_model` and computes the same. Layers keep their names,
    with `_` in place of `/` and `.`; several inputs and outputs come as lists in the network's
    order, whose own names the Keras Reader finds in the file. Neither Keras nor TensorFlow is
    needed to write it. Layers of cuDNN become an LSTM or GRU, and ThresholdedReLU a ReLU; locally
    connected layers, the activation `hard_sigmoid_keras2` and Equalization, which Keras 3 does not
    have or cannot load, are refused.
    """

    path: Annotated[str, File("write", suffixes=(".keras",))]
    """File to write; missing folders on the way are made."""
    overwrite: Literal["replace", "refuse"] = "replace"
    """What to do when the file exists already: replace it, or stop with an error (refuse)."""

    def configure(self, network: NetworkSpec, ctx: ConfigureContext) -> None:
        from flowengine_nodes.network._keras.writing import check_layers, notes_on

        check_target(ctx.path(self.path, write=True), self.path, self.overwrite, EXAMPLE)
        check_layers(network)
        for note in notes_on(network):
            ctx.warn(note)

    def execute(self, network: Network, ctx: Context) -> None:
        from flowengine_nodes.network._keras.writing import keras_bytes
        from flowengine_nodes.network._weights import weights_to_write

        target = ctx.path(self.path, write=True)
        check_target(target, self.path, self.overwrite, EXAMPLE)
        data = keras_bytes(network.spec, weights_to_write(network, ctx))
        write_whole(target, data, self.path)
