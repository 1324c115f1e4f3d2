"""Masks that travel through several layers, against Keras."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from flowengine import ConfigureError, DataError, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.nn.build import build, initial_weights, load_weights
from flowengine.nn.losses.loss import Loss
from flowengine.nn.losses.probability import SparseCategoricalCrossentropy
from flowengine.nn.losses.regression import MeanAbsoluteError, MeanSquaredError
from flowengine.testing.keras_reference import KerasReference, keras_layer, load_keras
from flowengine_nodes.layer.convolution.conv1d import Conv1D
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.core.flatten import Flatten
from flowengine_nodes.layer.embedding.embedding import Embedding
from flowengine_nodes.layer.embedding.masking import Masking
from flowengine_nodes.layer.merge.add import Add
from flowengine_nodes.layer.merge.average import Average
from flowengine_nodes.layer.merge.concatenate import Concatenate
from flowengine_nodes.layer.merge.maximum import Maximum
from flowengine_nodes.layer.merge.multiply import Multiply
from flowengine_nodes.layer.normalization.batch_normalization import BatchNormalization
from flowengine_nodes.layer.normalization.layer_normalization import LayerNormalization
from flowengine_nodes.layer.pooling.global_average_pooling1d import GlobalAveragePooling1D
from flowengine_nodes.layer.recurrent.conv_lstm2d import ConvLSTM2D
from flowengine_nodes.layer.recurrent.gru import GRU
from flowengine_nodes.layer.recurrent.lstm import LSTM
from flowengine_nodes.layer.recurrent.simple_rnn import SimpleRNN
from flowengine_nodes.layer.regularization.dropout import Dropout
from flowengine_nodes.layer.wrapper.bidirectional import Bidirectional
from flowengine_nodes.layer.wrapper.time_distributed import TimeDistributed

STEPS = 6
WORDS = np.array([[3, 1, 4, 0, 0, 0], [0, 0, 2, 7, 0, 1], [5, 9, 2, 6, 5, 3], [0, 0, 0, 0, 0, 0]])


class Pair:
    """One network, described for us and built with Keras; both with the same weights."""

    def __init__(self) -> None:
        self.spec = NetworkSpec()
        self.theirs: dict[str, Any] = {}
        self.layers: dict[str, Any] = {}
        self.inputs: dict[str, Any] = {}

    def input(self, name: str, *shape: int | None, dtype: str = "int32") -> str:
        """Add an input."""
        self.spec = self.spec.merge(NetworkSpec.input(name, TensorSpec(shape, dtype)))
        self.inputs[name] = self.theirs[name] = load_keras().Input(shape, dtype=dtype)
        return name

    def add(self, layer: BaseLayer, *tensors: str) -> str:
        """Add a layer behind tensors and return the name of its tensor."""
        name = f"{type(layer).__name__.lower()}_{len(self.layers)}"
        self.spec = self.spec.apply(name, layer, tensors)
        self.layers[name] = keras_layer(layer)
        taken = [self.theirs[tensor] for tensor in tensors]
        self.theirs[name] = self.layers[name](taken[0] if len(taken) == 1 else taken)
        return name

    def chain(self, tensor: str, *layers: BaseLayer) -> str:
        """Add layers, one behind the other."""
        for layer in layers:
            tensor = self.add(layer, tensor)
        return tensor

    def compute(self, **inputs: Any) -> tuple[Any, Any, Any, Any]:
        """Return output and mask of both, ours first."""
        weights = initial_weights(self.spec, 3)
        rng = np.random.default_rng(0)
        for arrays in weights.values():
            for name, array in arrays.items():
                arrays[name] = array + rng.normal(0, 0.1, array.shape).astype(np.float32)
        built = build(self.spec)
        load_weights(built, weights)
        mine, masks = built.eval().forward_with_masks(
            {name: torch.from_numpy(inputs[name]) for name in inputs}
        )
        model = load_keras().Model(list(self.inputs.values()), self.theirs[self.spec.output])
        for name, layer in self.layers.items():
            for key, variable in KerasReference(layer, weights[name])._match().items():
                variable.assign(weights[name][key])
        theirs = model([inputs[name] for name in self.inputs])
        name = self.spec.output
        return mine[name], masks[name], theirs, getattr(theirs, "_keras_mask", None)

    def check(self, **inputs: Any) -> None:
        """Compare output and mask."""
        mine, mask, theirs, their_mask = self.compute(**inputs)
        torch.testing.assert_close(mine, theirs, rtol=1e-5, atol=1e-5)
        assert (mask is None) == (their_mask is None)
        if mask is not None:
            assert torch.equal(mask, their_mask)
        assert self.spec.output_spec.masked == (mask is not None)


def words(**settings: Any) -> Embedding:
    return Embedding(input_dim=10, output_dim=4, mask_zero=True, **settings)


SEQUENCES: dict[str, list[BaseLayer]] = {
    "embedding, LSTM, dense": [words(), LSTM(units=3), Dense(units=2, activation="softmax")],
    "a sequence to each step": [words(), GRU(units=3, return_sequences=True), Dense(units=2)],
    "stacked": [words(), LSTM(units=3, return_sequences=True), SimpleRNN(units=2)],
    "backwards": [words(), GRU(units=3, go_backwards=True), Dense(units=2)],
    "bidirectional": [
        words(),
        Bidirectional(layer=LSTM(units=3, return_sequences=True)),
        Bidirectional(layer=GRU(units=2)),
    ],
    "time distributed": [
        words(),
        GRU(units=3, return_sequences=True),
        TimeDistributed(layer=Dense(units=2)),
    ],
    "dropout and normalization": [
        words(),
        Dropout(rate=0.5),
        BatchNormalization(),
        LayerNormalization(),
        LSTM(units=3),
    ],
    "mean of what is there": [words(), Dense(units=3, activation="tanh"), GlobalAveragePooling1D()],
    "zeros at masked steps": [
        words(),
        LSTM(units=3, return_sequences=True, zero_output_for_mask=True),
        GlobalAveragePooling1D(),
    ],
    "convolution": [words(), Conv1D(filters=3, kernel_size=2, padding="same"), LSTM(units=2)],
    "a second embedding's own mask": [words(), Masking(), GRU(units=2, return_sequences=True)],
}


@pytest.mark.filterwarnings("ignore:Layer .* does not support masking")
@pytest.mark.parametrize("layers", SEQUENCES.values(), ids=SEQUENCES)
@pytest.mark.parametrize("length", [STEPS, None], ids=["known length", "unknown length"])
def test_masks_travel_as_in_keras(layers: list[BaseLayer], length: int | None) -> None:
    pair = Pair()
    pair.chain(pair.input("words", length), *layers)
    # The mean of nothing is no number.
    rows = 3 if isinstance(layers[-1], GlobalAveragePooling1D) else 4
    pair.check(words=WORDS[:rows].astype(np.int32))


@pytest.mark.filterwarnings("ignore:Layer .* does not support masking")
def test_flatten_ends_a_mask() -> None:
    pair = Pair()
    pair.chain(pair.input("words", STEPS), words(), Flatten(), Dense(units=2))
    pair.check(words=WORDS.astype(np.int32))


def test_masking_hides_steps_of_numbers() -> None:
    numbers = np.random.default_rng(0).normal(size=(3, 5, 2)).astype(np.float32)
    numbers[0, 3:] = -1
    numbers[1, [0, 2]] = -1
    pair = Pair()
    pair.chain(
        pair.input("numbers", None, 2, dtype="float32"),
        Masking(mask_value=-1.0),
        GRU(units=3, return_sequences=True),
        TimeDistributed(layer=Dense(units=2)),
    )
    pair.check(numbers=numbers)


@pytest.mark.parametrize("merge", [Add(), Multiply(), Average(), Maximum(), Concatenate()])
@pytest.mark.parametrize("second", [True, False], ids=["two masks", "one mask"])
def test_merged_masks_are_those_of_keras(merge: BaseLayer, second: bool) -> None:
    pair = Pair()
    one = pair.add(words(), pair.input("left", STEPS))
    other = Embedding(input_dim=10, output_dim=4, mask_zero=second)
    two = pair.add(other, pair.input("right", STEPS))
    pair.chain(pair.add(merge, one, two), LSTM(units=3, return_sequences=True))
    numbers = WORDS.astype(np.int32)
    pair.check(left=numbers, right=numbers[::-1].copy())


def test_decoder_goes_on_where_its_encoder_ended() -> None:
    keras = load_keras()
    source, target = (keras.Input((STEPS,), dtype="int32") for _ in range(2))
    encoder, decoder = LSTM(units=3), LSTM(units=3, return_sequences=True)
    spec = NetworkSpec.input("source", TensorSpec((STEPS,), "int32"))
    spec = spec.apply("words", words()).apply("encoder", encoder)
    other = NetworkSpec.input("target", TensorSpec((STEPS,), "int32")).apply("other", words())
    states = ["encoder.state_h", "encoder.state_c"]
    spec = spec.merge(other).apply("decoder", decoder, ["other", *states])
    theirs = {
        "words": keras_layer(words()),
        "other": keras_layer(words()),
        "encoder": keras_layer(encoder, return_state=True),
        "decoder": keras_layer(decoder),
    }
    _, *last = theirs["encoder"](theirs["words"](source))
    inner = theirs["other"](target)
    # Keras 3 forgets the mask of a sequence that comes with first states; Keras 2 did not.
    out = theirs["decoder"](inner, initial_state=last, mask=inner._keras_mask)
    model = keras.Model([source, target], out)
    weights = initial_weights(spec, 0)
    built = build(spec)
    load_weights(built, weights)
    for name, layer in theirs.items():
        layer.set_weights(list(weights[name].values()))
    inputs = {"source": WORDS.astype(np.int32), "target": WORDS[::-1].astype(np.int32)}
    mine = built({name: torch.from_numpy(array.copy()) for name, array in inputs.items()})
    expected = model([array.copy() for array in inputs.values()])
    torch.testing.assert_close(mine["decoder"], expected, rtol=1e-5, atol=1e-5)


LOSSES: dict[str, tuple[Loss, Callable[[Any], Any]]] = {
    "mean_squared_error": (MeanSquaredError(), lambda keras: keras.losses.MeanSquaredError()),
    "mean_absolute_error": (MeanAbsoluteError(), lambda keras: keras.losses.MeanAbsoluteError()),
}


@pytest.mark.parametrize(("mine", "theirs"), LOSSES.values(), ids=LOSSES)
def test_losses_leave_out_masked_steps_as_in_keras(
    mine: Loss, theirs: Callable[[Any], Any]
) -> None:
    pair = Pair()
    pair.chain(pair.input("words", STEPS), words(), LSTM(units=3, return_sequences=True))
    output, mask, their_output, _ = pair.compute(words=WORDS.astype(np.int32))
    target = torch.randn(output.shape, generator=torch.Generator().manual_seed(0))
    expected = theirs(load_keras())(target, their_output)
    torch.testing.assert_close(mine.mean(target, output, mask=mask), expected)


def test_a_loss_of_classes_leaves_out_masked_steps_as_in_keras() -> None:
    pair = Pair()
    softmax = Dense(units=5, activation="softmax")
    pair.chain(pair.input("words", STEPS), words(), GRU(units=3, return_sequences=True), softmax)
    output, mask, their_output, _ = pair.compute(words=WORDS.astype(np.int32))
    target = torch.randint(0, 5, output.shape[:2], generator=torch.Generator().manual_seed(0))
    expected = load_keras().losses.SparseCategoricalCrossentropy()(target, their_output)
    found = SparseCategoricalCrossentropy().mean(target, output, mask=mask)
    torch.testing.assert_close(found, expected)


def test_state_of_another_size_is_refused() -> None:
    with pytest.raises(ConfigureError, match='first state at "state_c" is 4'):
        LSTM(units=3).outputs(TensorSpec((5, 2)), TensorSpec((3,)), TensorSpec((4,)))


def masked_films() -> np.ndarray:
    """Return films with an empty image in each, and an empty place in one."""
    films = np.random.default_rng(1).random((2, 4, 5, 5, 2), np.float32)
    films[:, 2] = 0
    films[0, 1, 2, 3] = 0
    return films


@pytest.mark.parametrize("return_sequences", [True, False])
def test_a_convolutional_lstm_is_masked_place_by_place(return_sequences: bool) -> None:
    pair = Pair()
    layer = ConvLSTM2D(filters=3, kernel_size=3, padding="same", return_sequences=return_sequences)
    pair.chain(pair.input("film", 4, 5, 5, 2, dtype="float32"), Masking(), layer)
    pair.check(film=masked_films())


def test_a_mask_of_other_places_is_refused_in_words() -> None:
    spec = NetworkSpec.input("film", TensorSpec((4, 5, 5, 2)))
    spec = spec.apply("masking", Masking()).apply("conv", ConvLSTM2D(filters=3, kernel_size=3))
    built = build(spec)
    with pytest.raises(DataError, match="mask has 5×5 places, but the states are 3×3"):
        built({"film": torch.from_numpy(masked_films())})
