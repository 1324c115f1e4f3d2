"""A part of a network."""

from __future__ import annotations

from flowengine import ConfigureError, Network, NetworkSpec, Node, node
from flowengine.network_surgery import cut, refitted


@node(
    title="Network Cut",
    keywords=("headless", "set output layers", "transfer learning", "encoder", "truncate"),
)
class Cut(Node):
    """Keep the part of a network between tensors.

    A tensor is called like the layer that makes it (`dense_1`), the states of a recurrent layer
    `lstm_1.state_h` and `lstm_1.state_c`. Tensors named as inputs come from outside from now on;
    tensors named as outputs are what the network gives. Layers that are not needed any more are
    dropped, the weights of the others stay.

    So a trained network loses its head before it gets a new one, an autoencoder is split, and a
    decoder is used with its states as inputs.
    """

    inputs: tuple[str, ...] = ()
    """Tensors that become inputs; none keeps the network's own."""
    outputs: tuple[str, ...] = ()
    """Tensors that become the outputs; none keeps the network's own."""

    def configure(self, network: NetworkSpec) -> NetworkSpec:
        if not (self.inputs or self.outputs):
            raise ConfigureError(
                "there is nothing to cut: name tensors as inputs, as outputs, or both",
                setting="outputs",
            )
        return cut(network, self.inputs, self.outputs)

    def execute(self, network: Network) -> Network:
        return refitted(network, cut(network.spec, self.inputs, self.outputs))
