"""Recurrent layers that Keras 3 lacks, and what it cannot say about the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases
from reference.recurrence import gru, hard_sigmoid_keras2, lstm

from flowengine import ConfigureError, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.nn.cells.dense_recurrence import side_by_side
from flowengine.nn.initializers import Constant
from flowengine.testing import check_layer
from flowengine_nodes.layer.recurrent.conv_lstm2d import ConvLSTM2D
from flowengine_nodes.layer.recurrent.cudnn_gru import CuDNNGRU
from flowengine_nodes.layer.recurrent.cudnn_lstm import CuDNNLSTM
from flowengine_nodes.layer.recurrent.gru import GRU
from flowengine_nodes.layer.recurrent.lstm import LSTM
from flowengine_nodes.layer.recurrent.simple_rnn import SimpleRNN

units = st.integers(1, 4)
course = {"return_sequences": st.booleans(), "go_backwards": st.booleans()}


def reference_of(layer: Any, function: Any, **settings: Any) -> Any:
    """Return a reference in numpy that goes through sequences as the layer does."""

    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        sequence, *states = inputs
        sequence = sequence[:, ::-1] if layer.go_backwards else sequence
        outputs, *last = function([sequence, *states], weights, **settings)
        return (outputs if layer.return_sequences else outputs[:, -1], *last)

    return reference


def check(layer: Any, steps: int, first: bool, reference: Any) -> None:
    count = len(layer.output_names()) - 1 if first else 0
    check_layer(layer, [(steps, 3), *[(layer.units,)] * count], reference=reference)


@cases
@given(layer=st.builds(CuDNNLSTM, units=units, **course), steps=units, first=st.booleans())
def test_cudnn_lstm_is_that_of_keras_2(layer: CuDNNLSTM, steps: int, first: bool) -> None:
    check(layer, steps, first, reference_of(layer, lstm))


@cases
@given(layer=st.builds(CuDNNGRU, units=units, **course), steps=units, first=st.booleans())
def test_cudnn_gru_is_that_of_keras_2(layer: CuDNNGRU, steps: int, first: bool) -> None:
    check(layer, steps, first, reference_of(layer, gru, reset_after=True))


@cases
@given(steps=units, first=st.booleans(), **course)
def test_lstm_of_knime_has_the_hard_sigmoid_of_keras_2(steps: int, first: bool, **how: Any) -> None:
    layer = LSTM(units=3, recurrent_activation="hard_sigmoid_keras2", **how)
    check(layer, steps, first, reference_of(layer, lstm, gate=hard_sigmoid_keras2))


@cases
@given(steps=units, first=st.booleans(), **course)
def test_gru_of_knime_resets_before_the_product(steps: int, first: bool, **how: Any) -> None:
    layer = GRU(units=3, recurrent_activation="hard_sigmoid_keras2", reset_after=False, **how)
    settings = {"gate": hard_sigmoid_keras2, "reset_after": False}
    check(layer, steps, first, reference_of(layer, gru, **settings))


def built(layer: BaseLayer, *shape: int) -> Any:
    """Return a layer's module with random weights."""
    module = layer.build(TensorSpec(shape))
    torch.manual_seed(1)
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter, std=0.5)
    return module.eval()


SMALL: dict[str, Any] = {"units": 3, "return_sequences": True}


@pytest.mark.parametrize("cls", [LSTM, GRU, SimpleRNN, CuDNNLSTM, CuDNNGRU])
@pytest.mark.parametrize("masked", [False, True])
def test_trace_shows_what_the_fused_kernel_computes(cls: Any, masked: bool) -> None:
    module = built(cls(**SMALL), 5, 2)
    assert module.kernel_kind == "torch"
    x = torch.randn(4, 5, 2)
    mask = torch.rand(4, 5) < 0.6 if masked else None
    outputs, *last = module(x, mask=mask)
    trace = module.trace(x, mask=mask)
    torch.testing.assert_close(trace["state_h"], outputs)
    for name, state in zip(("state_h", "state_c"), last, strict=False):
        torch.testing.assert_close(trace[name][:, -1], state)


def test_trace_of_an_lstm_has_its_gates() -> None:
    trace = built(LSTM(**SMALL), 5, 2).trace(torch.randn(4, 5, 2))
    before = torch.cat([torch.zeros(4, 1, 3), trace["state_c"][:, :-1]], dim=1)
    memory = trace["forget_gate"] * before + trace["input_gate"] * trace["candidate"]
    torch.testing.assert_close(trace["state_c"], memory)
    torch.testing.assert_close(trace["state_h"], trace["output_gate"] * memory.tanh())


