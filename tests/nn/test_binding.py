"""Which columns feed what is worked out from specs alone, or refused in a sentence."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from training_samples import chain, convolutional, dense, perceptron, two_headed

from flowengine.errors import ConfigureError
from flowengine.nn.feeds.binding import plan_binding, plan_inputs
from flowengine.nn.feeds.columns import fed_column
from flowengine.nn.losses.probability import BinaryCrossentropy, CategoricalCrossentropy
from flowengine.nn.losses.regression import MeanAbsoluteError
from flowengine_nodes.layer.core.flatten import Flatten
from flowengine_nodes.layer.recurrent.lstm import LSTM
from flowengine_nodes.layer.wrapper.bidirectional import Bidirectional

FLOWERS = pl.Schema({"length": pl.Float64, "width": pl.Float64, "species": pl.String})
IMAGES = pl.Schema({"image": pl.Array(pl.UInt8, (8, 8, 1)), "label": pl.UInt8})


def refusal(*args: Any, **settings: Any) -> ConfigureError:
    with pytest.raises(ConfigureError) as caught:
        plan_binding(*args, **settings)
    return caught.value


def test_numbers_feed_the_input_and_text_is_the_target() -> None:
    plan = plan_binding(perceptron(2, 3), FLOWERS)
    assert plan.binding.inputs["input"].columns == ("length", "width")
    assert plan.binding.inputs["input"].conversion == "number"
    assert plan.binding.targets["dense_2"].columns == ("species",)
    assert plan.losses["dense_2"].type == "sparse_categorical_crossentropy"


def test_taking_the_last_column_for_the_target_is_said() -> None:
    (note,) = plan_binding(perceptron(2, 3), FLOWERS).notes
    assert '"species"' in note


def test_classes_whose_output_lacks_a_softmax_are_told_though_no_target_is_named() -> None:
    error = refusal(perceptron(2, 3, "linear"), FLOWERS)
    assert 'target_columns among "length", "width", "species"; column "species"' in str(error)
    assert "give its last layer a softmax activation" in str(error)


def test_a_column_called_label_is_the_target_without_a_word() -> None:
    schema = pl.Schema({"label": pl.Int64, "a": pl.Float64, "b": pl.Float64})
    plan = plan_binding(perceptron(2, 3), schema)
    assert plan.binding.targets["dense_2"].columns == ("label",)
    assert plan.binding.inputs["input"].columns == ("a", "b")
    assert plan.notes == ()


def test_a_column_of_the_outputs_name_comes_before_label() -> None:
    schema = pl.Schema({"label": pl.Int64, "a": pl.Float64, "dense_2": pl.Int64})
    plan = plan_binding(perceptron(2, 3), schema)
    assert plan.binding.targets["dense_2"].columns == ("dense_2",)


def test_an_image_column_feeds_an_image_input() -> None:
    plan = plan_binding(convolutional(), IMAGES)
    assert plan.binding.inputs["input"].columns == ("image",)
    assert plan.binding.inputs["input"].conversion == "image"


def test_an_enum_brings_its_categories_while_wiring() -> None:
    schema = pl.Schema({"a": pl.Float64, "label": pl.Enum(["no", "yes"])})
    plan = plan_binding(perceptron(1, 2), schema)
    assert plan.binding.targets["dense_2"].categories == ("no", "yes")


def test_an_image_of_another_size_is_refused_with_both_sizes() -> None:
    schema = pl.Schema({"image": pl.Array(pl.UInt8, (32, 32, 3)), "label": pl.UInt8})
    error = refusal(convolutional(), schema)
    assert "wants 8×8×1 (64 values)" in str(error)
    assert 'column "image" gives 32×32×3 (3072 values)' in str(error)
    assert error.setting == "input_columns"


def test_an_image_is_never_read_in_another_width() -> None:
    schema = pl.Schema({"image": pl.Array(pl.UInt8, (4, 16, 1)), "label": pl.UInt8})
    refusal(convolutional(), schema)


def test_a_flat_row_of_the_right_length_is_folded() -> None:
    schema = pl.Schema({"image": pl.Array(pl.UInt8, 64), "label": pl.UInt8})
    plan = plan_binding(convolutional(), schema)
    assert plan.binding.inputs["input"].columns == ("image",)


def test_too_many_numbers_are_refused_with_their_count() -> None:
    schema = pl.Schema({"a": pl.Int64, "b": pl.Int64, "c": pl.Int64, "label": pl.String})
    error = refusal(perceptron(2, 3), schema)
    assert 'input "input" wants 2 values' in str(error)
    assert "3 number columns" in str(error)


def test_two_image_columns_must_be_told_apart() -> None:
    image = pl.Array(pl.UInt8, (8, 8, 1))
    error = refusal(convolutional(), pl.Schema({"a": image, "b": image, "label": pl.UInt8}))
    assert '"a", "b"' in str(error)


def test_a_column_that_is_not_there_is_answered_with_the_nearest() -> None:
    error = refusal(perceptron(2, 3), FLOWERS, target_columns=("specis",))
    assert 'Did you mean "species"' in str(error)
    assert error.setting == "target_columns"


@pytest.mark.parametrize(
    ("schema", "columns"),
    [
        ({"a": pl.Array(pl.Float32, 2), "b": pl.Array(pl.Float32, 2)}, None),
        ({"a": pl.Float32}, None),
        ({"a": pl.Float32}, ["a"]),
        ({"a": pl.Float32, "b": pl.String}, ["a", "b"]),
        ({"a": pl.Array(pl.Float32, 3)}, ["a"]),
        ({"a": pl.Enum(["x", "y", "z"])}, ["a"]),
        ({"a": pl.Float32}, ["c"]),
        ({"a": pl.Float32}, []),
        ({"a": pl.Float32}, {"left": ["a"]}),
    ],
)
def test_what_feeds_no_input_is_told_with_the_setting_of_whoever_asks(
    schema: dict[str, Any], columns: Any
) -> None:
    with pytest.raises(ConfigureError) as caught:
        plan_inputs(perceptron(2, 3), pl.Schema(schema), input_columns=columns, setting="columns")
    assert caught.value.setting == "columns"
    assert "input_columns" not in str(caught.value)


def test_an_enum_of_too_many_categories_is_refused_while_wiring() -> None:
    schema = pl.Schema({"a": pl.Float64, "label": pl.Enum(["a", "b", "c"])})
    error = refusal(perceptron(1, 2), schema)
    assert "3 categories" in str(error) and "2 units" in str(error)


def test_categories_need_a_softmax() -> None:
    error = refusal(perceptron(2, 3, "linear"), FLOWERS, target_columns=("species",))
    assert "softmax" in str(error)


def test_a_number_and_a_linear_unit_make_a_regression() -> None:
    schema = pl.Schema({"a": pl.Float64, "price": pl.Float64})
    plan = plan_binding(perceptron(1, 1, "linear"), schema)
    assert plan.losses["dense_2"].type == "mean_squared_error"
    assert plan.binding.targets["dense_2"].conversion == "number"


@pytest.mark.parametrize("dtype", [pl.Boolean(), pl.String(), pl.Int64(), pl.Enum(["n", "y"])])
def test_two_classes_and_one_sigmoid_unit_make_a_binary_crossentropy(dtype: pl.DataType) -> None:
    schema = pl.Schema({"a": pl.Float64, "label": dtype})
    plan = plan_binding(perceptron(1, 1, "sigmoid"), schema)
    assert plan.losses["dense_2"].type == "binary_crossentropy"
    assert plan.binding.targets["dense_2"].conversion == "index"


def test_a_loss_on_vectors_makes_the_target_one_hot() -> None:
    plan = plan_binding(perceptron(2, 3), FLOWERS, losses=CategoricalCrossentropy())
    assert plan.binding.targets["dense_2"].conversion == "one_hot"


def test_binary_crossentropy_on_softmax_works_on_one_hot_targets() -> None:
    plan = plan_binding(perceptron(2, 3), FLOWERS, losses=BinaryCrossentropy())
    assert plan.binding.targets["dense_2"].conversion == "one_hot"


def test_a_loss_of_numbers_cannot_take_several_units_for_one_number() -> None:
    schema = pl.Schema({"a": pl.Float64, "b": pl.Float64})
    error = refusal(
        perceptron(1, 3, "linear"), schema, target_columns=("b",), losses=MeanAbsoluteError()
    )
    assert "mean_absolute_error" in str(error)


def test_a_loss_of_numbers_says_how_it_takes_classes() -> None:
    schema, net = pl.Schema({"a": pl.Float64, "y": pl.Int64}), perceptron(1, 3)
    error = refusal(net, schema, target_columns=("y",), losses=MeanAbsoluteError())
    assert 'set conversions to {"dense_2": "one_hot"}' in str(error)
    plan = plan_binding(
        net,
        schema,
        target_columns=("y",),
        losses=MeanAbsoluteError(),
        conversions={"dense_2": "one_hot"},
    )
    assert plan.binding.targets["dense_2"].conversion == "one_hot"


def test_a_class_for_each_step_wants_an_array() -> None:
    schema = pl.Schema({"x": pl.Array(pl.Float32, (5, 2)), "y": pl.Array(pl.Int64, 5)})
    plan = plan_binding(chain((5, 2), dense(4, "softmax")), schema, target_columns=("y",))
    assert plan.losses["dense_1"].type == "sparse_categorical_crossentropy"
    assert plan.binding.targets["dense_1"].conversion == "list"
    lists = {"x": pl.Array(pl.Float32, (5, 2)), "y": pl.List(pl.Int64), "z": pl.List(pl.Float64)}
    for length in (5, None):
        spec = chain((length, 2), dense(4, "softmax"))
        plan = plan_binding(spec, pl.Schema(lists), target_columns=("y",))
        assert plan.losses["dense_1"].type == "sparse_categorical_crossentropy"
        plan = plan_binding(spec, pl.Schema(lists), target_columns=("z",))
        assert plan.losses["dense_1"].type == "categorical_crossentropy"
    error = refusal(
        chain((5, 2), dense(4, "softmax")),
        pl.Schema({"x": pl.Array(pl.Float32, (5, 2)), "y": pl.Int64}),
        target_columns=("y",),
    )
    assert "each step" in str(error)


def test_classes_of_too_few_steps_are_counted_in_steps() -> None:
    schema = pl.Schema({"x": pl.Array(pl.Float32, (5, 2)), "y": pl.Array(pl.UInt8, 4)})
    error = refusal(chain((5, 2), dense(3, "softmax")), schema, target_columns=("y",))
    assert '"sparse_categorical_crossentropy" compares with 5; "y" gives 4' in str(error)


@pytest.mark.parametrize("dtype", [pl.Array(pl.UInt8, 5), pl.Array(pl.Float32, 5)])
@pytest.mark.parametrize("end", ["softmax", "linear"])
def test_an_answer_at_each_step_is_where_return_sequences_is_true(
    dtype: pl.DataType, end: str
) -> None:
    schema = pl.Schema({"x": pl.Array(pl.Float32, (5, 2)), "y": dtype})
    error = refusal(chain((5, 2), LSTM(units=3), dense(3, end)), schema, target_columns=("y",))
    assert str(error).endswith('at each step takes return_sequences true in "lstm_1"')


def test_several_values_for_a_row_are_no_steps() -> None:
    schema = pl.Schema({"x": pl.Array(pl.Float32, (5, 2)), "y": pl.Array(pl.Float32, 4)})
    error = refusal(chain((5, 2), LSTM(units=3), dense(3, "linear")), schema, target_columns=("y",))
    assert "gives 4" in str(error)
    assert "return_sequences" not in str(error)


@pytest.mark.parametrize("dtype", [pl.UInt8, pl.Float32])
@pytest.mark.parametrize("end", ["softmax", "linear"])
def test_an_answer_for_a_row_is_where_return_sequences_is_false(
    dtype: pl.DataType, end: str
) -> None:
    schema = pl.Schema({"x": pl.Array(pl.Float32, (5, 2)), "y": dtype})
    inner = LSTM(units=3, return_sequences=True)
    spec = chain((5, 2), Bidirectional(layer=inner), dense(3, end))
    error = refusal(spec, schema, target_columns=("y",))
    assert str(error).endswith('the whole row takes return_sequences false in "bidirectional_1"')


@pytest.mark.parametrize("dtype", [pl.Array(pl.String, 5), pl.List(pl.String)])
def test_words_for_each_step_are_told_before_the_run(dtype: pl.DataType) -> None:
    schema = pl.Schema({"x": pl.Array(pl.Float32, (5, 2)), "y": dtype})
    error = refusal(chain((5, 2), dense(4, "softmax")), schema, target_columns=("y",))
    assert "Dictionary Encoder" in str(error)


def test_several_inputs_and_outputs_are_found_by_name() -> None:
    schema = pl.Schema(
        {"left": pl.Array(pl.Float32, 2), "right": pl.Float64, "kind": pl.String, "size": pl.Int64}
    )
    plan = plan_binding(two_headed(), schema)
    assert plan.binding.inputs["left"].columns == ("left",)
    assert plan.binding.targets["kind"].conversion == "index"
    assert {name: loss.type for name, loss in plan.losses.items()} == {
        "kind": "sparse_categorical_crossentropy",
        "size": "mean_squared_error",
    }


def test_columns_of_several_inputs_must_be_named() -> None:
    schema = pl.Schema({"a": pl.Float64, "b": pl.Float64, "c": pl.Float64})
    error = refusal(two_headed(), schema, target_columns={"size": ("c",)})
    assert '"left"' in str(error) and "input_columns" in str(error)


def test_outputs_that_are_not_named_are_not_trained() -> None:
    schema = pl.Schema({"a": pl.Float64, "b": pl.Float64, "c": pl.Float64})
    plan = plan_binding(
        two_headed(),
        schema,
        input_columns={"left": ("a", "b"), "right": ("a",)},
        target_columns={"size": ("c",)},
    )
    assert list(plan.losses) == ["size"]


def test_a_wrong_tensor_name_is_answered_with_the_nearest() -> None:
    error = refusal(perceptron(2, 3), FLOWERS, input_columns={"inputt": ("length",)})
    assert 'Did you mean "input"' in str(error)
    error = refusal(perceptron(2, 3), FLOWERS, conversions={"dense_3": "index"})
    assert 'Did you mean "dense_2"' in str(error)


def test_lists_of_any_length_are_called_so() -> None:
    schema = pl.Schema({"number": pl.Float64, "lists": pl.List(pl.Float64)})
    assert str(fed_column(schema, "lists")) == 'column "lists" (lists)'


def test_text_beside_numbers_cannot_feed_an_input() -> None:
    error = refusal(
        perceptron(2, 1, "linear"),
        FLOWERS,
        input_columns=("length", "species"),
        target_columns=("width",),
    )
    assert '"species"' in str(error)


def test_one_text_column_feeds_an_input_one_hot() -> None:
    schema = pl.Schema({"colour": pl.Enum(["red", "green"]), "label": pl.Float64})
    plan = plan_binding(perceptron(2, 1, "linear"), schema, input_columns=("colour",))
    assert plan.binding.inputs["input"].conversion == "one_hot"
    assert plan.binding.inputs["input"].categories == ("red", "green")


def test_arrays_side_by_side_are_joined() -> None:
    schema = pl.Schema(
        {"a": pl.Array(pl.Float32, 3), "b": pl.Array(pl.Float32, 5), "label": pl.Int64}
    )
    plan = plan_binding(perceptron(8, 2), schema, input_columns=("a", "b"))
    assert plan.binding.inputs["input"].conversion == "list"
    refusal(perceptron(9, 2), schema, input_columns=("a", "b"))


def test_an_output_of_unknown_length_takes_any_array() -> None:
    spec = chain((None, 2), dense(1, "linear"))
    schema = pl.Schema({"x": pl.Array(pl.Float32, (5, 2)), "y": pl.Array(pl.Float32, 5)})
    assert plan_binding(spec, schema).binding.inputs["input"].columns == ("x",)


def test_a_float_column_is_no_class() -> None:
    schema = pl.Schema({"a": pl.Float64, "label": pl.Float64})
    error = refusal(perceptron(1, 3), schema, target_columns=("label",))
    assert "label" in str(error)


def test_flatten_needs_no_activation_to_be_a_regression() -> None:
    schema = pl.Schema({"x": pl.Array(pl.Float32, (2, 2)), "y": pl.Array(pl.Float32, 4)})
    plan = plan_binding(chain((2, 2), Flatten()), schema, target_columns=("y",))
    assert plan.losses["flatten_1"].type == "mean_squared_error"
