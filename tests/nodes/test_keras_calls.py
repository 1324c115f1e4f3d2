"""How Keras calls layers: by names, with masks, several times; read with its numbers or refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.keras_files import read
from support.keras_models import L, Made, keras, normal, own_outputs, words

from flowengine import DataError
from flowengine.testing import FakeContext
from flowengine_nodes.network.keras_reader import KerasReader
from flowengine_nodes.network.keras_writer import KerasWriter

pytestmark = [
    # Keras on torch turns tensors into arrays as numpy 2 does not like it.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # It tells of masks that end in a layer.
    pytest.mark.filterwarnings("ignore:Layer .* was passed an input with a mask:UserWarning"),
]

ops = keras.ops


def names_in_another_order() -> Made:
    """A model that was made with a list of inputs, called with a dictionary."""
    late, early = keras.Input((4,), name="z"), keras.Input((4,), name="a")
    inner = keras.Model([late, early], L.Dense(3)(late) - 2.0 * L.Dense(3)(early))
    one, two = keras.Input((4,)), keras.Input((4,))
    return keras.Model([one, two], inner({"z": one, "a": two})), [normal(2, 4), -normal(2, 4)]


def operations_of_many_results() -> Made:
    """Keras counts operations as we count what one of them makes."""
    start = keras.Input((6, 4))
    found = [*ops.split(start, 3, axis=1), *ops.split(-start, 2, axis=1)]
    found += ops.split(2.0 * start, 3, axis=1)
    return keras.Model(start, found), [normal(2, 6, 4)]


def names_of_parts() -> Made:
    """Layers called like what is made of other layers."""
    start = keras.Input((6,))
    one = L.Dense(4, activation=L.LeakyReLU(negative_slope=0.3), name="conv")(start)
    two = L.Dense(4, activation="tanh", name="conv_activation")(one)
    quotient = ops.divide(two, one)
    name = f"{quotient._keras_history[0].name}_part_1"
    return keras.Model(start, [two, L.Dense(4, name=name)(quotient)]), [normal(2, 6)]


def sizes_that_differ() -> Made:
    """A model of operations that is called on sequences of two lengths."""
    start = keras.Input((None, 4))
    inner = keras.Model(start, [start[:, -1], start[:, 1:3], start[:, 2], start[:, 1:-1]])
    one, two = keras.Input((5, 4)), keras.Input((8, 4))
    return keras.Model([one, two], [*inner(one), *inner(two)]), [normal(2, 5, 4), normal(2, 8, 4)]


def masks_as_keras_makes_them() -> Made:
    start = keras.Input((6,), dtype="int32")
    embedding = L.Embedding(9, 4, mask_zero=True)
    x, mask = L.Dense(4)(embedding(start)), embedding.compute_mask(start)
    masked = L.Masking(0.5)(L.Dense(4)(x))
    # Its name is what Keras calls the operation that joins the masks, when it loads the model.
    sums = L.LSTM(3)(L.Concatenate(axis=1)([x, masked]))
    seen = L.MultiHeadAttention(2, 3)(x, masked)
    return keras.Model(start, [L.LSTM(3)(x, mask=mask), L.GRU(2)(masked), sums, seen]), [
        words(3, 6, 9)
    ]


def a_mask_that_ends_in_a_model() -> Made:
    start = keras.Input((6,), dtype="int32")
    inner = keras.Sequential([keras.Input((6, 4)), L.LSTM(5)], name="encoder")
    result = inner(L.Embedding(9, 4, mask_zero=True)(start))
    return keras.Model(start, L.LSTM(2)(L.RepeatVector(6)(result))), [words(3, 6, 9)]


def arguments_in_their_place() -> Made:
    one, two = keras.Input((4, 3)), keras.Input((5, 3))
    state = L.Dense(4)(L.GlobalMaxPooling1D()(two))
    return keras.Model([one, two], L.GRU(4)(one, state, None)), [normal(2, 4, 3), normal(2, 5, 3)]


MODELS: dict[str, Callable[[], Made]] = {
    made.__name__: made
    for made in (
        names_in_another_order,
        operations_of_many_results,
        names_of_parts,
        sizes_that_differ,
        masks_as_keras_makes_them,
        a_mask_that_ends_in_a_model,
        arguments_in_their_place,
    )
}


def computed(model: Any, inputs: list[Any]) -> list[Any]:
    given = inputs if len(inputs) > 1 else inputs[0]
    return [one.detach().numpy() for one in keras.tree.flatten(model(given, training=False))]


@pytest.mark.parametrize("name", MODELS)
def test_layers_are_called_as_in_keras(name: str, tmp_path: Path) -> None:
    keras.utils.clear_session()
    model, inputs = MODELS[name]()
    model.save(tmp_path / "in.keras")
    network = read(tmp_path / "in.keras")
    KerasWriter(path="out.keras").execute(network, FakeContext(tmp_path))
    expected, found = computed(model, inputs), own_outputs(network, inputs)
    keras.utils.clear_session()
    back = computed(keras.models.load_model(tmp_path / "out.keras"), inputs)
    for one, two, three in zip(expected, found, back, strict=True):
        np.testing.assert_allclose(two, one, atol=1e-5, rtol=1e-5)
        np.testing.assert_allclose(three, one, atol=1e-5, rtol=1e-5)


def embedded() -> tuple[Any, Any]:
    start = keras.Input((6,), dtype="int32")
    return start, L.Embedding(9, 4, mask_zero=True)(start)


def another_input() -> Any:
    (start, x), mask = embedded(), keras.Input((6,), dtype="bool")
    return keras.Model([start, mask], L.LSTM(3, name="lstm")(x, mask=mask))


def another_value() -> Any:
    start, x = embedded()
    return keras.Model(start, L.LSTM(3, name="lstm")(x, mask=ops.not_equal(start, 1)))


def another_embedding() -> Any:
    (start, x), (other, _) = embedded(), embedded()
    mask = L.Embedding(9, 4, mask_zero=True).compute_mask(other)
    return keras.Model([start, other], L.LSTM(3, name="lstm")(x, mask=mask))


def in_its_place() -> Any:
    start, mask = keras.Input((3, 4)), keras.Input((3,), dtype="bool")
    return keras.Model([start, mask], L.GRU(3, name="gru")(start, None, mask))


def behind_a_mean() -> Any:
    start, mask = keras.Input((3, 4)), keras.Input((3,), dtype="bool")
    return keras.Model([start, mask], L.GlobalAveragePooling1D(name="mean")(start, mask))


def around_a_model() -> Any:
    start, mask = keras.Input((3, 4)), keras.Input((3,), dtype="bool")
    inner = keras.Sequential([keras.Input((3, 4)), L.LSTM(3)], name="inner")
    return keras.Model([start, mask], inner(start, mask=mask))


@pytest.mark.parametrize(
    "make",
    [
        another_input,
        another_value,
        another_embedding,
        in_its_place,
        behind_a_mean,
        around_a_model,
    ],
)
def test_a_mask_from_elsewhere_is_refused(make: Callable[[], Any], tmp_path: Path) -> None:
    keras.utils.clear_session()
    make().save(tmp_path / "net.keras")
    with pytest.raises(DataError, match=r'^"(lstm|gru|mean|inner)" is called with a mask of its'):
        read(tmp_path / "net.keras")


def test_a_mask_that_keras_forgets_is_told(tmp_path: Path) -> None:
    start, x = embedded()
    first = L.MultiHeadAttention(2, 3, name="first")(x, x)
    second = L.MultiHeadAttention(2, 3, name="second")(*[L.Add()([x, first])] * 2)
    # A model that is called with the mask gives it back.
    inner = keras.Sequential([keras.Input((6, 4)), L.Dense(4)])
    other, y = embedded()
    third = L.Add()([y, L.MultiHeadAttention(2, 3, name="third")(y, y)])
    fourth = L.MultiHeadAttention(2, 3, name="fourth")(third, inner(third))
    keras.Model([start, other], [second, fourth]).save(tmp_path / "net.keras")
    ctx = FakeContext(tmp_path)
    KerasReader(path="net.keras").configure(ctx)
    note = next(one for one in ctx.warnings if one.startswith('"second"'))
    assert not any(one.startswith('"fourth"') for one in ctx.warnings)
    assert note == (
        '"second" takes a sequence whose mask Keras 3 forgets once "first" has seen it; here it '
        "counts"
    )


def shared_by_models() -> Any:
    """Two layers of one name, of which models share one."""
    one, two, start = L.Dense(4, name="d"), L.Dense(4, name="d"), keras.Input((4,))
    models = [
        keras.Model(start, made, name=f"model_{number}")
        for number, made in enumerate((one(start), two(start), L.ReLU()(two(start))))
    ]
    return keras.Model(start, [model(start) for model in models])


def test_layers_of_one_name_that_may_be_shared_are_refused(tmp_path: Path) -> None:
    shared_by_models().save(tmp_path / "net.keras")
    with pytest.raises(DataError, match=r'"model_2/d" shares them, as several .* called "d"; give'):
        read(tmp_path / "net.keras")


def test_a_model_called_on_other_dimensions_is_refused(tmp_path: Path) -> None:
    inner = keras.Sequential([keras.Input((), dtype="int32"), L.Embedding(9, 3)], name="inner")
    start = keras.Input((1,), dtype="int32")
    keras.Model(start, inner(start)).save(tmp_path / "net.keras")
    with pytest.raises(DataError, match=r'of the model "inner" has 0 dimensions, but .* has 1;'):
        read(tmp_path / "net.keras")


def test_sums_of_letters_end_a_mask(tmp_path: Path) -> None:
    start, x = embedded()
    sums = L.EinsumDense("abc,cd->abd", output_shape=(None, 3))(x)
    model = keras.Model(start, L.LSTM(2)(sums))
    expected = computed(model, [words(3, 6, 9)])[0]
    model.save(tmp_path / "net.keras")
    found = own_outputs(read(tmp_path / "net.keras"), [words(3, 6, 9)])[0]
    np.testing.assert_allclose(found, expected, atol=1e-6)