def test_trace_of_a_gru_has_its_gates() -> None:
    trace = built(GRU(**SMALL), 5, 2).trace(torch.randn(4, 5, 2))
    before = torch.cat([torch.zeros(4, 1, 3), trace["state_h"][:, :-1]], dim=1)
    update = trace["update_gate"]
    torch.testing.assert_close(
        trace["state_h"], update * before + (1 - update) * trace["candidate"]
    )
    assert trace["reset_gate"].shape == (4, 5, 3)


def training(module: Any, x: torch.Tensor) -> Any:
    """Return a module's outputs while training, and the factors of inputs and state it drew."""
    drawn: list[Any] = []
    draw = module.drawn

    def recording(like: torch.Tensor, rate: float) -> Any:
        drawn.append(draw(like, rate))
        return drawn[-1]

    module.drawn = recording
    outputs, *_ = module.train()(x)
    return outputs, drawn


def numbers(module: Any) -> dict[str, Any]:
    """Return the weights of a module as Keras has them."""
    return {name: value.detach().numpy().T for name, value in module.named_parameters()} | {
        "bias": module.bias.detach().numpy()
    }


@pytest.mark.parametrize(("dropout", "recurrent"), [(0.5, 0.0), (0.0, 0.5), (0.3, 0.6)])
def test_lstm_drops_the_same_at_every_step(dropout: float, recurrent: float) -> None:
    layer = LSTM(units=8, return_sequences=True, dropout=dropout, recurrent_dropout=recurrent)
    module, x = built(layer, 6, 4), torch.randn(5, 6, 4)
    assert module.kernel_kind == ("cell" if recurrent else "torch")
    outputs, drawn = training(module, x)
    expected, *_ = lstm([x.numpy()], numbers(module), drops=for_gates(drawn, 4))
    torch.testing.assert_close(outputs.detach(), torch.from_numpy(expected).float())


@pytest.mark.parametrize("reset_after", [False, True])
@pytest.mark.parametrize(("dropout", "recurrent"), [(0.5, 0.0), (0.3, 0.6)])
def test_gru_drops_the_same_at_every_step(
    reset_after: bool, dropout: float, recurrent: float
) -> None:
    layer = GRU(
        units=8,
        return_sequences=True,
        dropout=dropout,
        recurrent_dropout=recurrent,
        reset_after=reset_after,
    )
    module, x = built(layer, 6, 4), torch.randn(5, 6, 4)
    outputs, drawn = training(module, x)
    expected, _ = gru(
        [x.numpy()], numbers(module), reset_after=reset_after, drops=for_gates(drawn, 3)
    )
    torch.testing.assert_close(outputs.detach(), torch.from_numpy(expected).float())


def for_gates(drawn: list[Any], gates: int) -> Any:
    """Return drawn factors for each gate; where one was drawn, it holds for all of them."""
    drawn = [*drawn, None][:2]
    found = []
    for factors in drawn:
        one_each = [1] if factors is None else [factor.numpy() for factor in factors]
        found.append(one_each if len(one_each) == gates else one_each * gates)
    return tuple(found)


def test_each_gate_draws_for_itself_where_the_state_is_dropped() -> None:
    for layer, count in (
        (LSTM(units=8, dropout=0.5), 1),
        (LSTM(units=8, dropout=0.5, recurrent_dropout=0.5), 4),
        (GRU(units=8, dropout=0.5, recurrent_dropout=0.5), 3),
        (SimpleRNN(units=8, dropout=0.5, recurrent_dropout=0.5), 1),
    ):
        _, drawn = training(built(layer, 2, 3), torch.randn(2, 2, 3))
        assert [len(factors) for factors in drawn] == [count] * len(drawn)


def test_dropped_share_and_factors_are_right() -> None:
    module = built(LSTM(units=2, dropout=0.3), 2, 5000)
    _, (factors,) = training(module, torch.randn(10, 2, 5000))
    (one,) = factors
    assert one.unique().tolist() == pytest.approx([0.0, 1 / 0.7])
    assert (one == 0).float().mean().item() == pytest.approx(0.3, abs=0.01)


def test_everything_may_be_dropped() -> None:
    module = built(LSTM(units=2, dropout=1.0, recurrent_dropout=1.0), 2, 3)
    assert torch.equal(module.train()(torch.randn(2, 2, 3))[0], module(torch.ones(2, 2, 3))[0])


