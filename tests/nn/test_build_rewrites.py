from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch.nn import functional as F

from flowengine import NetworkSpec, TensorSpec
from flowengine.nn.activations import Activation as Name
from flowengine.nn.build import BuiltNetwork, build, export_weights, initial_weights, load_weights
from flowengine.nn.regularizers import L2
from flowengine_nodes.layer.convolution.conv2d import Conv2D
from flowengine_nodes.layer.core.activation import Activation
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.core.flatten import Flatten
from flowengine_nodes.layer.normalization.batch_normalization import BatchNormalization
from flowengine_nodes.layer.pooling.max_pooling2d import MaxPooling2D


def start() -> NetworkSpec:
    return NetworkSpec.input("input", TensorSpec((8, 8, 2)))


def conv(activation: Name = "relu", **settings: Any) -> Conv2D:
    return Conv2D(filters=4, kernel_size=3, activation=activation, **settings)


def pair(spec: NetworkSpec) -> tuple[BuiltNetwork, BuiltNetwork]:
    plain, fast = build(spec, optimize=False), build(spec)
    for built in (plain, fast):
        load_weights(built, initial_weights(spec, 5))
    return plain, fast


def moved(built: BuiltNetwork) -> list[str]:
    """Return the layers behind which an activation was moved."""
    return [step.layer for step in built._steps if step.after is not None]


