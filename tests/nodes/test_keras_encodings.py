"""Encodings of categories and ranges, from files that Keras wrote."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from support.keras_files import read
from support.keras_models import keras_outputs, own_outputs

from flowengine import DataError

# Keras on torch turns tensors into arrays as numpy 2 does not like it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize("mode", ["one_hot", "multi_hot", "count"])
def test_categories_are_encoded_as_in_keras(mode: str, size: int, tmp_path: Path) -> None:
    inputs = keras.Input((size,), dtype="int32")
    model = keras.Model(inputs, keras.layers.CategoryEncoding(9, mode)(inputs))
    model.save(tmp_path / "net.keras")
    network = read(tmp_path / "net.keras")
    (layer,) = network.spec.layers.values()
    # Where each number gets a vector of its own, that is what layer.one_hot does.
    is_one_hot = mode == "one_hot" and size > 1
    assert type(layer).__name__ == ("OneHot" if is_one_hot else "CategoryEncoding")
    numbers = [np.arange(2 * size).reshape(2, size).astype("int32")]
    np.testing.assert_array_equal(
        own_outputs(network, numbers)[0], keras_outputs(model, numbers)[0]
    )


def test_counts_may_be_weighted(tmp_path: Path) -> None:
    numbers, weights = keras.Input((3,), dtype="int32"), keras.Input((3,))
    layer = keras.layers.CategoryEncoding(9, "count")
    model = keras.Model([numbers, weights], layer(numbers, count_weights=weights))
    model.save(tmp_path / "net.keras")
    given = [np.array([[1, 2, 1]], dtype="int32"), np.array([[0.5, 2, 3]], dtype="float32")]
    found = own_outputs(read(tmp_path / "net.keras"), given)
    np.testing.assert_array_equal(found[0], keras_outputs(model, given)[0])


def test_weights_that_are_no_tensor_of_the_model_are_refused(tmp_path: Path) -> None:
    numbers = keras.Input((3,), dtype="int32")
    layer = keras.layers.CategoryEncoding(9, "count")
    model = keras.Model(numbers, layer(numbers, count_weights=np.ones((1, 3), dtype="float32")))
    model.save(tmp_path / "net.keras")
    with pytest.raises(DataError, match='called with a constant as "count_weights"'):
        read(tmp_path / "net.keras")


def test_boundaries_that_keras_learned_are_kept(tmp_path: Path) -> None:
    values = np.linspace(-1, 3, 40, dtype="float32").reshape(10, 4)
    # A layer that has learned, without what Keras learns by.
    entry = {"num_bins": 4, "bin_boundaries": [-0.1, 0.9, 2.0]}
    inputs, layer = keras.Input((4,)), keras.layers.Discretization.from_config(entry)
    layer.num_bins = 4
    model = keras.Model(inputs, layer(inputs))
    model.save(tmp_path / "net.keras")
    found = own_outputs(read(tmp_path / "net.keras"), [values])
    np.testing.assert_array_equal(found[0], keras_outputs(model, [values])[0])
