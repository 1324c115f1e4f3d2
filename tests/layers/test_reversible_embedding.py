"""One layer called in two ways: numbers into vectors, and vectors into scores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases, constraints, regularizers
from support.keras_files import read
from support.keras_models import keras_outputs, own_outputs, words

from flowengine import (
    ConfigureError,
    DataError,
    Network,
    NetworkSpec,
    TensorSpec,
    Workflow,
    validate,
)
from flowengine.network_surgery import call_again
from flowengine.testing import FakeContext, check_layer, check_node
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.embedding.reversible_embedding import ReversibleEmbedding
from flowengine_nodes.network.again import Again
from flowengine_nodes.network.keras_writer import KerasWriter

# Keras on torch turns tensors into arrays as numpy 2 does not like it.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

layers = st.builds(
    ReversibleEmbedding,
    input_dim=st.integers(10, 12),
    output_dim=st.integers(1, 4),
    tie_weights=st.booleans(),
    embeddings_regularizer=regularizers,
    embeddings_constraint=constraints,
    mask_zero=st.booleans(),
    logit_soft_cap=st.sampled_from([None, 0.5, 3.0]),
    reverse_dtype=st.sampled_from([None, "float32"]),
)


@cases
@given(layer=layers, steps=st.integers(1, 5), dtype=st.sampled_from(["int32", "uint8"]))
def test_vectors_are_those_of_keras(layer: ReversibleEmbedding, steps: int, dtype: str) -> None:
    check_layer(layer, [(steps,)], dtype=dtype)


@cases
@given(layer=layers, steps=st.integers(1, 5))
def test_scores_are_those_of_vectors(layer: ReversibleEmbedding, steps: int) -> None:
    def reference(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        name = "embeddings" if layer.tie_weights else "reverse_embeddings"
        scores = inputs[0] @ (weights[name].T if layer.tie_weights else weights[name])
        cap = layer.logit_soft_cap
        return scores if cap is None else cap * np.tanh(scores / cap)

    check_layer(layer, [(steps, layer.output_dim)], reference=reference)


def model_of(**settings: Any) -> NetworkSpec:
    """Return a model of language: words, vectors, a layer between, scores of words."""
    spec = NetworkSpec.input("words", TensorSpec((5,), "int32"))
    spec = spec.apply("embedding", ReversibleEmbedding(input_dim=9, output_dim=4, **settings))
    return call_again(spec.apply("dense", Dense(units=4)), "scores", "embedding")


@pytest.mark.parametrize("is_tied", [True, False])
def test_a_model_goes_to_keras_and_comes_back(is_tied: bool, tmp_path: Path) -> None:
    spec = model_of(tie_weights=is_tied, logit_soft_cap=2.0)
    assert spec.output_spec == TensorSpec((5, 9))
    assert len(spec.layers) == 2
    ctx = FakeContext(tmp_path)
    KerasWriter(path="out.keras").execute(Network(spec), ctx)
    model, inputs = keras.models.load_model(tmp_path / "out.keras"), [words(2, 5, 9)]
    expected = own_outputs(Network(spec), inputs)[0]
    np.testing.assert_allclose(keras_outputs(model, inputs)[0], expected, atol=1e-5)
    model.save(tmp_path / "back.keras")
    back = own_outputs(read(tmp_path / "back.keras"), inputs)[0]
    np.testing.assert_allclose(back, expected, atol=1e-5)


def test_a_workflow_calls_the_layer_again() -> None:
    flow = Workflow("tied")
    start = flow.add("layer.input", id="words", shape=[5], dtype="int32")
    vectors = flow.add(
        "layer.reversible_embedding", id="embedding", input_dim=9, output_dim=4, network=start.out
    )
    flow.add("network.again", id="scores", layer="embedding", network=vectors.out)
    plan = validate(flow)
    assert not plan.problems
    assert plan.nodes["scores"].specs["out"].output_spec == TensorSpec((5, 9))
    assert plan.nodes["scores"].specs["out"].parameters == 36


def test_the_node_keeps_what_every_node_promises(tmp_path: Path) -> None:
    spec = NetworkSpec.input("x", TensorSpec((4,)))
    network = Network(spec.apply("dense", Dense(units=4)))
    check_node(Again, folder=tmp_path, settings={"layer": "dense"}, inputs={"network": network})


def test_numbers_as_fractions_are_not_taken_for_vectors(tmp_path: Path) -> None:
    inputs = keras.Input((4,))
    model = keras.Model(inputs, keras.layers.ReversibleEmbedding(9, 4)(inputs))
    model.save(tmp_path / "net.keras")
    with pytest.raises(DataError, match="makes vectors of whole numbers and scores of fractions"):
        read(tmp_path / "net.keras")


def test_what_cannot_be_called_again_is_refused() -> None:
    spec = model_of()
    with pytest.raises(ConfigureError, match=r'no layer "embeding"\. Did you mean "embedding"'):
        call_again(spec, "again", "embeding")
    with pytest.raises(ConfigureError, match=r'"dense" cannot be shared: its weight "kernel"'):
        call_again(spec, "again", "dense")
    with pytest.raises(ConfigureError, match=r'whole numbers, or vectors of 4 values.*"int32"'):
        ReversibleEmbedding(input_dim=9, output_dim=4).outputs(TensorSpec((5,)))
