from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from flowengine import DataError, Layer, MergeLayer, NetworkSpec, TensorSpec, Weight, node
from flowengine.blobs import load_blob
from flowengine.nn.build import (
    build,
    export_weights,
    initial_weights,
    load_weights,
    save_weights,
)
from flowengine.nn.constraints import MaxNorm
from flowengine.nn.initializers import Ones
from flowengine.nn.regularizers import L1, L2
from flowengine_nodes.layer.convolution.conv2d import Conv2D
from flowengine_nodes.layer.core.activation import Activation
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.core.flatten import Flatten
from flowengine_nodes.layer.core.rescaling import Rescaling
from flowengine_nodes.layer.normalization.batch_normalization import BatchNormalization
from flowengine_nodes.layer.recurrent.lstm import LSTM


@node(title="Sum")
class Sum(MergeLayer):
    """Add tensors."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return replace(inputs[0], masked=any(tensor.masked for tensor in inputs))

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        class Module(torch.nn.Module):
            def forward(self, *values: torch.Tensor) -> torch.Tensor:
                return torch.stack(values).sum(dim=0)

        return Module()


@node(title="Skip zeros")
class SkipZeros(Layer):
    """Mask the times at which all features are zero."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return replace(inputs[0], masked=True)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        class Module(torch.nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x

            def compute_mask(self, mask: Any, x: torch.Tensor) -> torch.Tensor:
                return (x != 0).any(dim=-1)

        return Module()


@node(title="Twins")
class Twins(Layer):
    """Give the input and its double."""

    @classmethod
    def output_names(cls) -> tuple[str, ...]:
        return ("out", "double")

    def outputs(self, *inputs: TensorSpec) -> tuple[TensorSpec, ...]:
        return inputs[0], inputs[0]

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        class Module(torch.nn.Module):
            def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
                return x, 2 * x

        return Module()


def start(*shape: int, dtype: str = "float32") -> NetworkSpec:
    return NetworkSpec.input("input", TensorSpec(shape, dtype))


def test_outputs_come_by_name_with_the_batch_first() -> None:
    spec = start(4).apply("dense", Dense(units=3))
    outputs = build(spec)({"input": torch.zeros(5, 4)})
    assert {name: tuple(tensor.shape) for name, tensor in outputs.items()} == {"dense": (5, 3)}


def test_weights_survive_a_round_trip_in_keras_layout() -> None:
    spec = start(6, 6, 3).apply("conv", Conv2D(filters=4, kernel_size=(2, 3)))
    spec = spec.apply("norm", BatchNormalization()).apply("flat", Flatten())
    spec = spec.apply("dense", Dense(units=2))
    weights = initial_weights(spec, 1)
    built = build(spec)
    load_weights(built, weights)
    exported = export_weights(built)
    assert exported["conv"]["kernel"].shape == (2, 3, 3, 4)
    assert list(exported) == list(weights)
    for layer, arrays in weights.items():
        assert exported[layer].keys() == arrays.keys()
        for name, array in arrays.items():
            assert np.array_equal(exported[layer][name], array)
            assert exported[layer][name].flags.c_contiguous


def test_exported_weights_are_copies() -> None:
    built = build(start(2).apply("dense", Dense(units=2)))
    before = export_weights(built)
    load_weights(built, {"dense": {"kernel": np.ones((2, 2)), "bias": np.ones(2)}})
    assert before["dense"]["kernel"].sum() == 0


def test_weights_are_saved_layer_by_layer(tmp_path: Path) -> None:
    built = build(start(2).apply("dense", Dense(units=2)).apply("flatten", Flatten()))
    (digest,) = (saved := save_weights(built, tmp_path)).values()
    assert list(saved) == ["dense"]
    kept, exported = load_blob(tmp_path, digest), export_weights(built)["dense"]
    assert kept.keys() == exported.keys()
    assert all(np.array_equal(kept[name], exported[name]) for name in kept)


