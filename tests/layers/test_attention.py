"""Attention, with one head and with several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from attention_reference import CalledWithOptions
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import bias, cases, constraints, regularizers

from flowengine import ConfigureError, Network, NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.nn.build import build
from flowengine.nn.regularizers import L2
from flowengine.testing import FakeContext, check_layer, check_node
from flowengine_nodes.layer.attention.additive_attention import AdditiveAttention
from flowengine_nodes.layer.attention.attention import Attention
from flowengine_nodes.layer.attention.group_query_attention import GroupQueryAttention
from flowengine_nodes.layer.attention.multi_head_attention import MultiHeadAttention

sizes = st.integers(1, 4)
drop = st.sampled_from([0.0, 0.5])
seeds = st.none() | st.integers(0, 9)
heads = bias | {
    "dropout": drop,
    "sliding_window": st.none() | st.integers(1, 3),
    "flash_attention": st.sampled_from([None, False]),
    "use_gate": st.booleans(),
    "seed": seeds,
    "use_causal_mask": st.booleans(),
    "kernel_regularizer": regularizers,
    "kernel_constraint": constraints,
    "activity_regularizer": regularizers,
}
SCORES = [
    st.builds(
        Attention,
        use_scale=st.booleans(),
        score_mode=st.sampled_from(["dot", "concat"]),
        dropout=drop,
        seed=seeds,
        use_causal_mask=st.booleans(),
    ),
    st.builds(
        AdditiveAttention,
        use_scale=st.booleans(),
        dropout=drop,
        seed=seeds,
        use_causal_mask=st.booleans(),
    ),
]


def mask(steps: int) -> st.SearchStrategy[Any]:
    """Return masks of 3 rows, of which each counts its first step."""
    rows = st.lists(st.booleans(), min_size=steps - 1, max_size=steps - 1)
    return st.lists(rows.map(lambda row: [True, *row]), min_size=3, max_size=3).map(np.array)


def check(
    layer: BaseLayer, shapes: list[tuple[int, ...]], *, scores: bool = False, **options: Any
) -> None:
    is_list = isinstance(layer, Attention | AdditiveAttention)
    reference = CalledWithOptions(layer, is_list=is_list, scores=scores)
    check_layer(layer, shapes, reference=reference, outputs=None if scores else 1, **options)


@pytest.mark.parametrize("layers", SCORES, ids=["attention", "additive"])
@cases
@given(data=st.data(), query=sizes, values=sizes, features=sizes)
def test_attention_by_scores_is_that_of_keras(
    data: st.DataObject,
    layers: st.SearchStrategy[BaseLayer],
    query: int,
    values: int,
    features: int,
) -> None:
    layer = data.draw(layers)
    has_keys = data.draw(st.booleans())
    width = data.draw(sizes) if has_keys else features
    shapes = [(query, features), (values, width), *([(values, features)] if has_keys else [])]
    masks = [data.draw(st.none() | mask(steps)) for steps, _ in shapes]
    check(
        layer,
        shapes,
        masks=masks if any(one is not None for one in masks) else None,
        scores=data.draw(st.booleans()),
    )


@cases
@given(data=st.data(), query=sizes, values=sizes, features=sizes)
def test_multi_head_attention_is_that_of_keras(
    data: st.DataObject, query: int, values: int, features: int
) -> None:
    layer = data.draw(
        st.builds(
            MultiHeadAttention,
            num_heads=st.integers(1, 3),
            key_dim=sizes,
            value_dim=st.none() | sizes,
            output_shape=st.none() | sizes | st.tuples(sizes, sizes),
            attention_axes=st.sampled_from([None, 1, (1,), -2]),
            **heads,
        )
    )
    shapes = [(query, features), (values, data.draw(sizes)), (values, data.draw(sizes))]
    shapes = shapes[: data.draw(st.integers(2, 3))]
    masks = [data.draw(st.none() | mask(steps)) for steps, _ in shapes]
    check(
        layer,
        shapes,
        masks=masks if any(one is not None for one in masks) else None,
        scores=data.draw(st.booleans()),
    )


@cases
@given(data=st.data(), query=sizes, values=sizes, features=sizes)
def test_group_query_attention_is_that_of_keras(
    data: st.DataObject, query: int, values: int, features: int
) -> None:
    shared = data.draw(st.integers(1, 2))
    layer = data.draw(
        st.builds(
            GroupQueryAttention,
            head_dim=sizes,
            num_query_heads=st.sampled_from([shared, 2 * shared]),
            num_key_value_heads=st.just(shared),
            **heads,
        )
    )
    shapes = [(query, features), (values, features), (values, data.draw(sizes))]
    shapes = shapes[: data.draw(st.integers(2, 3))]
    masks = [data.draw(st.none() | mask(steps)) for steps, _ in shapes]
    check(
        layer,
        shapes,
        masks=masks if any(one is not None for one in masks) else None,
        scores=data.draw(st.booleans()),
    )


@cases
@given(data=st.data(), axes=st.sampled_from([None, 1, 2, (1, 2), (2, 1)]))
def test_attention_over_axes_is_that_of_keras(data: st.DataObject, axes: Any) -> None:
    layer = data.draw(
        st.builds(
            MultiHeadAttention,
            num_heads=st.integers(1, 2),
            key_dim=sizes,
            attention_axes=st.just(axes),
            use_gate=st.booleans(),
        )
    )
    shape = data.draw(st.tuples(sizes, sizes, sizes))
    check(layer, [shape, shape], scores=data.draw(st.booleans()))


@cases
@given(data=st.data(), dropout=drop, is_grouped=st.booleans())
def test_attention_masks_are_those_of_keras(
    data: st.DataObject, dropout: float, is_grouped: bool
) -> None:
    layer: BaseLayer = (
        GroupQueryAttention(head_dim=3, num_query_heads=2, num_key_value_heads=1, dropout=dropout)
        if is_grouped
        else MultiHeadAttention(num_heads=2, key_dim=3, dropout=dropout)
    )
    query, values = data.draw(sizes), data.draw(sizes)
    by_head = data.draw(st.booleans())
    shape = (2, query, values) if by_head else (query, values)
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    shapes = [(query, 3), (values, 3), (values, 3), shape]
    given = [rng.normal(size=(3, *one)).astype("float32") for one in shapes[:3]]
    allowed = (rng.uniform(size=(3, *shape)) > 0.5).astype("float32")
    check(layer, shapes, inputs=[*given, allowed], scores=data.draw(st.booleans()))


def test_activities_of_all_projections_are_regularized() -> None:
    layer = MultiHeadAttention(num_heads=2, key_dim=3, activity_regularizer=L2(l2=0.1))
    check(layer, [(4, 3), (5, 3)])


def test_dropped_weights_are_made_up_for() -> None:
    torch.manual_seed(0)
    layer = Attention(dropout=0.5)
    module = layer.build(TensorSpec((100, 4)), TensorSpec((200, 4))).train()
    query, value = torch.zeros(1, 100, 4), torch.ones(1, 200, 4)
    (found,) = module(query, value)
    assert found.mean().item() == pytest.approx(1, abs=0.02)
    assert found.std() > 0


def test_ports_take_the_value_for_a_missing_key(tmp_path: Path) -> None:
    def source(name: str) -> Network:
        return Network(NetworkSpec.input(name, TensorSpec((None, 4))))

    outputs = check_node(
        MultiHeadAttention,
        folder=tmp_path,
        settings={"num_heads": 2, "key_dim": 3},
        inputs={"network": source("a"), "value": source("b"), "key": None, "attention_mask": None},
    )
    spec = outputs["out"].spec
    assert spec.calls["node"].inputs == ("a", "b", "b")
    assert spec.output_spec.shape == (None, 4)
    assert outputs["scores"].spec.output_spec.shape == (2, None, None)


def test_a_network_may_attend_to_itself(tmp_path: Path) -> None:
    spec = NetworkSpec.input("a", TensorSpec((7, 4)))
    layer = Attention()
    both = layer.configure(spec, spec, None, FakeContext(tmp_path))
    assert both["out"].calls["node"].inputs == ("a", "a")
    assert both["scores"].output_spec.shape == (7, 7)


def test_scores_are_computed_only_where_somebody_reads_them() -> None:
    spec = NetworkSpec.input("a", TensorSpec((7, 4)))
    both = spec.apply("heads", MultiHeadAttention(num_heads=2, key_dim=3), ["a", "a"])
    made = build(both.with_output("heads.scores"))({"a": torch.zeros(2, 7, 4)})
    torch.testing.assert_close(made["heads.scores"], torch.full((2, 2, 7, 7), 1 / 7))
    kernel = "aten::scaled_dot_product_attention"
    for output, is_fused in (("heads", True), ("heads.scores", False)):
        with torch.profiler.profile() as profile:
            build(both.with_output(output))({"a": torch.zeros(2, 7, 4)})
        assert any(event.key == kernel for event in profile.key_averages()) is is_fused


def test_shapes_that_do_not_fit_are_refused() -> None:
    one, two = TensorSpec((5, 4)), TensorSpec((6, 3))
    with pytest.raises(ConfigureError, match=r"the query has 4 \(5×4\), the key 3 \(6×3\)"):
        Attention().outputs(one, two)
    with pytest.raises(ConfigureError, match="needs a query of 2 dimensions"):
        Attention().outputs(TensorSpec((4,)), two)
    with pytest.raises(ConfigureError, match="there must be a key for each value"):
        MultiHeadAttention(num_heads=1, key_dim=2).outputs(one, two, one)
    with pytest.raises(ConfigureError, match="the same number of dimensions, 2 or more"):
        MultiHeadAttention(num_heads=1, key_dim=2).outputs(one, TensorSpec((4,)))
    with pytest.raises(ConfigureError, match="must have the same number of features"):
        GroupQueryAttention(head_dim=1, num_query_heads=1, num_key_value_heads=1).outputs(one, two)


def test_settings_that_do_not_fit_are_refused() -> None:
    one = TensorSpec((5, 4))
    with pytest.raises(ConfigureError, match="does not divide the 4 heads of the query"):
        GroupQueryAttention(head_dim=1, num_query_heads=4, num_key_value_heads=3).outputs(one, one)
    with pytest.raises(ConfigureError, match=r"attention_axes \[2\] do not fit the query 5×4"):
        MultiHeadAttention(num_heads=1, key_dim=2, attention_axes=2).outputs(one, one)
    with pytest.raises(ConfigureError, match="exclude one another"):
        MultiHeadAttention(num_heads=1, key_dim=2, flash_attention=True, dropout=0.1).outputs(
            one, one
        )
    with pytest.raises(ConfigureError, match="set attention_axes to 1"):
        MultiHeadAttention(num_heads=1, key_dim=2, use_causal_mask=True).outputs(
            TensorSpec((3, 3, 2)), TensorSpec((3, 3, 2))
        )
    with pytest.raises(ConfigureError, match=r"must be 5×6 or 2×5×6 \(queries × values\)"):
        value = TensorSpec((6, 4))
        layer = MultiHeadAttention(num_heads=2, key_dim=2)
        layer.outputs(one, value, value, TensorSpec((6, 5)))


def test_attention_counts_its_operations() -> None:
    layer = MultiHeadAttention(num_heads=2, key_dim=3)
    query, value = TensorSpec((5, 4)), TensorSpec((7, 4))
    kernels = 4 * 6
    attended = 5 * 7 * 2 * (3 + 3)
    assert layer.flops(query, value) == 2 * (kernels * (5 + 7 + 7 + 5) + attended)
