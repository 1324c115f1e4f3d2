"""The inspector: what it shows is what the network computes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from flowengine.errors import ConfigureError, DataError
from flowengine.layer import BaseLayer
from flowengine.network import Network, NetworkSpec
from flowengine.nn.build import network_weights
from flowengine.registry import Registry
from flowengine.tensor import TensorSpec
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.layer.convolution.conv2d import Conv2D
from flowengine_nodes.layer.convolution.conv2d_transpose import Conv2DTranspose
from flowengine_nodes.layer.convolution.conv3d import Conv3D
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.core.flatten import Flatten
from flowengine_nodes.layer.pooling.max_pooling2d import MaxPooling2D
from flowengine_nodes.layer.recurrent.conv_lstm2d import ConvLSTM2D
from flowengine_nodes.layer.recurrent.conv_lstm3d import ConvLSTM3D
from flowengine_nodes.layer.recurrent.gru import GRU
from flowengine_nodes.layer.recurrent.lstm import LSTM
from flowengine_nodes.layer.wrapper.bidirectional import Bidirectional
from flowengine_nodes.layer.wrapper.time_distributed import TimeDistributed
from flowengine_nodes.network.executor import Executor
from flowengine_nodes.network.inspector import Inspected, Inspector
from flowengine_nodes.network.learner import Learner


def chain(shape: tuple[int, ...], **layers: BaseLayer) -> NetworkSpec:
    spec = NetworkSpec.input("input", TensorSpec(shape))
    for name, layer in layers.items():
        spec = spec.apply(name, layer)
    return spec.apply("answer", Dense(units=2, activation="softmax"))


def table(*shape: int, rows: int = 12) -> pl.DataFrame:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, *shape)).astype(np.float32)
    return pl.DataFrame({"x": x, "label": rng.integers(0, 2, rows)})


def train(spec: NetworkSpec, data: pl.DataFrame, folder: Path) -> Network:
    return Learner().execute(Network(spec), data, FakeContext(folder)).network


def inspect(network: Network, data: pl.DataFrame, folder: Path, **settings: Any) -> Inspected:
    node = Inspector.model_validate_json(json.dumps(settings))
    return node.execute(network, data, FakeContext(folder))


def grid(values: pl.DataFrame, kind: str, layer: str) -> np.ndarray:
    """Return a kind of values as an array of steps and units."""
    found = values.filter(pl.col("kind") == kind, pl.col("layer") == layer)
    wide = found.pivot("unit", index="step", values="value").sort("step").drop("step")
    return wide.to_numpy()


def test_keeps_what_every_node_promises(tmp_path: Path) -> None:
    data = table(6, 6, 1)
    network = train(
        chain((6, 6, 1), conv=Conv2D(filters=3, kernel_size=(3, 3)), flat=Flatten()), data, tmp_path
    )
    check_node(Inspector, folder=tmp_path, inputs={"network": network, "table": data})


def test_the_gates_of_an_lstm_make_its_cell_state(tmp_path: Path) -> None:
    data = table(7, 2)
    network = train(chain((7, 2), lstm=LSTM(units=4)), data, tmp_path)
    values = inspect(network, data, tmp_path, row=3).values
    kinds = {"output", "cell_state", "input_gate", "forget_gate", "candidate", "output_gate"}
    assert set(values.filter(layer="lstm")["kind"]) == kinds
    one = {kind: grid(values, kind, "lstm") for kind in kinds}
    before = np.vstack([np.zeros((1, 4)), one["cell_state"][:-1]])
    cell = one["forget_gate"] * before + one["input_gate"] * one["candidate"]
    np.testing.assert_allclose(one["cell_state"], cell, rtol=1e-5, atol=1e-6)
    output = one["output_gate"] * np.tanh(one["cell_state"])
    np.testing.assert_allclose(one["output"], output, rtol=1e-5, atol=1e-6)
    asked = Executor(outputs=("lstm",), keep_columns=False)
    last = asked.execute(network, data.lazy(), FakeContext(tmp_path)).collect().row(3)
    np.testing.assert_allclose(one["output"][-1], last, rtol=1e-4, atol=1e-6)


def test_a_gru_has_two_gates(tmp_path: Path) -> None:
    data = table(5, 2)
    network = train(chain((5, 2), gru=GRU(units=3)), data, tmp_path)
    values = inspect(network, data, tmp_path, layers=["gru"]).values
    kinds = {"output", "update_gate", "reset_gate", "candidate"}
    assert set(values["kind"]) == kinds
    assert values.height == 4 * 5 * 3


def test_both_directions_are_shown(tmp_path: Path) -> None:
    data = table(5, 2)
    layer = Bidirectional.model_validate({"layer": {"type": "layer.gru", "units": 3}})
    network = train(chain((5, 2), both=layer), data, tmp_path)
    values = inspect(network, data, tmp_path, layers=["both"]).values
    assert set(values["layer"]) == {"both", "both/forward_layer", "both/backward_layer"}


def test_feature_maps_are_what_the_layer_gives(tmp_path: Path) -> None:
    data = table(6, 6, 1)
    spec = chain(
        (6, 6, 1),
        conv=Conv2D(filters=3, kernel_size=(3, 3), activation="relu"),
        pool=MaxPooling2D(),
        flat=Flatten(),
    )
    network = train(spec, data, tmp_path)
    seen = inspect(network, data, tmp_path, layers=["conv", "po*"], row=5)
    maps = seen.images.filter(layer="conv", kind="feature_map").sort("y", "x", "unit")
    asked = Executor(outputs=("conv",), output="list", keep_columns=False)
    made = asked.execute(network, data.lazy(), FakeContext(tmp_path)).collect()
    given = made["prediction"].to_numpy()[5]
    np.testing.assert_allclose(
        maps["value"].to_numpy().reshape(4, 4, 3), given, rtol=1e-5, atol=1e-6
    )
    assert seen.images.filter(layer="conv", kind="kernel").height == 3 * 9
    assert seen.images.filter(layer="pool").height == 3 * 4
    assert not seen.values.height


def test_volumes_are_shown_slice_by_slice(tmp_path: Path) -> None:
    data = table(4, 6, 6, 1)
    spec = chain((4, 6, 6, 1), conv=Conv3D(filters=2, kernel_size=(2, 2, 2)), flat=Flatten())
    network = train(spec, data, tmp_path)
    images = inspect(network, data, tmp_path, layers=["conv"], row=1).images
    images = images.filter(kind="feature_map")
    assert images["channel"].null_count() == images.height
    asked = Executor(outputs=("conv",), output="list", keep_columns=False)
    made = asked.execute(network, data.lazy(), FakeContext(tmp_path)).collect()
    maps = images.sort("slice", "y", "x", "unit")["value"].to_numpy()
    given = made["prediction"].to_numpy()[1]
    np.testing.assert_allclose(maps.reshape(3, 5, 5, 2), given, rtol=1e-5, atol=1e-6)


def test_gates_of_images_are_told_apart_from_kernels(tmp_path: Path) -> None:
    data = table(3, 5, 5, 1)
    layer = ConvLSTM2D(filters=2, kernel_size=(2, 2), padding="same")
    network = train(chain((3, 5, 5, 1), film=layer, flat=Flatten()), data, tmp_path)
    images = inspect(network, data, tmp_path, layers=["film"], max_images=99).images
    kinds = images.group_by("kind").len().rows()
    gates = ("input_gate", "forget_gate", "output_gate", "candidate", "cell_state", "output")
    assert dict(kinds) == {**dict.fromkeys(gates, 3 * 25 * 2), "kernel": 4 * 1 * 8}
    asked = Executor(outputs=("film",), output="list", keep_columns=False)
    made = asked.execute(network, data.lazy(), FakeContext(tmp_path)).collect()
    last = images.filter(kind="output", slice=2).sort("y", "x", "unit")["value"].to_numpy()
    given = made["prediction"].to_numpy()[0]
    np.testing.assert_allclose(last.reshape(5, 5, 2), given, rtol=1e-4, atol=1e-6)


def test_a_transposed_kernel_has_the_channels_that_it_reads(tmp_path: Path) -> None:
    data = table(4, 4, 2)
    layer = Conv2DTranspose(filters=3, kernel_size=(2, 2))
    network = train(chain((4, 4, 2), up=layer, flat=Flatten()), data, tmp_path)
    images = inspect(network, data, tmp_path, layers=["up"]).images.filter(kind="kernel")
    kernel = network_weights(network, 0)["up"]["kernel"]
    for unit, channel, y, x, value in images.select("unit", "channel", "y", "x", "value").rows():
        assert value == kernel[y, x, unit, channel]


SLIDING = {
    "conv1d": ((6, 4), {"filters": 3, "kernel_size": 2}),
    "conv2d": ((6, 5, 4), {"filters": 6, "kernel_size": [2, 3], "groups": 2}),
    "conv3d": ((4, 3, 5, 2), {"filters": 2, "kernel_size": [2, 3, 2]}),
    "depthwise_conv1d": ((6, 3), {"kernel_size": 2, "depth_multiplier": 2}),
    "depthwise_conv2d": ((6, 5, 3), {"kernel_size": [2, 3], "depth_multiplier": 2}),
    "separable_conv1d": ((6, 3), {"filters": 4, "kernel_size": 2, "depth_multiplier": 2}),
    "separable_conv2d": ((6, 5, 3), {"filters": 4, "kernel_size": 2, "depth_multiplier": 2}),
    "spectral_normalization": (
        (5, 5, 2),
        {"layer": {"type": "layer.conv2d", "filters": 3, "kernel_size": 2, "use_bias": False}},
    ),
}
"""Convolutions: shape of a row and settings."""


@pytest.mark.parametrize("kind", SLIDING)
def test_the_kernels_that_are_shown_make_what_the_convolution_gives(
    kind: str, tmp_path: Path
) -> None:
    shape, settings = SLIDING[kind]
    plain = {} if "layer" in settings else {"use_bias": False}
    layer = Registry.default().load_layer(f"layer.{kind}", 1, settings | plain)
    data = table(*shape)
    network = train(chain(shape, conv=layer, flat=Flatten()), data, tmp_path)
    seen = inspect(network, data, tmp_path, layers=["conv"], max_images=99)
    # What goes along one axis has a height of 1.
    row = data["x"].to_numpy()[0].reshape(*[1] * (4 - len(shape)), *shape)
    expected: dict[int, float] = {}
    kernels = seen.images.filter(kind="kernel").with_columns(pl.col("slice").fill_null(0))
    for unit, channel, place, y, x, value in kernels.select(
        "unit", "channel", "slice", "y", "x", "value"
    ).rows():
        expected[unit] = expected.get(unit, 0.0) + value * row[place, y, x, channel]
    maps = seen.images.filter(pl.col("slice").fill_null(0) == 0, kind="feature_map", y=0, x=0)
    given = maps if maps.height else seen.values.filter(step=0)
    assert sorted(expected) == given["unit"].to_list()
    np.testing.assert_allclose(
        [expected[unit] for unit in given["unit"]], given["value"], rtol=1e-4, atol=1e-5
    )


@pytest.mark.parametrize("rank", [1, 2])
def test_kernels_of_each_place_stand_side_by_side(rank: int, tmp_path: Path) -> None:
    shape, window, stride = ((7, 2), (1, 3), 2) if rank == 1 else ((6, 7, 2), (2, 3), 2)
    settings = {"filters": 3, "kernel_size": window[-rank:], "strides": stride, "use_bias": False}
    layer = Registry.default().load_layer(f"layer.locally_connected{rank}d", 1, settings)
    data = table(*shape)
    network = train(chain(shape, local=layer, flat=Flatten()), data, tmp_path)
    images = inspect(network, data, tmp_path, layers=["local"], max_images=99).images
    row = data["x"].to_numpy()[0].reshape(-1, *shape[-2:])
    asked = Executor(outputs=("local",), output="list", keep_columns=False)
    made = asked.execute(network, data.lazy(), FakeContext(tmp_path)).collect()
    given = made["prediction"].to_numpy()[0].reshape(-1, 3, 3)
    expected = np.zeros_like(given)
    for unit, channel, y, x, value in (
        images.filter(kind="kernel").select("unit", "channel", "y", "x", "value").rows()
    ):
        place, where = (y // window[0], x // window[1]), (y % window[0], x % window[1])
        seen = row[place[0] * stride + where[0], place[1] * stride + where[1], channel]
        expected[(*place, unit)] += value * seen
    np.testing.assert_allclose(given, expected, rtol=1e-4, atol=1e-5)


def test_kernels_and_gates_of_volumes_over_time_are_shown(tmp_path: Path) -> None:
    data = table(3, 4, 4, 4, 1)
    layer = ConvLSTM3D(filters=2, kernel_size=(2, 2, 2), padding="same")
    network = train(chain((3, 4, 4, 4, 1), film=layer, flat=Flatten()), data, tmp_path)
    images = inspect(network, data, tmp_path, layers=["film"], max_images=999).images
    sizes = dict(images.group_by("kind").len().rows())
    assert sizes["kernel"] == 8 * 1 * 8
    assert sizes["output"] == 3 * 64 * 2
    asked = Executor(outputs=("film",), output="list", keep_columns=False)
    made = asked.execute(network, data.lazy(), FakeContext(tmp_path)).collect()
    last = images.filter(pl.col("slice") >= 8, kind="output").sort("slice", "y", "x", "unit")
    given = made["prediction"].to_numpy()[0]
    np.testing.assert_allclose(
        last["value"].to_numpy().reshape(4, 4, 4, 2), given, rtol=1e-4, atol=1e-6
    )


def test_kernels_of_wrapped_layers_are_shown(tmp_path: Path) -> None:
    data = table(3, 4, 4, 1)
    conv = {"filters": 2, "kernel_size": 2}
    film = {"type": "layer.conv_lstm2d", "padding": "same", "return_sequences": True, **conv}
    spec = chain(
        (3, 4, 4, 1),
        both=Bidirectional.model_validate({"layer": film}),
        each=TimeDistributed.model_validate({"layer": {"type": "layer.conv2d", **conv}}),
        flat=Flatten(),
    )
    images = inspect(train(spec, data, tmp_path), data, tmp_path, max_images=999).images
    kernels = dict(images.filter(kind="kernel").group_by("layer").len().rows())
    assert kernels == {
        "both/forward_layer": 4 * 8,
        "both/backward_layer": 4 * 8,
        "each": 4 * 4 * 2,
    }


def test_pictures_can_be_fewer(tmp_path: Path) -> None:
    data = table(6, 6, 1)
    spec = chain((6, 6, 1), conv=Conv2D(filters=8, kernel_size=(3, 3)), flat=Flatten())
    images = inspect(train(spec, data, tmp_path), data, tmp_path, max_images=2).images
    assert images.select("kind", "unit").unique().height == 4


def test_charts_draw_the_tables(tmp_path: Path) -> None:
    data = table(6, 2)
    seen = inspect(train(chain((6, 2), lstm=LSTM(units=4)), data, tmp_path), data, tmp_path)
    assert seen.chart.specification["data"] == {"name": "table"}
    # Without sizes of their own, Vega draws nothing where pictures differ in steps and units.
    assert {"width", "height"} <= seen.chart.specification["spec"].keys()
    assert seen.chart.table.height == seen.values.height
    titles = seen.chart.table["title"].unique(maintain_order=True).to_list()
    assert titles[0] == "lstm · forget gate · 4 units ↓ 6 steps →"
    assert titles[-1] == "answer · activation · 2 units"
    assert seen.pictures.table.height == seen.images.height


def test_an_untrained_network_is_shown_with_a_warning(tmp_path: Path) -> None:
    data = table(4)
    ctx = FakeContext(tmp_path)
    seen = Inspector().execute(Network(chain((4,))), data, ctx)
    assert seen.values.filter(layer="answer").height == 2
    assert "not trained" in ctx.warnings[0]


def test_other_columns_can_be_looked_at(tmp_path: Path) -> None:
    data = pl.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0], "label": [0, 1]})
    network = train(chain((2,)), data, tmp_path)
    turned = data.rename({"a": "one", "b": "two"})
    with pytest.raises(ConfigureError, match="choose with the setting input_columns"):
        inspect(network, turned, tmp_path)
    seen = inspect(network, turned, tmp_path, input_columns=["one", "two"])
    assert seen.values.equals(inspect(network, data, tmp_path).values)


def test_rows_and_layers_that_are_not_there_are_refused(tmp_path: Path) -> None:
    network, data = Network(chain((4,))), table(4)
    with pytest.raises(DataError, match="no row 12"):
        inspect(network, data, tmp_path, row=12)
    with pytest.raises(ConfigureError, match='Did you mean "answer"'):
        inspect(network, data, tmp_path, layers=["anser"])