def test_own_seed_draws_the_same_whatever_the_global_state() -> None:
    layer = LSTM(units=8, dropout=0.5, recurrent_dropout=0.5, seed=7)
    x, outputs = torch.ones(2, 3, 4), []
    for seed in (1, 2):
        module = built(layer, 3, 4).train()
        torch.manual_seed(seed)
        outputs.append(module(x)[0])
    assert torch.equal(*outputs)
    assert not torch.equal(module(x)[0], outputs[0])


def test_forget_gates_start_at_one() -> None:
    rng = np.random.default_rng(0)
    sequence = TensorSpec((None, 2))
    bias = LSTM(units=2, bias_initializer=Constant(value=5.0)).weights(sequence)["bias"]
    assert bias.initializer.sample(bias.shape, rng).tolist() == [5, 5, 1, 1, 5, 5, 5, 5]
    bias = CuDNNLSTM(units=1).weights(sequence)["bias"]
    assert bias.initializer.sample(bias.shape, rng).tolist() == [0, 0, 0, 0, 0, 1, 0, 0]
    bias = LSTM(units=1, unit_forget_bias=False).weights(sequence)["bias"]
    assert bias.initializer.sample(bias.shape, rng).tolist() == [0, 0, 0, 0]


def test_sequences_may_have_any_length() -> None:
    layer = LSTM(units=3, return_sequences=True)
    out, state_h, state_c = layer.outputs(TensorSpec((None, 2), masked=True))
    assert (out, state_h, state_c) == (
        TensorSpec((None, 3), masked=True),
        TensorSpec((3,)),
        TensorSpec((3,)),
    )
    assert not LSTM(units=3).outputs(TensorSpec((None, 2), masked=True))[0].masked
    module = built(layer, 5, 2)
    assert [module(torch.zeros(1, steps, 2))[0].shape[1] for steps in (1, 7)] == [1, 7]


def test_flops_count_both_kernels_at_every_step() -> None:
    assert LSTM(units=3).flops(TensorSpec((10, 2))) == 2 * (2 + 3) * 12 * 10
    assert GRU(units=3).flops(TensorSpec((None, 2))) == 2 * (2 + 3) * 9
    conv = ConvLSTM2D(filters=3, kernel_size=3)
    assert conv.flops(TensorSpec((10, 6, 6, 2))) == 2 * 9 * (2 + 3) * 12 * 16 * 10


def test_what_does_not_fit_is_refused_in_words() -> None:
    sequence = TensorSpec((10, 2))
    for layer, inputs, message in (
        (LSTM(units=3), [TensorSpec((4,))], r"2 dimensions \(time, features\); it gets 4"),
        (LSTM(units=3), [TensorSpec((4, None))], "needs to know the size of its input's last"),
        (GRU(units=3), [sequence, TensorSpec((4,))], r'first state at "state_h" is 4, but the'),
        (LSTM(units=3, activation="glu"), [sequence], 'activation "glu" halves its input'),
        (
            LSTM(units=3, recurrent_activation="hard_sigmoid", use_cudnn=True),
            [sequence],
            "fused kernel needs recurrent_activation sigmoid",
        ),
        (GRU(units=3, reset_after=False, use_cudnn=True), [sequence], "needs reset_after true"),
        (
            ConvLSTM2D(filters=3, kernel_size=5),
            [TensorSpec((10, 3, 3, 1))],
            'kernel 5×5 does not fit its 3×3 input; padding "same"',
        ),
    ):
        with pytest.raises(ConfigureError, match=message):
            layer.outputs(*inputs)


def test_states_that_outlive_a_batch_are_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match="connect the state ports"):
        LSTM.model_validate_json('{"units": 3, "stateful": true}')
    assert LSTM.model_validate_json('{"units": 3, "stateful": false}') == LSTM(units=3)


def test_padding_leaves_the_cell_state_alone_however_long() -> None:
    module = built(LSTM(units=3), 50, 2)
    x = torch.randn(2, 50, 2)
    mask = torch.arange(50) < torch.tensor([[7], [50]])
    _, state_h, state_c = module(x, mask=mask)
    _, alone_h, alone_c = module(x[:, :7])
    torch.testing.assert_close(state_h[0], alone_h[0], rtol=1e-6, atol=1e-7)
    torch.testing.assert_close(state_c[0], alone_c[0], rtol=1e-6, atol=1e-7)


def test_weights_for_a_gpu_lie_side_by_side() -> None:
    weights = [torch.randn(4, 3), torch.randn(4, 2).T.contiguous().T, torch.randn(4)]
    joined = side_by_side(weights)
    assert all(torch.equal(*pair) for pair in zip(joined, weights, strict=True))
    places = [weight.storage_offset() for weight in joined]
    assert places == [0, 12, 20]
    assert len({weight.untyped_storage().data_ptr() for weight in joined}) == 1
