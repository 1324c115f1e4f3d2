"""Weights from PyTorch."""

from __future__ import annotations

from typing import Annotated, Literal

from flowengine import (
    ConfigureContext,
    Context,
    DataError,
    File,
    Network,
    NetworkSpec,
    Node,
    Port,
    node,
)
from flowengine.errors import listing


@node(
    title="State Dict Reader",
    keywords=("pytorch", "torchvision", "pretrained", "weights", "pt", "pth", "safetensors"),
)
class StateDictReader(Node):
    """Fill a network with weights that PyTorch saved.

    The file holds the `state_dict()` of a module: a safetensors file, or a `.pt` file, of which
    only tensors are read; nothing in a file is ever executed. Modules find their layers by name:
    `layer1.0.conv1` is the layer `layer1_0/conv1`, wherever the component stands that holds it. The
    networks in `workflows/networks` have torchvision's names, so that its weights fit. Weights of
    dense layers behind a flatten layer are put in our order, channels last.
    """

    path: Annotated[str, File("read", suffixes=(".safetensors", ".pt", ".pth"))]
    """File to read."""
    partly: Literal["refuse", "allow"] = "refuse"
    """What to do when the file and the network do not agree in all layers: stop with an error
    (refuse), or fill those that agree, with a warning about the others (allow)."""

    def configure(self, network: NetworkSpec, ctx: ConfigureContext) -> NetworkSpec:
        ctx.path(self.path)
        return network

    def execute(
        self, network: Annotated[Network, Port("Network whose layers are filled.")], ctx: Context
    ) -> Network:
        from dataclasses import replace

        from flowengine.blobs import save_blob
        from flowengine_nodes.network._state_dict import (
            layer_arrays,
            match_layers,
            read_state_dict,
        )

        path = ctx.path(self.path)
        state = read_state_dict(path)
        match = match_layers(network.spec, state)
        if not match.modules:
            raise DataError(
                f'no module of "{path.name}" is a layer of the network: the file has '
                f"{listing(match.unused)}, the network {listing(match.missing)}"
            )
        faults = [f'the file has no weights for "{name}"' for name in match.missing]
        faults += [f'the network has no layer for "{name}"' for name in match.unused]
        weights = dict(network.weights)
        for layer, module in match.modules.items():
            ctx.check()
            try:
                arrays = layer_arrays(network.spec, layer, module, state)
            except DataError as error:
                faults.append(str(error))
            else:
                weights[layer] = save_blob(ctx.blobs, arrays)
        if faults and self.partly == "refuse":
            raise DataError(
                f'{_few(faults)}; to fill only the layers that agree, set "partly" to "allow"'
            )
        if faults:
            ctx.warn(f"not all of the file and the network agree: {_few(faults)}")
        return replace(network, weights=weights, blobs=ctx.blobs)


def _few(faults: list[str]) -> str:
    more = f"; and {len(faults) - 3} more" if len(faults) > 3 else ""
    return "; ".join(faults[:3]) + more
