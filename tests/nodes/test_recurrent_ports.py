"""Recurrent layers as nodes: their ports for first and last states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import flowengine as fe
from flowengine import ConfigureError, Network, NetworkSpec, TensorSpec
from flowengine.planning.graph import Planner
from flowengine.registry import Registry
from flowengine.signature import signature_of
from flowengine.testing import FakeContext, check_node
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.recurrent.conv_lstm2d import ConvLSTM2D
from flowengine_nodes.layer.recurrent.gru import GRU
from flowengine_nodes.layer.recurrent.lstm import LSTM
from flowengine_nodes.layer.recurrent.simple_rnn import SimpleRNN
from flowengine_nodes.layer.wrapper.bidirectional import Bidirectional

SEQUENCE = Network(NetworkSpec.input("sequence", TensorSpec((None, 4))))
STATE = Network(NetworkSpec.input("state", TensorSpec((3,))))
CELL = Network(NetworkSpec.input("cell", TensorSpec((3,))))


def test_ports_of_an_lstm_and_a_gru() -> None:
    lstm, gru = signature_of(LSTM), signature_of(GRU)
    assert list(lstm.inputs) == ["network", "state_h", "state_c"]
    assert [port.id for port in lstm.inputs.values() if port.optional] == ["state_h", "state_c"]
    assert list(lstm.outputs) == ["out", "state_h", "state_c"]
    assert list(gru.inputs) == ["network", "state_h"]
    assert list(gru.outputs) == ["out", "state_h"]
    assert all(port.help for port in [*lstm.inputs.values(), *lstm.outputs.values()])


@pytest.mark.parametrize("cls", [LSTM, GRU, SimpleRNN])
@pytest.mark.parametrize("first", [True, False])
def test_node_keeps_its_promises(cls: Any, first: bool, tmp_path: Path) -> None:
    states = {"state_h": STATE, "state_c": CELL} if cls is LSTM else {"state_h": STATE}
    inputs = {"network": SEQUENCE, **(states if first else {})}
    settings = {"units": 3, "return_sequences": True}
    outputs = check_node(cls, folder=tmp_path, settings=settings, inputs=inputs)
    shapes = {port: value.spec.output_spec.shape for port, value in outputs.items()}
    assert shapes.pop("out") == (None, 3)
    assert set(shapes.values()) == {(3,)}
    wanted = {"sequence", "state", "cell"} if cls is LSTM else {"sequence", "state"}
    assert set(outputs["out"].spec.inputs) == (wanted if first else {"sequence"})


def test_wrapper_keeps_its_promises(tmp_path: Path) -> None:
    settings = {"layer": {"type": "layer.lstm", "units": 3}}
    outputs = check_node(
        Bidirectional, folder=tmp_path, settings=settings, inputs={"network": SEQUENCE}
    )
    assert outputs["out"].spec.output_spec.shape == (6,)
    assert outputs["backward_c"].spec.output_spec.shape == (3,)


def test_wrapper_goes_on_from_states_of_both_directions(tmp_path: Path) -> None:
    first = Bidirectional(layer=GRU(units=3), merge_mode=None)
    made = first.configure(SEQUENCE.spec, None, None, None, None, FakeContext(tmp_path))
    names = [made[port].outputs for port in ("out", "backward", "forward_h", "backward_h")]
    assert [list(one) for one in names] == [
        ["node"],
        ["node.backward"],
        ["node.forward_h"],
        ["node.backward_h"],
    ]
    assert made["forward_c"].outputs == made["backward_c"].outputs == {}
    again = first.configure(SEQUENCE.spec, STATE.spec, None, CELL.spec, None, FakeContext(tmp_path))
    assert again["out"].calls["node"].inputs == ("sequence", "state", "cell")


def test_states_that_a_wrapped_layer_does_not_keep_are_refused(tmp_path: Path) -> None:
    both = Bidirectional(layer=GRU(units=3))
    with pytest.raises(ConfigureError, match=r'"forward_c" is connected, but this layer keeps no'):
        both.configure(SEQUENCE.spec, STATE.spec, CELL.spec, None, None, FakeContext(tmp_path))
    with pytest.raises(ConfigureError, match=r'"backward_h" is not connected'):
        both.configure(SEQUENCE.spec, STATE.spec, None, None, None, FakeContext(tmp_path))
    made = both.configure(SEQUENCE.spec, None, None, None, None, FakeContext(tmp_path))
    with pytest.raises(ConfigureError, match="needs a network with one output; it has none"):
        Dense(units=2).configure(made["backward_c"], FakeContext(tmp_path))


def test_states_of_images_are_images(tmp_path: Path) -> None:
    film = NetworkSpec.input("film", TensorSpec((None, 8, 8, 1)))
    layer = ConvLSTM2D(filters=2, kernel_size=3)
    specs = layer.configure(film, None, None, FakeContext(tmp_path))
    assert specs["state_c"].output_spec.shape == (6, 6, 2)


@pytest.mark.parametrize(
    ("states", "missing"), [((STATE.spec, None), "state_c"), ((None, CELL.spec), "state_h")]
)
def test_one_of_two_states_alone_is_refused(states: Any, missing: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigureError, match=f'"{missing}" is not connected, but the other'):
        LSTM(units=3).configure(SEQUENCE.spec, *states, FakeContext(tmp_path))


def test_a_workflow_of_encoder_and_decoder_is_checked_while_it_is_wired() -> None:
    flow = fe.Workflow("translation")
    sources, targets = (
        flow.add("layer.input", name, shape=[None], dtype="int32") for name in ("source", "target")
    )
    words, others = (
        flow.add("layer.embedding", network=one.out, input_dim=50, output_dim=8, mask_zero=True)
        for one in (sources, targets)
    )
    encoder = flow.add("layer.lstm", "encoder", network=words.out, units=16)
    decoder = flow.add(
        "layer.lstm",
        "decoder",
        network=others.out,
        state_h=encoder.state_h,
        state_c=encoder.state_c,
        units=16,
        return_sequences=True,
    )
    flow.add("layer.dense", "words", network=decoder.out, units=50, activation="softmax")
    report = fe.validate(flow)
    assert not report.problems
    assert report.nodes["words"].specs["out"].output_spec.shape == (None, 50)


def test_what_is_wrong_in_a_wrapped_layer_is_told_at_its_place() -> None:
    flow = fe.Workflow("wrapped")
    start = flow.add("layer.input", "start", shape=[None, 4])
    inner = {"type": "layer.lstm", "units": 0, "actvation": "tanh"}
    flow.add("layer.bidirectional", "both", network=start.out, layer=inner)
    found = {problem.pointer: problem.message for problem in fe.validate(flow).problems}
    place = "/nodes/both/settings/layer"
    assert found[f"{place}/units"] == "expected a number of at least 1, got 0"
    assert 'Did you mean "activation"' in found[f"{place}/actvation"]


@pytest.fixture
def wrapped(tmp_path: Path) -> fe.Workflow:
    """A workflow that wraps a layer of the loose folder ``tmp_path``."""
    (tmp_path / "half.py").write_text(
        "from flowengine import Layer, TensorSpec, node\n\n\n"
        '@node(title="Half")\nclass Half(Layer):\n    """Halve."""\n\n'
        "    def outputs(self, *inputs: TensorSpec) -> TensorSpec:\n        return inputs[0]\n\n"
        "    def build(self, *inputs: TensorSpec) -> object:\n        import torch\n\n"
        "        return torch.nn.AvgPool1d(1)\n"
    )
    flow = fe.Workflow("wrapped")
    start = flow.add("layer.input", "start", shape=[None, 4])
    flow.add("layer.time_distributed", "each", network=start.out, layer={"type": "local.half"})
    return flow


def test_layers_of_a_loose_folder_can_be_wrapped(wrapped: fe.Workflow, tmp_path: Path) -> None:
    assert not fe.validate(wrapped, nodes=[tmp_path]).problems
    assert fe.validate(wrapped).problems[0].pointer == "/nodes/each/settings/layer/type"


def test_changed_code_of_a_wrapped_layer_is_a_new_key(wrapped: fe.Workflow, tmp_path: Path) -> None:
    def key() -> str | None:
        planner = Planner(Registry.default([tmp_path]), digest=lambda path: path.name)
        return planner.plan(wrapped).nodes["each"].key

    before, file = key(), tmp_path / "half.py"
    assert before == key()
    file.write_text(file.read_text().replace("return inputs[0]", "return inputs[0].with_shape(1)"))
    assert before != key()


def test_a_wrapped_layer_runs_and_is_kept(tmp_path: Path) -> None:
    (tmp_path / ".flowengine").mkdir()
    flow = fe.Workflow("wrapped")
    start = flow.add("layer.input", "start", shape=[None, 4])
    inner = {"type": "layer.gru", "units": 3}
    flow.add("layer.bidirectional", "both", network=start.out, layer=inner)
    for _ in range(2):
        result = fe.run(flow, workspace=tmp_path)
        assert result["both"].out.spec.output_spec.shape == (6,)
