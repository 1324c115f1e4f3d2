"""Recurrent networks as programs: masks, both directions, functions of their own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from support.every_layer import SAMPLES as EVERY
from support.scripts import chain, check_style, compare, layer, normal, write

from flowengine import ConfigureError, Network, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.testing import FakeContext
from flowengine_nodes.network._script.writers import REFUSE_MASKS, WRITERS
from flowengine_nodes.network.executor import Executor

NORMAL = {"type": "random_normal"}
CELLS: dict[str, dict[str, Any]] = {
    "lstm": {"type": "layer.lstm"},
    "lstm with functions": {
        "type": "layer.lstm",
        "activation": "softsign",
        "recurrent_activation": "hard_sigmoid_keras2",
    },
    "lstm without bias": {"type": "layer.lstm", "use_bias": False, "activation": "linear"},
    "gru": {"type": "layer.gru"},
    "gru with functions": {"type": "layer.gru", "recurrent_activation": "hard_sigmoid"},
    "gru without bias": {"type": "layer.gru", "use_bias": False, "activation": "elu"},
    "gru that resets first": {"type": "layer.gru", "reset_after": False},
    "gru that resets first with functions": {
        "type": "layer.gru",
        "reset_after": False,
        "activation": "softmax",
        "recurrent_activation": "relu6",
    },
    "rnn": {"type": "layer.simple_rnn"},
    "rnn with a function": {"type": "layer.simple_rnn", "activation": "sigmoid"},
}
COURSES: dict[str, dict[str, Any]] = {
    "last": {},
    "steps": {"return_sequences": True},
    "backwards": {"go_backwards": True, "return_sequences": True},
    "zeros": {"zero_output_for_mask": True, "return_sequences": True},
}
TOKENS = np.array([[3, 1, 2, 0, 0], [0, 4, 0, 1, 2], [0, 0, 0, 0, 0], [1, 2, 3, 4, 5]], "int32")


def cell(name: str, **settings: Any) -> dict[str, Any]:
    return {**CELLS[name], "units": 3, "bias_initializer": NORMAL, **settings}


def recurrent(name: str, **settings: Any) -> BaseLayer:
    made = cell(name, **settings)
    return layer(made.pop("type").partition(".")[2], **made)


def embedding() -> BaseLayer:
    return layer("embedding", input_dim=6, output_dim=4, mask_zero=True)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("course", COURSES)
def test_recurrent_layers_compute_the_same(name: str, course: str, tmp_path: Path) -> None:
    one = recurrent(name, **COURSES[course])
    compare(chain(TensorSpec((5, 4)), one), [normal(4, 5, 4)], tmp_path)
    compare(chain(TensorSpec((5,), "int32"), embedding(), one), [TOKENS], tmp_path)


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("sequences", [True, False])
def test_both_directions_compute_the_same(name: str, sequences: bool, tmp_path: Path) -> None:
    inner = cell(name, return_sequences=sequences)
    one = layer("bidirectional", layer=inner)
    compare(chain(TensorSpec((5, 4)), one), [normal(4, 5, 4)], tmp_path)
    compare(chain(TensorSpec((5,), "int32"), embedding(), one), [TOKENS], tmp_path)


@pytest.mark.parametrize("mode", ["sum", "mul", "ave"])
def test_directions_are_merged(mode: str, tmp_path: Path) -> None:
    one = layer("bidirectional", layer=cell("lstm"), merge_mode=mode)
    compare(chain(TensorSpec((5, 4)), one), [normal(4, 5, 4)], tmp_path)


def states() -> Iterator[tuple[str, NetworkSpec]]:
    start = NetworkSpec.input("steps", TensorSpec((5, 4)))
    masked = start.apply("masking", layer("masking"))
    for name in ("lstm", "lstm with functions", "gru", "gru that resets first"):
        for begin in (start, masked):
            encoder = begin.apply("encoder", recurrent(name))
            last = ["encoder.state_h", "encoder.state_c"][: 2 if "lstm" in name else 1]
            sequence = next(iter(begin.outputs.values()))
            decoder = recurrent(name, return_sequences=True)
            both = encoder.apply("decoder", decoder, [sequence, *last])
            outputs = {"decoder": "decoder", "state": last[-1]}
            yield f"{name} {sequence}", replace(both, outputs=outputs)
    apart = layer("bidirectional", layer=cell("lstm", return_sequences=True), merge_mode=None)
    one = masked.apply("both", apart)
    names = one.calls["both"].outputs
    two = one.apply("again", apart, [names[0], *names[2:]])
    yield (
        "both directions",
        replace(two, outputs={name: name for name in two.calls["again"].outputs}),
    )


STATES = dict(states())
FILMS = {"conv_lstm1d", "conv_lstm2d", "conv_lstm3d"}
"""Layers that need a mask of steps where Masking makes one of all places."""


@pytest.mark.parametrize("name", STATES)
def test_states_are_handed_on(name: str, tmp_path: Path) -> None:
    steps = normal(3, 5, 4)
    steps[0, 3:] = steps[1, :2] = 0
    compare(STATES[name], [steps], tmp_path)


@pytest.mark.parametrize("kind", sorted(set(WRITERS) & set(EVERY) - FILMS))
def test_every_layer_behind_a_mask_computes_the_same_or_is_refused(
    kind: str, tmp_path: Path
) -> None:
    settings, shapes, dtype = EVERY[kind]
    if dtype != "float32" or len(shapes[0]) < 2:
        shapes = [(5, 4)] * len(shapes)
    start = NetworkSpec.input("x", TensorSpec(shapes[0]))
    spec = start.apply("mask", layer("masking"))
    if len(shapes) > 1:
        spec = spec.apply("other", layer("masking", mask_value=1.0), ["x"])
    settings = {**settings, "dims": [2, 1]} if kind == "permute" else settings
    # along the features: masked steps would count
    settings = {**settings, "axis": -1} if kind == "reduce" else settings
    try:
        taken = ["mask", "other"] if len(shapes) > 1 else ["mask"]
        spec = spec.apply("one", layer(kind, **settings), taken)
    except ConfigureError:
        assert len(shapes[0]) == 2, "only layers that take no sequence cannot stand here"
        return
    if len(spec.tensors["one"].shape) == 2 and spec.tensors["one"].dtype == "float32":
        spec = spec.apply("behind", layer("gru", units=2))
    x = normal(3, *shapes[0]) if dtype == "float32" else abs(normal(3, *shapes[0]))
    x[0, 1], x[1, 0], x[1, 1] = 0, 1, 0
    try:
        compare(spec, [x], tmp_path)
    except ConfigureError as error:
        assert kind in REFUSE_MASKS | REFUSED, error


REFUSED = {"concatenate", "dot", "layer_normalization", "relu"}
"""Layers whose sample has settings that PyTorch does not know, or joins steps."""


def test_the_mean_leaves_out_what_a_mask_excludes(tmp_path: Path) -> None:
    for keepdims in (True, False):
        mean = layer("global_average_pooling1d", keepdims=keepdims)
        compare(chain(TensorSpec((5,), "int32"), embedding(), mean), [TOKENS], tmp_path)


def test_masks_are_joined(tmp_path: Path) -> None:
    start = NetworkSpec.input("x", TensorSpec((5, 4)))
    both = start.apply("one", layer("masking"), ["x"]).apply(
        "two", layer("masking", mask_value=1.0), ["x"]
    )
    x = normal(3, 5, 4)
    x[0, 1], x[1, 0], x[1, 1] = 0, 1, 0
    for kind, names in (
        ("add", ["one", "two"]),
        ("concatenate", ["one", "one"]),
        ("concatenate", ["one", "x"]),
    ):
        joined = both.apply("joined", layer(kind), names)
        compare(joined.apply("gru", layer("gru", units=2)), [x], tmp_path)


def test_a_dense_layer_for_every_step_stays_behind_a_mask(tmp_path: Path) -> None:
    one = layer("time_distributed", layer={"type": "layer.dense", "units": 2, "activation": "elu"})
    gru = layer("gru", units=2)
    compare(chain(TensorSpec((5,), "int32"), embedding(), one, gru), [TOKENS], tmp_path)
    softmax = layer("time_distributed", layer={"type": "layer.softmax"})
    compare(chain(TensorSpec((5,), "int32"), embedding(), softmax, gru), [TOKENS], tmp_path)
    lstm = layer("time_distributed", layer={"type": "layer.lstm", "units": 2})
    with pytest.raises(ConfigureError, match="what the layer inside does with masks"):
        write(chain(TensorSpec((5, 4, 3)), layer("masking"), lstm), tmp_path)


def test_a_mask_from_outside_is_refused(tmp_path: Path) -> None:
    spec = chain(TensorSpec((5, 4), masked=True), layer("lstm", units=2))
    with pytest.raises(ConfigureError, match=r'input "start" comes with a mask'):
        write(spec, tmp_path)


def test_programs_are_in_good_style(tmp_path: Path) -> None:
    for name in CELLS:
        one = recurrent(name, return_sequences=True)
        both = layer("bidirectional", layer=cell(name))
        check_style(write(chain(TensorSpec((5,), "int32"), embedding(), one, both), tmp_path))
    for spec in STATES.values():
        check_style(write(spec, tmp_path))


def test_the_program_reads_like_one_by_hand(tmp_path: Path) -> None:
    spec = chain(
        TensorSpec((20,), "int32"),
        layer("embedding", input_dim=100, output_dim=8, mask_zero=True),
        layer("lstm", units=16, return_sequences=True),
        layer("bidirectional", layer={"type": "layer.gru", "units": 4, "reset_after": False}),
        layer("dense", units=2, activation="softmax"),
    )
    text = write(spec, tmp_path).read_text()
    assert "class LSTMSteps(Steps):" in text
    assert "class GRUSteps(Steps):" not in text
    expected = """        self.embedding_0 = nn.Embedding(100, 8)
        self.lstm_1 = LSTMSteps(8, 16)
        self.bidirectional_2_forward = ResetFirstGRUSteps(16, 4)
        self.bidirectional_2_backward = ResetFirstGRUSteps(16, 4)
        self.dense_3 = nn.Linear(8, 2)

    def forward(self, start: Tensor) -> Tensor:
        embedding_0_mask = start != 0
        x = self.embedding_0(start.long())
        x, _ = self.lstm_1(x, embedding_0_mask)
        forward, _ = self.bidirectional_2_forward(x, embedding_0_mask)
        backward, _ = self.bidirectional_2_backward(x.flip(1), embedding_0_mask.flip(1))
        x = torch.cat([forward[:, -1], backward[:, -1]], dim=-1)
        dense_3 = F.softmax(self.dense_3(x), dim=-1)
        return dense_3
