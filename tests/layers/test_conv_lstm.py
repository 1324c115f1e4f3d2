"""ConvLSTM over one, two and three axes against Keras."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st
from layer_strategies import cases, paddings
from recurrent_strategies import check_recurrent, forgetful, gated
from window_strategies import windows

from flowengine import TensorSpec
from flowengine_nodes.layer.recurrent._conv_lstm import ConvLSTM
from flowengine_nodes.layer.recurrent.conv_lstm1d import ConvLSTM1D
from flowengine_nodes.layer.recurrent.conv_lstm2d import ConvLSTM2D
from flowengine_nodes.layer.recurrent.conv_lstm3d import ConvLSTM3D

KINDS: tuple[type[ConvLSTM], ...] = (ConvLSTM1D, ConvLSTM2D, ConvLSTM3D)


@cases
@given(data=st.data(), rank=st.integers(1, 3), channels=st.integers(1, 2))
def test_conv_lstm_is_that_of_keras(data: st.DataObject, rank: int, channels: int) -> None:
    window = data.draw(windows(rank, largest=2))
    layer = data.draw(
        st.builds(
            KINDS[rank - 1],
            filters=st.integers(1, 2),
            **{name: st.just(value) for name, value in window.items()},
            padding=paddings,
            **gated,
            **forgetful,
        )
    )
    step = (*(3 for _ in range(rank)), channels)
    state = layer.state_spec(TensorSpec((1, *step))).shape
    # Torch's kernel, which Keras trusts here and we do not, gives wrong numbers in this case.
    assume(not (channels == 1 and layer.strides[-1] > 1 and state[-2] == 1))
    check_recurrent(data, layer, step, state)
