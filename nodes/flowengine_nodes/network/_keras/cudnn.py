"""Recurrent layers of cuDNN: their weights in files of Keras 2, and what Keras 3 has for them.

A file keeps each gate's kernels as cuDNN reads them, output by output, whatever shape it gives
them; biases of input and state stand one behind the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flowengine import NetworkSpec
from flowengine.layer import BaseLayer
from flowengine_nodes.layer.recurrent.cudnn_gru import CuDNNGRU
from flowengine_nodes.layer.recurrent.cudnn_lstm import CuDNNLSTM
from flowengine_nodes.layer.recurrent.gru import GRU
from flowengine_nodes.layer.recurrent.lstm import LSTM
from flowengine_nodes.layer.wrapper.bidirectional import Bidirectional

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]
    Arrays = Mapping[str, Array]


def from_cudnn(layer: BaseLayer, arrays: Arrays) -> Arrays:
    """Return weights as layers have them, where cuDNN's were read; others as they are."""
    if isinstance(layer, Bidirectional):
        return _both(layer, arrays, from_cudnn)
    if not isinstance(layer, CuDNNLSTM | CuDNNGRU):
        return arrays
    kernels = {name: arrays[name] for name in ("kernel", "recurrent_kernel")}
    return {**arrays, **{name: _by_input(one, layer.gates) for name, one in kernels.items()}}


def _by_input(kernel: Array, gates: int) -> Array:
    import numpy as np

    parts = np.split(kernel, gates, axis=1)
    return np.concatenate([part.reshape(part.shape[::-1]).T for part in parts], axis=1)


def without_cudnn(
    spec: NetworkSpec, weights: Mapping[str, Arrays]
) -> tuple[NetworkSpec, Mapping[str, Arrays]]:
    """Return a network that computes the same with an LSTM or GRU for each layer of cuDNN."""
    layers = {name: _plain(layer) for name, layer in spec.layers.items()}
    if layers == spec.layers:
        return spec, weights
    arrays = {name: _plain_weights(spec.layers[name], one) for name, one in weights.items()}
    return replace(spec, layers=layers), arrays


def _plain(layer: BaseLayer) -> BaseLayer:
    if isinstance(layer, Bidirectional):
        inner = {"layer": layer.layer, "backward_layer": layer.backward_layer}
        return layer.model_copy(
            update={name: _plain(one) for name, one in inner.items() if one is not None}
        )
    if not isinstance(layer, CuDNNLSTM | CuDNNGRU):
        return layer
    plain = LSTM if isinstance(layer, CuDNNLSTM) else GRU
    return plain(**{name: getattr(layer, name) for name in type(layer).model_fields})


def _plain_weights(layer: BaseLayer, arrays: Arrays) -> Arrays:
    if isinstance(layer, Bidirectional):
        return _both(layer, arrays, _plain_weights)
    if not isinstance(layer, CuDNNLSTM | CuDNNGRU):
        return arrays
    biases = arrays["bias"].reshape(2, -1)
    return {**arrays, "bias": biases.sum(0) if isinstance(layer, CuDNNLSTM) else biases}


def _both(layer: Bidirectional, arrays: Arrays, change: Any) -> Arrays:
    changed: dict[str, Array] = {}
    for direction, inner in layer.directions().items():
        start = f"{direction}/"
        own = {name.removeprefix(start): arrays[name] for name in arrays if name.startswith(start)}
        changed |= {f"{start}{name}": array for name, array in change(inner, own).items()}
    return changed