def test_trainable_weights_leave_out_averages_and_frozen_layers() -> None:
    spec = start(2).apply("one", Dense(units=2)).apply("norm", BatchNormalization())
    built = build(replace(spec, frozen=frozenset({"one"})))
    exported = export_weights(built, trainable_only=True)
    assert {layer: set(arrays) for layer, arrays in exported.items()} == {
        "one": set(),
        "norm": {"gamma", "beta"},
    }
    assert list(built.trainable()) == ["norm/gamma", "norm/beta"]


def test_weights_that_do_not_fit_are_refused_by_name() -> None:
    built = build(start(2).apply("dense", Dense(units=2)))
    with pytest.raises(DataError, match=r'no layer "dens"\. Did you mean "dense"'):
        load_weights(built, {"dens": {}})
    with pytest.raises(DataError, match='needs the weights "kernel", "bias"; it gets "kernel"'):
        load_weights(built, {"dense": {"kernel": np.zeros((2, 2))}})
    with pytest.raises(DataError, match=r"needs the shape \(2, 2\); it gets \(3, 2\)"):
        load_weights(built, {"dense": {"kernel": np.zeros((3, 2)), "bias": np.zeros(2)}})


def test_a_layer_may_have_any_name() -> None:
    spec = start(2)
    for name in ("train", "block_1/keys", "forward"):
        spec = spec.apply(name, Dense(units=2))
    built = build(spec)
    load_weights(built, initial_weights(spec, 0))
    assert list(built.layer_modules) == ["train", "block_1/keys", "forward"]
    assert "block_1/keys/kernel" in built.trainable()
    assert len(list(built.parameters())) == 6


def test_a_shared_layer_has_one_module_and_learns_from_all_its_calls() -> None:
    spec = start(2).apply("first", Dense(units=2, use_bias=False))
    call = replace(spec.calls["first"], inputs=("first",), outputs=("second",))
    spec = replace(
        spec,
        calls={**spec.calls, "second": call},
        tensors={**spec.tensors, "second": spec.tensors["first"]},
        outputs={"second": "second"},
    )
    built = build(spec)
    kernel = np.array([[2.0, 0.0], [0.0, 3.0]], dtype=np.float32)
    load_weights(built, {"first": {"kernel": kernel}})
    output = built({"input": torch.ones(1, 2)})["second"]
    assert output.tolist() == [[4.0, 9.0]]
    output.sum().backward()
    gradient = built.trainable()["first/kernel"].grad
    assert gradient is not None
    assert gradient.diagonal().tolist() == [4.0, 6.0]


def test_several_inputs_and_outputs_go_by_name() -> None:
    left, right = (NetworkSpec.input(name, TensorSpec((2,))) for name in ("left", "right"))
    spec = left.merge(right).apply("sum", Sum(), ["left", "right"])
    spec = replace(spec.apply("twins", Twins()), outputs={"a": "twins.double", "b": "sum"})
    outputs = build(spec)({"right": torch.full((1, 2), 3.0), "left": torch.ones(1, 2)})
    assert outputs["a"].tolist() == [[8.0, 8.0]]
    assert outputs["b"].tolist() == [[4.0, 4.0]]


def test_what_no_output_needs_is_not_computed() -> None:
    spec = start(2).apply("used", Dense(units=2)).apply("unused", Dense(units=2))
    spec = spec.with_output("used").merge(NetworkSpec.input("other", TensorSpec((2,))))
    spec = replace(spec, outputs={"used": "used"})
    built = build(spec)
    assert list(built({"input": torch.zeros(1, 2)})) == ["used"]
    assert list(export_weights(built)) == ["used", "unused"]


def test_a_missing_input_is_named() -> None:
    with pytest.raises(DataError, match='needs the inputs "input"; "input" did not come'):
        build(start(2).apply("dense", Dense(units=2)))({"image": torch.zeros(1, 2)})


