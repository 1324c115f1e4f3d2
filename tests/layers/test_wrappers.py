"""Bidirectional and TimeDistributed against Keras, and layers as settings of layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases, kernel
from recurrent_reference import WithStates
from recurrent_strategies import fused, gated, masks

from flowengine import ConfigureError, Layer, TensorSpec, node
from flowengine.layer import BaseLayer
from flowengine.nn.regularizers import L1
from flowengine.registry import Registry
from flowengine.testing import check_layer
from flowengine.testing.keras_reference import keras_layer
from flowengine_nodes.layer.convolution.conv1d import Conv1D
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.core.reduce import Reduce
from flowengine_nodes.layer.embedding.embedding import Embedding
from flowengine_nodes.layer.normalization.batch_normalization import BatchNormalization
from flowengine_nodes.layer.recurrent.conv_lstm1d import ConvLSTM1D
from flowengine_nodes.layer.recurrent.gru import GRU
from flowengine_nodes.layer.recurrent.lstm import LSTM
from flowengine_nodes.layer.recurrent.simple_rnn import SimpleRNN
from flowengine_nodes.layer.regularization.dropout import Dropout
from flowengine_nodes.layer.wrapper.bidirectional import Bidirectional
from flowengine_nodes.layer.wrapper.time_distributed import TimeDistributed

units = st.integers(1, 3)
forward = {"go_backwards": st.just(False)}
merges = st.sampled_from(["concat", "sum", "mul", "ave", None])


def check_both(layer: Bidirectional, shapes: list[tuple[int, ...]], **options: Any) -> None:
    """Hold a wrapper against Keras', with its states and without them."""
    results = len(layer.output_names()) - len(layer.state_names())
    check_layer(layer, shapes, outputs=results, reference=keras_layer(layer), **options)
    check_layer(layer, shapes, reference=WithStates(layer), **options)


@cases
@given(
    data=st.data(),
    layer=st.builds(LSTM, units=units, **(fused | forward))
    | st.builds(GRU, units=units, reset_after=st.booleans(), **(fused | forward)),
    merge_mode=merges,
    steps=units,
)
def test_bidirectional_is_that_of_keras(
    data: st.DataObject, layer: BaseLayer, merge_mode: Any, steps: int
) -> None:
    mask = data.draw(st.none() | masks(3, steps))
    check_both(Bidirectional(layer=layer, merge_mode=merge_mode), [(steps, 2)], masks=[mask])


@cases
@given(
    data=st.data(),
    layer=st.builds(LSTM, units=units, **(fused | forward))
    | st.builds(GRU, units=units, **(fused | forward)),
    merge_mode=merges,
)
def test_bidirectional_goes_on_from_states_as_that_of_keras(
    data: st.DataObject, layer: LSTM | GRU, merge_mode: Any
) -> None:
    both = Bidirectional(layer=layer, merge_mode=merge_mode)
    states = [(layer.units,)] * len(both.state_names())
    mask = data.draw(st.none() | masks(3, 4))
    reference = WithStates(both)
    masked = [mask, *[None] * len(states)]
    check_layer(both, [(4, 2), *states], masks=masked, reference=reference)


@cases
@given(
    layer=st.builds(LSTM, units=st.just(2), **(fused | forward)),
    other=st.builds(GRU, units=st.just(2), **fused),
    merge_mode=merges,
)
def test_the_other_direction_may_be_another_layer(layer: LSTM, other: GRU, merge_mode: Any) -> None:
    same = {
        "go_backwards": True,
        "return_sequences": layer.return_sequences,
        "activity_regularizer": layer.activity_regularizer,
    }
    backward = other.model_copy(update=same)
    wrapper = Bidirectional(layer=layer, merge_mode=merge_mode, backward_layer=backward)
    check_both(wrapper, [(4, 2)])


@cases
@given(layer=st.builds(ConvLSTM1D, filters=units, kernel_size=units, **(gated | forward)))
def test_bidirectional_takes_convolutional_layers(layer: ConvLSTM1D) -> None:
    check_both(Bidirectional(layer=layer), [(2, 3, 2)])


def test_directions_side_by_side_may_differ_in_size() -> None:
    layer = Bidirectional(layer=LSTM(units=2), backward_layer=GRU(units=3, go_backwards=True))
    assert check_layer(layer, [(4, 2)], outputs=1).compared
    assert layer.outputs(TensorSpec((None, 2)))[0].shape == (5,)
    assert layer.state_names() == ("forward_h", "forward_c", "backward_h")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"layer": Dense(units=2)}, "does not go through a sequence; choose a recurrent"),
        ({"layer": LSTM(units=2, go_backwards=True)}, "has go_backwards true; set it to false"),
        (
            {"layer": LSTM(units=2), "backward_layer": LSTM(units=2)},
            "needs go_backwards true and return_sequences false",
        ),
        (
            {
                "layer": LSTM(units=2),
                "backward_layer": LSTM(units=2, go_backwards=True, activity_regularizer=L1()),
            },
            "needs the same activity_regularizer",
        ),
        (
            {
                "layer": LSTM(units=2),
                "backward_layer": LSTM(units=3, go_backwards=True),
                "merge_mode": "sum",
            },
            'merge_mode "sum" needs outputs of one size; they are 2 and 3',
        ),
    ],
)
def test_directions_that_do_not_go_together_are_refused(
    settings: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigureError, match=message):
        Bidirectional(**settings).outputs(TensorSpec((4, 2)))


