"""LSTM, GRU and SimpleRNN against Keras."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases
from recurrent_strategies import check_recurrent, fused, recurrent

from flowengine_nodes.layer.recurrent.gru import GRU
from flowengine_nodes.layer.recurrent.lstm import LSTM
from flowengine_nodes.layer.recurrent.simple_rnn import SimpleRNN

units = st.integers(1, 4)


@cases
@given(data=st.data(), layer=st.builds(LSTM, units=units, **fused), features=units)
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
@given(data=st.data(), layer=st.builds(SimpleRNN, units=units, **recurrent), features=units)
def test_simple_rnn_is_that_of_keras(data: st.DataObject, layer: SimpleRNN, features: int) -> None:
    check_recurrent(data, layer, (features,), (layer.units,))