def test_integers_reach_rescaling_as_they_are_and_other_layers_as_floats() -> None:
    image = torch.tensor([[[[255], [0]]]], dtype=torch.uint8)
    spec = start(1, 2, 1, dtype="uint8")
    scaled = build(spec.apply("scale", Rescaling(scale=1 / 255)))({"input": image})["scale"]
    assert scaled.dtype == torch.float32
    assert scaled.flatten().tolist() == [1.0, 0.0]
    relu = build(spec.apply("relu", Activation(activation="relu")))({"input": image})["relu"]
    assert relu.dtype == torch.float32


def test_an_input_takes_the_type_that_the_network_says() -> None:
    built = build(start(2).apply("dense", Dense(units=2)))
    assert built({"input": torch.ones(1, 2, dtype=torch.uint8)})["dense"].dtype == torch.float32


def test_masks_travel_to_the_outputs() -> None:
    spec = start(2, 2).apply("skip", SkipZeros()).apply("dense", Dense(units=3))
    values = torch.tensor([[[1.0, 0.0], [0.0, 0.0]]])
    outputs, masks = build(spec).forward_with_masks({"input": values})
    mask = masks["dense"]
    assert mask is not None
    assert mask.tolist() == [[True, False]]
    assert outputs["dense"].shape == (1, 2, 3)


def test_a_layer_without_masks_ends_them() -> None:
    spec = start(2, 2).apply("skip", SkipZeros()).apply("flat", Flatten())
    assert build(spec).forward_with_masks({"input": torch.ones(1, 2, 2)})[1] == {"flat": None}


def test_a_merge_passes_on_the_mask_of_the_input_that_has_one() -> None:
    spec = start(2, 2).apply("skip", SkipZeros()).apply("sum", Sum(), ["input", "skip"])
    mask = build(spec).forward_with_masks({"input": torch.ones(1, 2, 2)})[1]["sum"]
    assert mask is not None
    assert mask.all()


def test_a_mask_may_arrive_with_an_input() -> None:
    spec = NetworkSpec.input("input", TensorSpec((2, 2), masked=True))
    spec = spec.apply("dense", Dense(units=1))
    given = torch.tensor([[True, False]])
    masks = build(spec).forward_with_masks({"input": torch.ones(1, 2, 2)}, {"input": given})[1]
    assert masks["dense"] is given


def test_penalty_adds_weights_and_activities() -> None:
    layer = Dense(
        units=2,
        kernel_initializer=Ones(),
        kernel_regularizer=L2(l2=0.5),
        activity_regularizer=L1(l1=0.1),
    )
    spec = start(3).apply("dense", layer)
    built = build(spec)
    load_weights(built, initial_weights(spec, 0))
    built({"input": torch.ones(4, 3)})
    penalty = built.penalty()
    assert penalty is not None
    # Six ones squared, and per row two activities of three.
    assert penalty.item() == pytest.approx(0.5 * 6 + 0.1 * 6)


def test_activities_of_further_outputs_count_where_they_are_wanted() -> None:
    layer = LSTM(units=2, return_sequences=True, activity_regularizer=L1(l1=1.0))
    spec = start(3, 1).apply("lstm", layer)
    for outputs in (["lstm"], ["lstm", "lstm.state_h", "lstm.state_c"]):
        built = build(replace(spec, outputs={"lstm": "lstm", **{name: name for name in outputs}}))
        load_weights(built, initial_weights(spec, 0))
        values = built({"input": torch.ones(1, 3, 1)})
        penalty = built.penalty()
        assert penalty is not None
        assert penalty.item() == pytest.approx(sum(values[n].abs().sum().item() for n in outputs))


def test_penalty_is_none_without_regularizers_and_skips_frozen_layers() -> None:
    assert build(start(3).apply("dense", Dense(units=2))).penalty() is None
    spec = start(3).apply("dense", Dense(units=2, kernel_regularizer=L2()))
    assert build(replace(spec, frozen=frozenset({"dense"}))).penalty() is None


