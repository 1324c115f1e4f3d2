"""LSTM, GRU and SimpleRNN against Keras."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases
from recurrent_reference import WithStates
from recurrent_strategies import check_recurrent, forgetful, fused, recurrent

from flowengine.testing import check_layer
from flowengine_nodes.layer.recurrent.gru import GRU
from flowengine_nodes.layer.recurrent.lstm import LSTM
from flowengine_nodes.layer.recurrent.simple_rnn import SimpleRNN

units = st.integers(1, 4)


@cases
@given(
    data=st.data(),
    layer=st.builds(LSTM, units=units, **fused, **forgetful),
    features=units,
)
def test_lstm_is_that_of_keras(data: st.DataObject, layer: LSTM, features: int) -> None:
    check_recurrent(data, layer, (features,), (layer.units,))


@cases
@given(
    data=st.data(),
    layer=st.builds(GRU, units=units, reset_after=st.booleans(), **fused),
    features=units,
)
def test_gru_is_that_of_keras(data: st.DataObject, layer: GRU, features: int) -> None:
    check_recurrent(data, layer, (features,), (layer.units,))


@cases
@given(
    data=st.data(),
    layer=st.builds(SimpleRNN, units=units, **recurrent),
    features=units,
)
def test_simple_rnn_is_that_of_keras(data: st.DataObject, layer: SimpleRNN, features: int) -> None:
    check_recurrent(data, layer, (features,), (layer.units,))


@pytest.mark.parametrize("cls", [LSTM, GRU, SimpleRNN])
def test_unrolling_is_taken_and_changes_nothing(cls: Any) -> None:
    # Keras cannot unroll a masked sequence backwards.
    layer = cls(units=3, unroll=True, return_sequences=True)
    check_layer(layer, [(4, 2)], reference=WithStates(layer))
