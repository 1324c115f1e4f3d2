"""Every max pooling trades places with a monotone activation, without changing a number."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from flowengine import NetworkSpec, TensorSpec
from flowengine.nn.build import build, initial_weights, load_weights
from flowengine_nodes.layer.convolution.conv1d import Conv1D
from flowengine_nodes.layer.convolution.conv2d import Conv2D
from flowengine_nodes.layer.convolution.conv3d import Conv3D
from flowengine_nodes.layer.convolution.conv3d_transpose import Conv3DTranspose
from flowengine_nodes.layer.convolution.depthwise_conv2d import DepthwiseConv2D
from flowengine_nodes.layer.convolution.separable_conv1d import SeparableConv1D
from flowengine_nodes.layer.pooling.adaptive_max_pooling2d import AdaptiveMaxPooling2D
from flowengine_nodes.layer.pooling.average_pooling1d import AveragePooling1D
from flowengine_nodes.layer.pooling.global_max_pooling1d import GlobalMaxPooling1D
from flowengine_nodes.layer.pooling.global_max_pooling3d import GlobalMaxPooling3D
from flowengine_nodes.layer.pooling.max_pooling1d import MaxPooling1D
from flowengine_nodes.layer.pooling.max_pooling3d import MaxPooling3D


@pytest.mark.parametrize(
    ("layer", "pool"),
    [
        (Conv1D(filters=2, kernel_size=3, activation="relu"), MaxPooling1D(padding="same")),
        (SeparableConv1D(filters=2, kernel_size=2, activation="relu6"), GlobalMaxPooling1D()),
        (Conv2D(filters=2, kernel_size=2, activation="relu"), AdaptiveMaxPooling2D(output_size=3)),
        (DepthwiseConv2D(kernel_size=2, activation="relu"), AdaptiveMaxPooling2D(output_size=2)),
        (Conv3D(filters=2, kernel_size=2, activation="leaky_relu"), MaxPooling3D()),
        (
            Conv3DTranspose(filters=2, kernel_size=2, activation="relu"),
            GlobalMaxPooling3D(keepdims=True),
        ),
    ],
)
def test_activation_moves_behind_max_pooling(layer: Any, pool: Any) -> None:
    shape = (5, 6, 4)[: layer.axes.count(",")]
    spec = NetworkSpec.input("input", TensorSpec((*shape, 2)))
    spec = spec.apply("layer", layer).apply("pool", pool)
    # Whole numbers make ties, where a gradient could take two ways.
    x = torch.randint(-3, 4, (4, *shape, 2)).float()
    found = []
    for optimize in (False, True):
        built = build(spec, optimize=optimize)
        assert any(step.after is not None for step in built._steps) == optimize
        load_weights(built, initial_weights(spec, 5))
        given = x.clone().requires_grad_()
        output = built({"input": given})["pool"]
        (output * torch.arange(output.numel()).view_as(output)).sum().backward()
        found.append(
            [output.detach(), given.grad, *(tensor.grad for tensor in built.trainable().values())]
        )
    for one, two in zip(*found, strict=True):
        assert one is not None
        assert two is not None
        torch.testing.assert_close(one, two, rtol=1e-6, atol=1e-4)


def test_activation_stays_before_a_mean() -> None:
    spec = NetworkSpec.input("input", TensorSpec((6, 2)))
    spec = spec.apply("layer", Conv1D(filters=2, kernel_size=3, activation="relu"))
    built = build(spec.apply("pool", AveragePooling1D(pool_size=2)))
    assert all(step.after is None for step in built._steps)