def test_constraints_are_applied_to_keras_axes() -> None:
    spec = start(4).apply("dense", Dense(units=2, kernel_constraint=MaxNorm(max_value=1.0)))
    built = build(spec)
    load_weights(built, {"dense": {"kernel": np.full((4, 2), 3.0), "bias": np.zeros(2)}})
    built.apply_constraints()
    norms = np.linalg.norm(export_weights(built)["dense"]["kernel"], axis=0)
    assert norms == pytest.approx([1.0, 1.0])


def test_a_frozen_layer_does_not_learn_and_normalises_by_its_averages() -> None:
    spec = start(2).apply("norm", BatchNormalization()).apply("dense", Dense(units=1))
    spec = replace(spec, frozen=frozenset({"norm"}))
    built = build(spec)
    load_weights(built, initial_weights(spec, 0))
    built.train()
    before = export_weights(built)["norm"]
    built({"input": torch.randn(8, 2) * 5})["dense"].sum().backward()
    after = export_weights(built)["norm"]
    assert all(np.array_equal(before[name], after[name]) for name in before)
    assert [name for name, tensor in built.named_parameters() if tensor.grad is not None]
    assert list(built.trainable()) == ["dense/kernel", "dense/bias"]
    assert built.trainable()["dense/kernel"].grad is not None


def faulty(**methods: Any) -> NetworkSpec:
    """Return a network with a layer whose methods are given."""

    class Faulty(Layer):
        """Promise a factor for each of four values."""

        def outputs(self, *inputs: TensorSpec) -> TensorSpec:
            return inputs[0]

        def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
            return {"scale": Weight((4,), Ones())}

        def build(self, *inputs: TensorSpec) -> torch.nn.Module:
            return methods["build"]()  # type: ignore[no-any-return]

    return start(4).apply("own", node(title="Faulty")(Faulty)())


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (lambda: len, "build must return a torch.nn.Module, not a builtin_function"),
        (torch.nn.Identity, 'weights() names "scale", but the module from build() has no'),
        (
            lambda: torch.nn.ParameterDict({"scale": torch.zeros(3)}),
            "has the shape (4,), but in the module from build() it has (3,)",
        ),
    ],
)
def test_a_module_that_breaks_its_layer_s_promise_is_refused(made: Any, sentence: str) -> None:
    with pytest.raises(DataError, match=re.escape(sentence)) as caught:
        build(faulty(build=made))
    assert 'layer "own" (Faulty)' in str(caught.value)


class Own(torch.nn.Module):
    """A module with the promised factor, which gives what it was made for."""

    def __init__(self, *given: Any, **more: int) -> None:
        super().__init__()
        self.scale = torch.nn.Parameter(torch.zeros(4))
        self.given = given
        for name, size in more.items():
            setattr(self, name, torch.nn.Parameter(torch.zeros(size)))

    def forward(self, x: torch.Tensor) -> Any:
        return self.given[0] if len(self.given) == 1 else self.given


def test_a_parameter_that_the_layer_does_not_name_is_refused() -> None:
    sentence = 'the module from build() has the parameter "extra", which weights() does not name'
    with pytest.raises(DataError, match=re.escape(sentence)) as caught:
        build(faulty(build=lambda: Own(extra=2)))
    assert 'layer "own" (Faulty)' in str(caught.value)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ([torch.zeros(2, 5)], "outputs() promised the shape 4, but forward of the module from"),
        ([torch.zeros(2, 4, 1)], "build() gave 4×1 (each without the batch)"),
        ([torch.zeros(2, 4)] * 2, "outputs() promised 1 tensor, but forward of the module"),
        ([None], "must return a tensor, not None (is a return missing?)"),
    ],
)
def test_what_forward_gives_is_held_against_the_promise(given: list[Any], sentence: str) -> None:
    spec = faulty(build=lambda: Own(*given))
    spec = spec.apply("dense", Dense(units=3))
    network = build(spec)
    with pytest.raises(DataError, match=re.escape(sentence)) as caught:
        network({next(iter(spec.inputs)): torch.zeros(2, 4)})
    assert str(caught.value).startswith('layer "own" (Faulty): ')