@cases
@given(
    data=st.data(),
    layer=st.builds(Dense, units=units, **(kernel | {"activity_regularizer": st.none()}))
    | st.builds(Conv1D, filters=units, kernel_size=st.just(2), activation=st.just("relu"))
    | st.builds(BatchNormalization, momentum=st.just(0.5))
    | st.builds(LSTM, units=units, return_sequences=st.booleans())
    | st.builds(Dropout, rate=st.just(0.5)),
    steps=units,
)
def test_time_distributed_is_that_of_keras(
    data: st.DataObject, layer: BaseLayer, steps: int
) -> None:
    # Keras gives a recurrent layer inside a mask that it cannot read.
    is_masked = not isinstance(layer, (BatchNormalization, LSTM))
    mask = data.draw(st.none() | masks(3, steps)) if is_masked else None
    check_layer(TimeDistributed(layer=layer), [(steps, 3, 2)], masks=[mask], tolerance=1e-4)


def test_batch_statistics_are_those_of_each_step() -> None:
    mask = np.array([[True, False], [True, True], [True, False]])
    check_layer(TimeDistributed(layer=BatchNormalization()), [(2, 4)], masks=[mask], batch=3)


def test_steps_may_be_sequences_with_masks_of_their_own() -> None:
    mask = np.arange(4) < np.array([[[1], [4]], [[2], [3]], [[4], [1]]])
    layer = TimeDistributed(layer=LSTM(units=2, return_sequences=True))
    check_layer(layer, [(2, 4, 3)], masks=[mask])


def test_mask_of_places_becomes_one_of_steps_where_the_places_are_gone() -> None:
    layer = TimeDistributed(layer=LSTM(units=2))
    module = layer.build(TensorSpec((2, 3, 4)))
    mask = torch.tensor([[[True, False, False], [False, False, False]]])
    assert module.compute_mask(mask, torch.zeros(1, 2, 3, 4)).tolist() == [[True, False]]


def test_a_recurrent_layer_inside_may_stand_behind_a_mask_of_steps() -> None:
    # Keras hands the mask of steps to the layer inside, which cannot read it.
    module = TimeDistributed(layer=LSTM(units=2)).build(TensorSpec((2, 3, 4))).eval()
    torch.nn.init.normal_(module.layer.kernel)
    x, mask = torch.randn(1, 2, 3, 4), torch.tensor([[True, False]])
    assert torch.equal(module(x, mask=mask), module(x))
    assert module.compute_mask(mask, x) is mask


def test_a_layer_that_refuses_masks_is_built_where_there_are_none() -> None:
    layer = TimeDistributed(layer=Reduce(function="sum", axis=1))
    x = torch.arange(24.0).reshape(1, 2, 3, 4)
    assert torch.equal(layer.build(TensorSpec((2, 3, 4)))(x), x.sum(2))


def test_time_distributed_takes_indices() -> None:
    layer = TimeDistributed(layer=Embedding(input_dim=10, output_dim=2))
    check_layer(layer, [(2, 3)], dtype="int32")


def test_a_mask_drawn_for_all_rows_is_drawn_for_each_step() -> None:
    layer = TimeDistributed(layer=Dropout(rate=0.5, noise_shape=(1, 50), seed=3))
    out = layer.build(TensorSpec((4, 50))).train()(torch.ones(2, 4, 50))
    assert torch.equal(out[0], out[1])
    assert not torch.equal(out[0, 0], out[0, 1])


@node(title="Row Mean")
class RowMean(Layer):
    """Subtract the mean of all rows."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return inputs[0]

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        class Module(torch.nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x - x.mean(dim=0)

        return Module()


def test_a_module_that_says_nothing_of_its_rows_is_applied_step_by_step() -> None:
    x = torch.randn(3, 4, 2)
    module = TimeDistributed(layer=RowMean()).build(TensorSpec((4, 2))).train()
    torch.testing.assert_close(module(x), x - x.mean(dim=0))


def test_time_distributed_needs_time() -> None:
    with pytest.raises(ConfigureError, match="at least 2 dimensions, the first of which is time"):
        TimeDistributed(layer=Dense(units=2)).outputs(TensorSpec((4,)))
    with pytest.raises(ConfigureError, match="needs to know the size of its input's last"):
        TimeDistributed(layer=Dense(units=2)).outputs(TensorSpec((4, None)))
    assert TimeDistributed(layer=Dense(units=2)).outputs(TensorSpec((None, 3))).shape == (None, 2)


def test_wrappers_count_the_work_of_what_they_wrap() -> None:
    assert TimeDistributed(layer=Dense(units=2)).flops(TensorSpec((5, 3))) == 5 * 12
    layer = LSTM(units=2)
    sequence = TensorSpec((5, 3))
    assert Bidirectional(layer=layer).flops(sequence) == 2 * layer.flops(sequence)


def test_wrapped_layers_survive_json() -> None:
    registry = Registry.default()
    inner = {"type": "layer.conv1d", "filters": 2, "kernel_size": [3]}
    settings = {"layer": {"type": "layer.time_distributed", "layer": inner}}
    layer = registry.load_layer("layer.time_distributed", 1, settings)
    assert layer.model_dump(mode="json", exclude_defaults=True) == settings
    assert registry.load_layer("layer.time_distributed", 1, settings) == layer
    assert hash(layer) == hash(registry.load_layer("layer.time_distributed", 1, settings))
    simple = SimpleRNN(units=1)
    assert Bidirectional(layer=simple) == Bidirectional.model_validate({"layer": simple})
