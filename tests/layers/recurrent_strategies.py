"""Settings, sequences, first states and masks that hypothesis generates for recurrent layers."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from layer_strategies import constraints, kernel, regularizers
from recurrent_reference import WithStates

from flowengine.layer import BaseLayer
from flowengine.testing.layers import Report, check_layer

# Gates without bounds, steep functions and jumps make more of a rounding error at each step; as
# functions they are held against Keras' elsewhere.
BOUNDED = ("sigmoid", "hard_sigmoid", "sparse_sigmoid", "tanh", "hard_tanh", "softsign", "softmax")
functions = st.sampled_from([*BOUNDED, "linear", "relu", "relu6", "leaky_relu", "elu", "softplus"])
# What is dropped is random, so that such layers are compared in inference alone.
drops = st.sampled_from([0.0, 0.0, 0.0, 0.3])
recurrent = kernel | {
    "dropout": drops,
    "recurrent_dropout": drops,
    "seed": st.none() | st.integers(0, 9),
    "activation": st.just("tanh") | functions,
    "recurrent_regularizer": regularizers,
    "recurrent_constraint": constraints,
    "return_sequences": st.booleans(),
    "go_backwards": st.booleans(),
    "zero_output_for_mask": st.booleans(),
}
forgetful = {"unit_forget_bias": st.booleans()}
gated = recurrent | {"recurrent_activation": st.just("sigmoid") | st.sampled_from(BOUNDED)}
fused = gated | {"use_cudnn": st.sampled_from(["auto", False])}


def masks(batch: int, steps: int) -> st.SearchStrategy[np.ndarray[Any, Any]]:
    """Return masks of all kinds: padded right or left, with holes, without any valid step."""
    lengths = st.lists(st.integers(0, steps), min_size=batch, max_size=batch)
    places = st.lists(st.booleans(), min_size=batch * steps, max_size=batch * steps)
    return st.one_of(
        lengths.map(lambda sizes: np.arange(steps) < np.array(sizes)[:, None]),
        lengths.map(lambda sizes: np.arange(steps)[::-1] < np.array(sizes)[:, None]),
        places.map(lambda flags: np.array(flags).reshape(batch, steps)),
    )


def check_recurrent(
    data: st.DataObject, layer: BaseLayer, step: tuple[int, ...], state: tuple[int, ...]
) -> Report:
    """Hold a recurrent layer against Keras' with drawn length, mask and first states."""
    steps, batch = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 3))
    count = len(layer.output_names()) - 1 if data.draw(st.booleans()) else 0
    mask = data.draw(st.none() | masks(batch, steps))
    return check_layer(
        layer,
        [(steps, *step), *[state] * count],
        masks=[mask, *[None] * count],
        batch=batch,
        reference=WithStates(layer),
    )
