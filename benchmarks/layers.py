"""How long a network's shapes and its module take: 1,000 layers wired, 150 layers built."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from flowengine import NetworkSpec, TensorSpec
from flowengine.layer import BaseLayer
from flowengine.nn.build import build
from flowengine_nodes.layer.activation.relu import ReLU
from flowengine_nodes.layer.convolution.conv2d import Conv2D
from flowengine_nodes.layer.core.dense import Dense
from flowengine_nodes.layer.merge.add import Add
from flowengine_nodes.layer.normalization.batch_normalization import BatchNormalization
from flowengine_nodes.layer.pooling.global_average_pooling2d import GlobalAveragePooling2D

TURNS = 9


def wired(count: int) -> NetworkSpec:
    """Return a chain of dense layers, worked out as a canvas does it: layer by layer."""
    spec = NetworkSpec.input("input", TensorSpec((64,)))
    layers: list[BaseLayer] = [Dense(units=64, activation="relu"), ReLU(), BatchNormalization()]
    for number in range(count):
        spec = spec.apply(f"layer_{number}", layers[number % len(layers)])
    return spec


def residual(count: int) -> NetworkSpec:
    """Return a residual network for images with about so many layers."""
    spec = NetworkSpec.input("input", TensorSpec((32, 32, 3)))
    spec = spec.apply("stem", Conv2D(filters=64, kernel_size=3, padding="same"))
    for number in range((count - 3) // 6):
        start = spec.output
        for part in ("a", "b"):
            name = f"block_{number}_{part}"
            conv = Conv2D(filters=64, kernel_size=3, padding="same", use_bias=False)
            spec = spec.apply(f"{name}_conv", conv)
            spec = spec.apply(f"{name}_norm", BatchNormalization())
        spec = spec.apply(f"block_{number}_add", Add(), [spec.output, start])
        spec = spec.apply(f"block_{number}_relu", ReLU())
    spec = spec.apply("pool", GlobalAveragePooling2D())
    return spec.apply("classes", Dense(units=10, activation="softmax"))


def seconds(job: Callable[[], object], turns: int = TURNS) -> list[float]:
    """Return the processor time of a job, turn by turn; the first, which imports, is left out."""
    taken = []
    for _ in range(turns + 1):
        begin = time.process_time()
        job()
        taken.append(time.process_time() - begin)
    return sorted(taken[1:])


def main() -> None:
    """Print medians and ranges."""
    network = residual(150)
    for what, job in (
        ("shapes through 1,000 layers", lambda: wired(1000)),
        (f"build of {len(network.layers)} layers", lambda: build(network)),
    ):
        taken = seconds(job)
        print(
            f"{what}: {statistics.median(taken) * 1000:.0f} ms "
            f"({taken[0] * 1000:.0f} to {taken[-1] * 1000:.0f})"
        )


if __name__ == "__main__":
    main()
