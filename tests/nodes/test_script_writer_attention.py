"""Attention as programs, with every mask and rule."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.scripts import check_style, compare, layer, normal, write

from flowengine import Network, NetworkSpec, TensorSpec
from flowengine.nn.build import build, load_weights, network_weights

NORMAL = {"type": "random_normal", "stddev": 0.5}
Case = tuple[NetworkSpec, list[Any]]


def asked(kind: str, *names: str, masked: bool = False, **settings: Any) -> Case:
    """A query of 5 steps, values and keys of 4, and what may be looked at."""
    shapes = {"query": (5, 6), "value": (4, 6), "key": (4, 6), "attention_mask": (5, 4)}
    values = {name: normal(3, *shapes[name]) for name in names}
    spec: NetworkSpec | None = None
    for name in names:
        one = NetworkSpec.input(name, TensorSpec(shapes[name]))
        spec = one if spec is None else spec.merge(one)
    assert spec is not None
    taken = list(names)
    if masked:
        for place, name in enumerate(taken[:3]):
            spec = spec.apply(f"{name} without", layer("masking"), [name])
            taken[place] = f"{name} without"
            values[name][0, place] = values[name][1, :2] = values[name][2] = 0
    if "attention_mask" in values:
        values["attention_mask"] = (values["attention_mask"] > 0).astype("float32")
        values["attention_mask"][0, 1] = 0
    one = layer(kind, **settings)
    spec = spec.apply("found", one, taken)
    spec = spec.apply("behind", layer("gru", units=2), ["found"])
    return replace(spec, outputs={"found": "found", "behind": "behind"}), list(values.values())


def with_scores(case: Case) -> Case:
    spec, values = case
    return replace(spec, outputs={**spec.outputs, "scores": "found.scores"}), values


def attention() -> Iterator[tuple[str, Case]]:
    heads: dict[str, Any] = {"num_heads": 2, "key_dim": 3}
    two, three = ("query", "value"), ("query", "value", "key")
    four = (*three, "attention_mask")
    for masked in (False, True):
        word = " behind masks" if masked else ""
        yield f"plain{word}", asked("attention", *two, masked=masked)
        yield (
            f"scaled{word}",
            with_scores(asked("attention", *three, masked=masked, use_scale=True, dropout=0.5)),
        )
        yield (
            f"causal{word}",
            asked("attention", *three, masked=masked, use_causal_mask=True, score_mode="concat"),
        )
        yield (
            f"concat{word}",
            asked("attention", *two, masked=masked, score_mode="concat", use_scale=True),
        )
        yield f"sums{word}", asked("additive_attention", *three, masked=masked)
        yield f"bare sums{word}", asked("additive_attention", *two, masked=masked, use_scale=False)
        yield f"heads{word}", asked("multi_head_attention", *two, masked=masked, **heads)
        yield (
            f"gated heads{word}",
            asked(
                "multi_head_attention",
                *three,
                masked=masked,
                **heads,
                use_gate=True,
                value_dim=2,
                output_shape=7,
                bias_initializer=NORMAL,
            ),
        )
        yield (
            f"heads with all rules{word}",
            asked(
                "multi_head_attention",
                *four,
                masked=masked,
                **heads,
                use_causal_mask=True,
                sliding_window=2,
                use_bias=False,
            ),
        )
        yield (
            f"heads that drop{word}",
            asked("multi_head_attention", *four, masked=masked, **heads, dropout=0.5),
        )
        yield (
            f"scores of heads{word}",
            with_scores(asked("multi_head_attention", *three, masked=masked, **heads)),
        )
        yield (
            f"shared keys{word}",
            asked(
                "group_query_attention",
                *three,
                masked=masked,
                head_dim=2,
                num_query_heads=4,
                num_key_value_heads=2,
            ),
        )


ATTENTION = dict(attention())


@pytest.mark.parametrize("name", ATTENTION)
def test_attention_computes_the_same(name: str, tmp_path: Path) -> None:
    compare(*ATTENTION[name], tmp_path)
    check_style(tmp_path / "net.py")


def test_attention_to_oneself_computes_the_same(tmp_path: Path) -> None:
    text = NetworkSpec.input("text", TensorSpec((None,), "int32"))
    spec = text.apply("words", layer("embedding", input_dim=9, output_dim=6, mask_zero=True))
    heads = layer("multi_head_attention", num_heads=2, key_dim=3, use_causal_mask=True)
    spec = spec.apply("heads", heads, ["words", "words"])
    spec = spec.apply("sum", layer("add"), ["words", "heads"])
    spec = spec.apply("norm", layer("layer_normalization"))
    spec = spec.apply("again", heads, ["norm", "norm"])
    spec = spec.apply("mean", layer("global_average_pooling1d"))
    tokens = np.array([[3, 1, 2, 0, 0], [1, 2, 3, 4, 5]], "int32")
    compare(spec, [tokens], tmp_path)
    compare(spec, [tokens[:, :3]], tmp_path)


def test_a_mask_for_each_head_computes_the_same(tmp_path: Path) -> None:
    spec = NetworkSpec.input("x", TensorSpec((5, 4))).merge(
        NetworkSpec.input("mask", TensorSpec((2, 5, 5), "int32"))
    )
    heads = layer("multi_head_attention", num_heads=2, key_dim=3)
    spec = spec.apply("heads", heads, ["x", "x", "x", "mask"])
    mask = (normal(3, 2, 5, 5) > 0).astype("int32")
    compare(spec, [normal(3, 5, 4), mask], tmp_path)


def test_torch_alone_computes_a_transformer(tmp_path: Path) -> None:
    spec, values = ATTENTION["heads with all rules behind masks"]
    path = write(spec, tmp_path)
    built = build(spec).eval()
    load_weights(built, network_weights(Network(spec), 0))
    with torch.no_grad():
        tensors = [torch.from_numpy(one) for one in values]
        expected = built(dict(zip(spec.inputs, tensors, strict=True)))["found"]
    code = (
        "import sys, json\nsys.path.insert(0, sys.argv[1])\nimport net, torch\n"
        "given = [torch.tensor(one, dtype=torch.float32) for one in json.loads(sys.argv[2])]\n"
        "made = net.load()(*given)['found']\n"
        "assert not any(name.startswith('flowengine') for name in sys.modules)\n"
        "print(json.dumps(made.tolist()))"
    )
    given = json.dumps([one.tolist() for one in values])
    command = [sys.executable, "-I", "-c", code, str(path.parent), given]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    np.testing.assert_allclose(np.array(json.loads(done.stdout)), expected.numpy(), atol=1e-5)
