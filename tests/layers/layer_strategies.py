"""Settings that hypothesis generates for layers."""

from __future__ import annotations

import os
from typing import get_args

from hypothesis import settings
from hypothesis import strategies as st

from flowengine.nn.activations import Activation
from flowengine.nn.constraints import MaxNorm, MinMaxNorm, NonNeg, UnitNorm
from flowengine.nn.regularizers import L1, L1L2, L2

EXAMPLES = 60 if os.environ.get("FLOWENGINE_SOAK") else 8
"""Cases of each test: few in ``make test``, many in ``make soak`` and ``make parity``."""

cases = settings(max_examples=EXAMPLES, derandomize=True, database=None)

# Keras 3 has no name for its older hard sigmoid, does not say that glu halves the output, and sums
# too much in sparsemax (its results do not add up to 1); these have references of their own.
KERAS_ACTIVATIONS = tuple(
    name for name in get_args(Activation) if name not in ("hard_sigmoid_keras2", "glu", "sparsemax")
)
activations = st.sampled_from(KERAS_ACTIVATIONS)
factors = st.sampled_from([0.0, 0.001, 0.1])
regularizers = st.one_of(
    st.none(),
    st.builds(L1, l1=factors),
    st.builds(L2, l2=factors),
    st.builds(L1L2, l1=factors, l2=factors),
)
constraints = st.one_of(
    st.none(),
    st.builds(NonNeg),
    st.builds(UnitNorm),
    st.builds(MaxNorm, max_value=st.sampled_from([0.1, 2.0])),
    st.builds(MinMaxNorm, min_value=st.sampled_from([0.0, 0.5]), rate=st.sampled_from([0.3, 1.0])),
)
bias = {
    "use_bias": st.booleans(),
    "bias_regularizer": regularizers,
    "bias_constraint": constraints,
}
kernel = bias | {
    "activation": activations,
    "kernel_regularizer": regularizers,
    "kernel_constraint": constraints,
    "activity_regularizer": regularizers,
}
paddings = st.sampled_from(["valid", "same"])


def pairs(largest: int) -> st.SearchStrategy[tuple[int, int]]:
    """Return two sizes from 1 to ``largest``."""
    size = st.integers(1, largest)
    return st.tuples(size, size)
