"""An encoder and a decoder: trained as one network, cut in two, used one after the other."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import flowengine as fe


def workflow(folder: Path, length: int | None) -> Path:
    """Two named inputs and outputs, states from one LSTM to the other, sequences as JSON lists."""
    rng = np.random.default_rng(0)
    words = rng.integers(1, 8, (20, 6))
    lines = [
        json.dumps({"there": row.tolist(), "back": row[::-1].tolist(), "total": float(row.sum())})
        for row in words
    ]
    (folder / "pairs.jsonl").write_text("\n".join(lines))
    flow = fe.Workflow("pairs")
    reader = flow.add("io.file_reader", "reader", path="pairs.jsonl")
    source = flow.add("layer.input", "source", shape=[6], dtype="int32")
    shifted = flow.add("layer.input", "shifted", shape=[length], dtype="int32")
    hot_source = flow.add("layer.one_hot", "hot_source", network=source.out, num_classes=8)
    hot_shifted = flow.add("layer.one_hot", "hot_shifted", network=shifted.out, num_classes=8)
    encoder = flow.add("layer.lstm", "encoder", network=hot_source.out, units=5)
    decoder = flow.add(
        "layer.lstm",
        "decoder",
        network=hot_shifted.out,
        state_h=encoder.state_h,
        state_c=encoder.state_c,
        units=5,
        return_sequences=True,
    )
    words_out = flow.add("layer.dense", "words", network=decoder.out, units=8, activation="softmax")
    total = flow.add("layer.dense", "sum", network=encoder.out, units=1)
    both = flow.add(
        "network.collect", "both", network=[words_out.out, total.out], names=["back", "total"]
    )
    learner = flow.add(
        "network.learner",
        "learner",
        network=both.out,
        training_data=reader.out,
        input_columns={"source": ["there"], "shifted": ["there"]},
        target_columns={"back": ["back"], "total": ["total"]},
    )
    flow.add(
        "network.executor",
        "whole",
        network=learner.network,
        table=reader.out,
        outputs=["back"],
        output="list",
    )
    states = ["encoder.state_h", "encoder.state_c"]
    first = flow.add("network.cut", "first", network=learner.network, outputs=states)
    second = flow.add(
        "network.cut", "second", network=learner.network, inputs=states, outputs=["words"]
    )
    encode = flow.add(
        "network.executor", "encode", network=first.out, table=reader.out, output="list"
    )
    flow.add(
        "network.executor",
        "decode",
        network=second.out,
        table=encode.out,
        output="list",
        input_columns={
            "shifted": ["there"],
            **{state: [f"{state}_prediction"] for state in states},
        },
    )
    flow.save(folder / "pairs.json")
    return folder / "pairs.json"


@pytest.mark.parametrize("length", [6, None])
def test_the_parts_compute_what_the_whole_computes(tmp_path: Path, length: int | None) -> None:
    result = fe.run(workflow(tmp_path, length))
    whole, parts = (result[name].out["prediction"].to_numpy() for name in ("whole", "decode"))
    assert whole.shape == (20, 6, 8)
    assert np.array_equal(parts, whole)