@pytest.mark.parametrize("name", ["relu", "relu6", "leaky_relu"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_pooling_before_the_activation_gives_the_same_numbers_and_gradients(
    name: Name, padding: Any
) -> None:
    pool = MaxPooling2D(pool_size=3, strides=2, padding=padding)
    spec = start().apply("conv", conv(name)).apply("pool", pool)
    plain, fast = pair(spec)
    assert moved(plain) == []
    assert moved(fast) == ["pool"]
    # Whole numbers make ties, where a gradient could take two ways.
    x = torch.randint(-3, 4, (4, 8, 8, 2)).float()
    gradients = []
    for built in (plain, fast):
        given = x.clone().requires_grad_()
        output = built({"input": given})["pool"]
        (output * torch.arange(output.numel()).view_as(output)).sum().backward()
        gradients.append(
            [output.detach(), given.grad, *(tensor.grad for tensor in built.trainable().values())]
        )
    for one, two in zip(*gradients, strict=True):
        assert one is not None
        assert two is not None
        torch.testing.assert_close(one, two, rtol=1e-6, atol=1e-4)


def test_an_activation_layer_is_moved_too() -> None:
    spec = start().apply("conv", conv("linear")).apply("norm", BatchNormalization())
    spec = spec.apply("relu", Activation(activation="relu")).apply("pool", MaxPooling2D())
    plain, fast = pair(spec)
    assert moved(fast) == ["pool"]
    x = {"input": torch.randn(4, 8, 8, 2)}
    assert torch.allclose(plain(x)["pool"], fast(x)["pool"], atol=1e-6)


def test_an_activation_is_not_moved_from_where_others_read_it() -> None:
    spec = start().apply("conv", conv()).apply("pool", MaxPooling2D())
    as_output = replace(spec, outputs={"conv": "conv", "pool": "pool"})
    assert moved(build(as_output)) == []
    second = spec.apply("flat", Flatten(), ["conv"])
    assert moved(build(replace(second, outputs={"flat": "flat", "pool": "pool"}))) == []


def test_an_activation_that_is_not_exactly_monotone_stays() -> None:
    for name in ("tanh", "gelu", "softmax"):
        spec = start().apply("conv", conv(name)).apply("pool", MaxPooling2D())
        assert moved(build(spec)) == []


def test_an_activation_whose_values_are_regularized_stays() -> None:
    spec = start().apply("conv", conv(activity_regularizer=L2())).apply("pool", MaxPooling2D())
    assert moved(build(spec)) == []


def test_the_activation_of_a_shared_layer_stays() -> None:
    spec = start().apply("same", conv(padding="same")).apply("pool", MaxPooling2D())
    call = replace(spec.calls["same"], outputs=("again",))
    spec = replace(
        spec,
        calls={**spec.calls, "again": call},
        tensors={**spec.tensors, "again": spec.tensors["same"]},
        outputs={"pool": "pool", "again": "again"},
    )
    assert moved(build(spec)) == []


def test_kernels_are_stored_channels_last() -> None:
    built = build(start().apply("conv", conv()))
    kernel = built.trainable()["conv/kernel"]
    assert kernel.is_contiguous(memory_format=torch.channels_last)
    assert not kernel.is_contiguous()


def test_a_greyscale_image_leaves_a_convolution_with_strides_channels_last() -> None:
    spec = NetworkSpec.input("input", TensorSpec((8, 8, 1)))
    built = build(spec.apply("conv", conv("leaky_relu", strides=2, padding="same")))
    made = built({"input": torch.randn(4, 8, 8, 1)})["conv"]
    assert made.shape == (4, 4, 4, 4)
    assert made.is_contiguous()


def test_images_go_channels_first_through_a_large_kernel_and_give_the_same_numbers() -> None:
    spec = NetworkSpec.input("input", TensorSpec((3, 3, 352)))
    spec = spec.apply("conv", Conv2D(filters=352, kernel_size=3, padding="same"))
    spec = spec.apply("pool", MaxPooling2D(pool_size=3))
    plain, fast = pair(spec)
    assert fast.trainable()["conv/kernel"].is_contiguous()
    conv_module = fast.layer_modules["conv"]
    made: list[torch.Tensor] = []
    conv_module.register_forward_hook(lambda module, given, output: made.append(output))
    x = torch.randn(2, 3, 3, 352)
    results = []
    for built in (plain, fast):
        given = x.clone().requires_grad_()
        output = built({"input": given})["pool"]
        output.square().sum().backward()
        results.append(
            [output.detach(), given.grad, *(one.grad for one in built.trainable().values())]
        )
    assert made[0].movedim(-1, 1).is_contiguous()
    for one, two in zip(*results, strict=True):
        torch.testing.assert_close(one, two, rtol=1e-4, atol=1e-4)


def test_training_takes_the_same_course_with_and_without_rewrites() -> None:
    spec = NetworkSpec.input("input", TensorSpec((14, 14, 1)))
    for name, layer in {
        "conv_1": Conv2D(filters=8, kernel_size=3, activation="relu"),
        "pool_1": MaxPooling2D(),
        "conv_2": Conv2D(filters=16, kernel_size=3, activation="relu", padding="same"),
        "pool_2": MaxPooling2D(),
        "flat": Flatten(),
        "dense": Dense(units=10),
    }.items():
        spec = spec.apply(name, layer)
    torch.manual_seed(0)
    images, classes = torch.rand(256, 14, 14, 1), torch.randint(0, 10, (256,))
    courses = []
    for built in pair(spec):
        adam = torch.optim.Adam(built.parameters(), lr=1e-3)
        losses = []
        for step in range(60):
            batch = slice(step % 8 * 32, step % 8 * 32 + 32)
            loss = F.cross_entropy(built({"input": images[batch]})["dense"], classes[batch])
            adam.zero_grad()
            loss.backward()
            adam.step()
            losses.append(loss.item())
        courses.append(losses)
    assert courses[0][-1] < courses[0][0]
    assert courses[0] == pytest.approx(courses[1], abs=1e-4)


def test_weights_leave_an_optimized_network_as_they_came() -> None:
    spec = start().apply("conv", conv()).apply("pool", MaxPooling2D())
    plain, fast = pair(spec)
    for one, two in zip(
        export_weights(plain)["conv"].values(), export_weights(fast)["conv"].values(), strict=True
    ):
        assert (one == two).all()
