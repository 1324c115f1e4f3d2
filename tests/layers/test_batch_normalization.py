from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases, constraints, regularizers

from flowengine import ConfigureError, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.normalization.batch_normalization import (
    BatchNormalization,
    RenormClipping,
)

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


@cases
@given(data=st.data(), shape=shapes)
def test_batch_normalization_is_that_of_keras(data: st.DataObject, shape: tuple[int, ...]) -> None:
    layer = data.draw(
        st.builds(
            BatchNormalization,
            axis=st.sampled_from([-1, *range(1, len(shape) + 1)]),
            momentum=st.sampled_from([0.0, 0.9, 0.99]),
            epsilon=st.sampled_from([1e-3, 0.1]),
            center=st.booleans(),
            scale=st.booleans(),
            beta_regularizer=regularizers,
            gamma_regularizer=regularizers,
            beta_constraint=constraints,
            gamma_constraint=constraints,
        )
    )
    # Keras squares sums where torch sums squares, which costs it digits in small batches.
    check_layer(layer, [shape], batch=5, tolerance=1e-4)


@cases
@given(data=st.data(), shape=shapes)
def test_batch_renormalization_is_that_of_keras(
    data: st.DataObject, shape: tuple[int, ...]
) -> None:
    layer = data.draw(
        st.builds(
            BatchNormalization,
            renorm=st.just(True),
            renorm_momentum=st.sampled_from([0.5, 0.99]),
            renorm_clipping=st.none()
            | st.builds(
                RenormClipping,
                rmin=st.sampled_from([None, 0.5]),
                rmax=st.sampled_from([None, 2.0]),
                dmax=st.sampled_from([None, 0.1]),
            ),
            center=st.booleans(),
            scale=st.booleans(),
        )
    )
    check_layer(layer, [shape], batch=5, tolerance=1e-4)


def test_masked_places_do_not_count() -> None:
    mask = np.array([[True, True, False], [True, False, False]])
    check_layer(BatchNormalization(), [(3, 4)], masks=[mask], batch=2)


def test_a_single_value_is_normalised_to_the_offset() -> None:
    check_layer(BatchNormalization(), [(4,)], batch=1)


def test_axis_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigureError, match="axis 0 is none of the axes"):
        BatchNormalization(axis=0).outputs(TensorSpec((3,)))
    with pytest.raises(ConfigureError, match="choose 1 or -1, its only one"):
        BatchNormalization(axis=2).outputs(TensorSpec((3,)))
