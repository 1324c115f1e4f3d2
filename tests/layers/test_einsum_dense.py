from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import activations, cases, constraints, regularizers

from flowengine import ConfigureError, TensorSpec
from flowengine.testing import check_layer
from flowengine_nodes.layer.core.einsum_dense import EinsumDense

FORMS: list[tuple[str, tuple[int, ...], Any, tuple[str, ...]]] = [
    ("ab,bc->ac", (3,), 4, ("c",)),
    ("abc,cd->abd", (2, 3), (None, 4), ("d",)),
    ("abc,cd->abd", (2, 3), (2, 4), ("d", "b", "bd")),
    ("abc,bd->adc", (2, 3), (4, None), ("d",)),
    ("abc,bcd->ad", (2, 3), 5, ("d",)),
    ("abc,cde->abde", (2, 3), (None, 2, 4), ("de", "e", "d")),
    ("...b,bc->...c", (2, 3), 4, ("c",)),
    ("...bc,cd->...bd", (2, 3, 2), (None, 4), ("d",)),
    ("ab...,bc->ac...", (3, 2, 2), 4, ("c",)),
]


@cases
@given(data=st.data(), form=st.sampled_from(FORMS))
def test_einsum_dense_is_that_of_keras(data: st.DataObject, form: Any) -> None:
    equation, shape, made, axes = form
    layer = data.draw(
        st.builds(
            EinsumDense,
            equation=st.just(equation),
            output_shape=st.just(made),
            bias_axes=st.none() | st.sampled_from(axes),
            activation=activations,
            kernel_regularizer=regularizers,
            bias_regularizer=regularizers,
            kernel_constraint=constraints,
            bias_constraint=constraints,
            activity_regularizer=regularizers,
        )
    )
    check_layer(layer, [shape])


@pytest.mark.parametrize(
    ("equation", "made", "axes", "message"),
    [
        ("ab,bc", 4, None, "is no equation this layer can read"),
        ("ab,bc->ca", 4, None, "is no equation this layer can read"),
        ("...ab...,bc->...ac...", 4, None, "is no equation this layer can read"),
        ("abc,cd->abd", (None, 4), None, "needs an input of 3 dimensions with the batch"),
        ("ab,bc->ac", (4, 4), None, "output_shape has 2 numbers"),
        ("ab,bc->ac", 4, "x", 'bias_axes names "x"'),
        ("ab,bc->abc", (7, 4), None, 'output_shape makes "b" 7 long'),
    ],
)
def test_equations_that_do_not_fit_are_refused(
    equation: str, made: Any, axes: str | None, message: str
) -> None:
    layer = EinsumDense(equation=equation, output_shape=made, bias_axes=axes)
    with pytest.raises(ConfigureError, match=message):
        layer.outputs(TensorSpec((3,)))


def test_unknown_sizes_are_refused_only_where_weights_need_them() -> None:
    over_last = EinsumDense(equation="abc,cd->abd", output_shape=(None, 4))
    assert over_last.outputs(TensorSpec((None, 3))).shape == (None, 4)
    over_time = EinsumDense(equation="abc,bd->adc", output_shape=(4, None))
    with pytest.raises(ConfigureError, match='the size of "b" in "abc,bd->adc" must be known'):
        over_time.weights(TensorSpec((None, 3)))


def test_einsum_dense_counts_as_dense_does() -> None:
    layer = EinsumDense(equation="abc,cd->abd", output_shape=(None, 4))
    assert layer.flops(TensorSpec((5, 3))) == 2 * 5 * 3 * 4