"""
    assert expected in text


def test_torch_alone_computes_what_the_executor_computes(tmp_path: Path) -> None:
    spec = chain(
        TensorSpec((5,), "int32"),
        embedding(),
        recurrent("lstm with functions", return_sequences=True),
        layer("bidirectional", layer=cell("gru that resets first")),
        layer("dense", units=2, activation="softmax"),
    )
    table = pl.LazyFrame({"words": pl.Series(TOKENS, dtype=pl.Array(pl.Int32, 5))})
    ctx = FakeContext(tmp_path)
    executor = Executor(input_columns=("words",), output="list", keep_columns=False)
    expected = executor.execute(Network(spec), table, ctx).collect()
    write(spec, tmp_path)
    code = (
        "import sys, json\nsys.path.insert(0, sys.argv[1])\nimport net, torch\n"
        "made = net.load()(torch.tensor(json.loads(sys.argv[2])))\n"
        "assert not any(name.startswith('flowengine') for name in sys.modules)\n"
        "print(json.dumps(made.tolist()))"
    )
    command = [sys.executable, "-I", "-c", code, str(tmp_path), json.dumps(TOKENS.tolist())]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = np.array(json.loads(done.stdout))
    np.testing.assert_allclose(found, expected.to_series().to_numpy(), atol=1e-6)


def test_a_class_of_the_program_keeps_its_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match="choose another name"):
        write(chain(TensorSpec((5, 4)), layer("lstm", units=2)), tmp_path, class_name="LSTMSteps")
