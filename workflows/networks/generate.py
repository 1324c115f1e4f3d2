"""Write the networks of the lecture as components.

``python workflows/networks/generate.py`` writes them. Ids of nodes follow torchvision's names, so
that weights for torchvision find their layers: ``layer1_0/conv1`` is ``layer1.0.conv1``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from typing import Any

from flowengine.diagram_layout import layered
from flowengine.workflow import Workflow

FOLDER = Path(__file__).parent
COLUMN, ROW, GUTTER, LONGEST = 248, 88, 104, 5
"""Distances of nodes and bands; columns of a band: longer networks go on below, as text does."""

Settings = dict[str, Any]


class Component:
    """A component with a network as its input ``network`` and its output ``out``."""

    def __init__(self, name: str, description: str, **variables: Any) -> None:
        self.name = name
        self.description = description
        self.variables = variables
        self.nodes: dict[str, Settings] = {}
        self.connections: list[tuple[str, str]] = []
        self.last = self.add("network", "flow.input", {"port_type": "network"}, None)

    def add(
        self, node: str, type_id: str, settings: Settings | None = None, source: str | None = ""
    ) -> str:
        """Add a node behind ``source`` (by default behind the last one) and return its output."""
        self.nodes[node] = {"type": type_id, **({"settings": settings} if settings else {})}
        if source is not None:
            self.connections.append((source or self.last, f"{node}.network"))
        self.last = f"{node}.out"
        return self.last

    def merge(self, node: str, type_id: str, sources: Sequence[str]) -> str:
        """Add a merging layer."""
        self.nodes[node] = {"type": type_id}
        ends = (f"{node}.network.{place}" for place in range(len(sources)))
        self.connections += zip(sources, ends, strict=True)
        self.last = f"{node}.out"
        return self.last

    def block(self, node: str, file: str, source: str = "", **variables: Any) -> str:
        """Add a component that stands in a file of its own."""
        settings = {"path": f"{file}.json", "variables": variables}
        return self.add(node, "flow.component", settings, source)

    def write(self, file: str) -> None:
        """Write the component to its file."""
        self.nodes["out"] = {"type": "flow.output"}
        self.connections.append((self.last, "out.value"))
        lines = [(start.split(".")[0], end.split(".")[0]) for start, end in self.connections]
        document = {
            "flowengine": 1,
            "name": self.name,
            "description": self.description,
            "variables": self.variables,
            "nodes": self.nodes,
            "connections": [{"from": start, "to": end} for start, end in self.connections],
            "layout": _places(list(self.nodes), lines),
        }
        path = FOLDER / f"{file}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(Workflow.loads(json.dumps(document)).dumps(), encoding="utf-8")


def _places(nodes: Sequence[str], lines: Sequence[tuple[str, str]]) -> dict[str, list[int]]:
    """Return the places of nodes in bands of columns, the bands below each other."""
    placed = layered(nodes, lines, ROW)
    columns = ceil(placed.ranks / ceil(placed.ranks / LONGEST))
    top, result = 0, dict[str, list[int]]()
    for start in range(0, placed.ranks, columns):
        band = {node: at for node, at in placed.places.items() if 0 <= at[1] - start < columns}
        first = min(x for x, _ in band.values())
        for node, (x, rank) in band.items():
            result[node] = [(rank - start) * COLUMN, top + round((x - first) / 8) * 8]
        top = max(result[node][1] for node in band) + GUTTER
    return result


def variable(name: str) -> Settings:
    """Return a reference to a variable."""
    return {"$variable": name}


def conv(filters: Any, size: int, **settings: Any) -> Settings:
    """Return the settings of a convolution with a bias and a ReLU."""
    return {
        "filters": filters,
        "kernel_size": [size, size],
        "activation": "relu",
        "kernel_initializer": "he_normal",
        **settings,
    }


def bare_conv(filters: Any, size: Any, **settings: Any) -> Settings:
    """Return the settings of a convolution that a normalization follows."""
    return {
        "filters": filters,
        "kernel_size": size,
        "use_bias": False,
        "kernel_initializer": "he_normal",
        **settings,
    }


NORM = {"epsilon": 1e-05, "momentum": 0.9}
PAD = {"padding": [[1, 1], [1, 1]]}
SAME = {"padding": "same"}
HALVE = {"pool_size": [2, 2]}
POOL = {"pool_size": [3, 3], "strides": [2, 2]}
HIDDEN = {"units": 4096, "activation": "relu", "kernel_initializer": "he_normal"}
HEAD = {"units": variable("classes"), "activation": variable("activation")}
IMAGENET = {"classes": 1000, "activation": "softmax"}


def lenet5() -> None:
    """LeNet-5 as trained on 28×28 digits; with padding ``valid`` it takes 32×32."""
    flow = Component(
        "LeNet-5",
        "LeCun et al. 1998: the first successful convolutional network. For 28×28×1; with padding "
        '"valid" for 32×32×1 as in the paper. 61,706 parameters.',
        classes=10,
        activation="softmax",
        padding="same",
    )
    tanh = {"activation": "tanh"}
    flow.add(
        "conv1",
        "layer.conv2d",
        {"filters": 6, "kernel_size": [5, 5], "padding": variable("padding"), **tanh},
    )
    flow.add("pool1", "layer.average_pooling2d", HALVE)
    flow.add("conv2", "layer.conv2d", {"filters": 16, "kernel_size": [5, 5], **tanh})
    flow.add("pool2", "layer.average_pooling2d", HALVE)
    flow.add("flatten", "layer.flatten")
    flow.add("fc1", "layer.dense", {"units": 120, **tanh})
    flow.add("fc2", "layer.dense", {"units": 84, **tanh})
    flow.add("fc3", "layer.dense", HEAD)
    flow.write("lenet5")


def alexnet() -> None:
    """AlexNet in the form of torchvision (one tower)."""
    flow = Component(
        "AlexNet",
        "Krizhevsky et al. 2012, in the one-tower form of torchvision, for 224×224×3. 61,100,840 "
        "parameters with 1,000 classes. The adaptive pooling to 6×6 before the dense layers "
        "changes nothing at this size and is left out.",
        **IMAGENET,
    )
    flow.add("pad", "layer.zero_padding2d", {"padding": [[2, 2], [2, 2]]})
    flow.add("features_0", "layer.conv2d", conv(64, 11, strides=[4, 4]))
    flow.add("features_2", "layer.max_pooling2d", POOL)
    flow.add("features_3", "layer.conv2d", conv(192, 5, **SAME))
    flow.add("features_5", "layer.max_pooling2d", POOL)
    for place, filters in ((6, 384), (8, 256), (10, 256)):
        flow.add(f"features_{place}", "layer.conv2d", conv(filters, 3, **SAME))
    flow.add("features_12", "layer.max_pooling2d", POOL)
    flow.add("flatten", "layer.flatten")
    flow.add("classifier_0", "layer.dropout", {"rate": 0.5})
    flow.add("classifier_1", "layer.dense", HIDDEN)
    flow.add("classifier_3", "layer.dropout", {"rate": 0.5})
    flow.add("classifier_4", "layer.dense", HIDDEN)
    flow.add("classifier_6", "layer.dense", HEAD)
    flow.write("alexnet")


def zfnet() -> None:
    """ZFNet: AlexNet with smaller windows at the start."""
    flow = Component(
        "ZFNet",
        "Zeiler and Fergus 2013: AlexNet with a first window of 7 and strides of 2, for 224×224×3. "
        "62,357,608 parameters with 1,000 classes. The contrast normalization after the first "
        "poolings, which has no parameters, is left out.",
        **IMAGENET,
    )
    flow.add("pad1", "layer.zero_padding2d", PAD)
    flow.add("conv1", "layer.conv2d", conv(96, 7, strides=[2, 2]))
    flow.add("pad2", "layer.zero_padding2d", PAD)
    flow.add("pool1", "layer.max_pooling2d", POOL)
    flow.add("conv2", "layer.conv2d", conv(256, 5, strides=[2, 2]))
    flow.add("pad3", "layer.zero_padding2d", PAD)
    flow.add("pool2", "layer.max_pooling2d", POOL)
    for place, filters in ((3, 384), (4, 384), (5, 256)):
        flow.add(f"conv{place}", "layer.conv2d", conv(filters, 3, **SAME))
    flow.add("pool5", "layer.max_pooling2d", POOL)
    flow.add("flatten", "layer.flatten")
    flow.add("fc6", "layer.dense", HIDDEN)
    flow.add("dropout6", "layer.dropout", {"rate": 0.5})
    flow.add("fc7", "layer.dense", HIDDEN)
    flow.add("dropout7", "layer.dropout", {"rate": 0.5})
    flow.add("fc8", "layer.dense", HEAD)
    flow.write("zfnet")


def vgg16() -> None:
    """VGG16, configuration D."""
    flow = Component(
        "VGG16",
        "Simonyan and Zisserman 2014, configuration D, for 224×224×3. 138,357,544 parameters with "
        "1,000 classes.",
        **IMAGENET,
    )
    place = 0
    for filters, count in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        for _ in range(count):
            flow.add(f"features_{place}", "layer.conv2d", conv(filters, 3, **SAME))
            place += 2
        flow.add(f"features_{place}", "layer.max_pooling2d", HALVE)
        place += 1
    flow.add("flatten", "layer.flatten")
    flow.add("classifier_0", "layer.dense", HIDDEN)
    flow.add("classifier_2", "layer.dropout", {"rate": 0.5})
    flow.add("classifier_3", "layer.dense", HIDDEN)
    flow.add("classifier_5", "layer.dropout", {"rate": 0.5})
    flow.add("classifier_6", "layer.dense", HEAD)
    flow.write("vgg16")


def convolution_block() -> None:
    """Convolution, normalization, ReLU."""
    flow = Component(
        "Convolution block",
        "A convolution with batch normalization and ReLU.",
        filters=64,
        kernel_size=1,
        strides=1,
        padding="same",
    )
    settings = {"strides": variable("strides"), "padding": variable("padding")}
    flow.add(
        "conv", "layer.conv2d", bare_conv(variable("filters"), variable("kernel_size"), **settings)
    )
    flow.add("bn", "layer.batch_normalization", {"epsilon": 0.001, "momentum": 0.9})
    flow.add("relu", "layer.relu")
    flow.write("blocks/convolution")


def inception_block() -> None:
    """Four branches side by side."""
    names = ("ones", "threes_reduce", "threes", "fives_reduce", "fives", "pool")
    flow = Component(
        "Inception block",
        "Four branches over the same image, put side by side: windows of 1, of 3, of 5 and a "
        "pooling. As in torchvision, whose weights are in use, the third branch has windows of 3.",
        **dict(zip(names, (64, 96, 128, 16, 32, 32), strict=True)),
    )
    start = "network.out"
    ones = flow.block("branch1", "convolution", start, filters=variable("ones"))
    branches = [ones]
    for branch, name in (("branch2", "threes"), ("branch3", "fives")):
        flow.block(f"{branch}_0", "convolution", start, filters=variable(f"{name}_reduce"))
        branches.append(
            flow.block(f"{branch}_1", "convolution", filters=variable(name), kernel_size=3)
        )
    flow.add(
        "branch4_0",
        "layer.max_pooling2d",
        {"pool_size": [3, 3], "strides": [1, 1], **SAME},
        start,
    )
    branches.append(flow.block("branch4_1", "convolution", filters=variable("pool")))
    flow.merge("concatenate", "layer.concatenate", branches)
    flow.write("blocks/inception")


def googlenet() -> None:
    """GoogLeNet in the form of torchvision, without auxiliary heads."""
    flow = Component(
        "GoogLeNet",
        "Szegedy et al. 2014 (Inception v1), in the form of torchvision: with batch normalization, "
        "without auxiliary heads, for 224×224×3. 6,624,904 trainable parameters with 1,000 "
        "classes.",
        **IMAGENET,
    )
    pool = {**POOL, **SAME}
    flow.add("pad", "layer.zero_padding2d", {"padding": [[3, 3], [3, 3]]})
    flow.block("conv1", "blocks/convolution", filters=64, kernel_size=7, strides=2, padding="valid")
    flow.add("maxpool1", "layer.max_pooling2d", pool)
    flow.block("conv2", "blocks/convolution", filters=64)
    flow.block("conv3", "blocks/convolution", filters=192, kernel_size=3)
    flow.add("maxpool2", "layer.max_pooling2d", pool)
    blocks: dict[str, tuple[int, ...]] = {
        "3a": (64, 96, 128, 16, 32, 32),
        "3b": (128, 128, 192, 32, 96, 64),
        "4a": (192, 96, 208, 16, 48, 64),
        "4b": (160, 112, 224, 24, 64, 64),
        "4c": (128, 128, 256, 24, 64, 64),
        "4d": (112, 144, 288, 32, 64, 64),
        "4e": (256, 160, 320, 32, 128, 128),
        "5a": (256, 160, 320, 32, 128, 128),
        "5b": (384, 192, 384, 48, 128, 128),
    }
    names = ("ones", "threes_reduce", "threes", "fives_reduce", "fives", "pool")
    for name, sizes in blocks.items():
        flow.block(f"inception{name}", "blocks/inception", **dict(zip(names, sizes, strict=True)))
        if name == "3b":
            flow.add("maxpool3", "layer.max_pooling2d", pool)
        if name == "4e":
            flow.add("maxpool4", "layer.max_pooling2d", HALVE)
    flow.add("avgpool", "layer.global_average_pooling2d")
    flow.add("dropout", "layer.dropout", {"rate": 0.2})
    flow.add("fc", "layer.dense", HEAD)
    flow.write("googlenet")


def residual_block(file: str, *, bottleneck: bool, projected: bool) -> None:
    """A few convolutions beside a shortcut."""
    kind = "Bottleneck block" if bottleneck else "Residual block"
    shortcut = "a convolution of 1 on the shortcut" if projected else "a plain shortcut"
    flow = Component(
        f"{kind}, projected" if projected else kind,
        f"{'Three' if bottleneck else 'Two'} convolutions with batch normalization and {shortcut}.",
        filters=64,
        **({"wide_filters": 256} if bottleneck else {}),
        **({"strides": 2} if projected else {}),
    )
    filters = variable("filters")
    strides = {"strides": variable("strides")} if projected else {}
    wide = variable("wide_filters") if bottleneck else filters
    plain = bare_conv(filters, 3, **SAME)
    if bottleneck:
        flow.add("conv1", "layer.conv2d", bare_conv(filters, 1))
        flow.add("bn1", "layer.batch_normalization", NORM)
        flow.add("relu1", "layer.relu")
    strided = 2 if bottleneck else 1
    if projected:
        flow.add("pad", "layer.zero_padding2d", PAD)
    flow.add(
        f"conv{strided}", "layer.conv2d", bare_conv(filters, 3, **strides) if projected else plain
    )
    flow.add(f"bn{strided}", "layer.batch_normalization", NORM)
    flow.add(f"relu{strided}", "layer.relu")
    flow.add(f"conv{strided + 1}", "layer.conv2d", bare_conv(wide, 1) if bottleneck else plain)
    main = flow.add(f"bn{strided + 1}", "layer.batch_normalization", NORM)
    side = "network.out"
    if projected:
        flow.add("downsample_0", "layer.conv2d", bare_conv(wide, 1, **strides), side)
        side = flow.add("downsample_1", "layer.batch_normalization", NORM)
    flow.merge("add", "layer.add", [main, side])
    flow.add("relu", "layer.relu")
    flow.write(f"blocks/{file}{'_projected' if projected else ''}")


def resnet(name: str, *, blocks: tuple[int, ...], bottleneck: bool, parameters: str) -> None:
    """A residual network."""
    kind = "bottleneck" if bottleneck else "residual"
    flow = Component(
        name,
        f"He et al. 2015, in the form of torchvision, for 224×224×3. {parameters} trainable "
        f"parameters with 1,000 classes.",
        **IMAGENET,
    )
    flow.add("pad1", "layer.zero_padding2d", {"padding": [[3, 3], [3, 3]]})
    flow.add("conv1", "layer.conv2d", bare_conv(64, 7, strides=[2, 2]))
    flow.add("bn1", "layer.batch_normalization", NORM)
    flow.add("relu", "layer.relu")
    flow.add("pad2", "layer.zero_padding2d", PAD)
    flow.add("maxpool", "layer.max_pooling2d", POOL)
    for stage, count in enumerate(blocks, 1):
        filters = 32 * 2**stage
        sizes = {"filters": filters, **({"wide_filters": 4 * filters} if bottleneck else {})}
        for place in range(count):
            node = f"layer{stage}_{place}"
            if place == 0 and (stage > 1 or bottleneck):
                strides = 1 if stage == 1 else 2
                flow.block(node, f"blocks/{kind}_projected", **sizes, strides=strides)
            else:
                flow.block(node, f"blocks/{kind}", **sizes)
    flow.add("avgpool", "layer.global_average_pooling2d")
    flow.add("fc", "layer.dense", HEAD)
    flow.write(name.lower().replace("-", ""))


def main() -> None:
    """Write all files."""
    for write in (lenet5, alexnet, zfnet, vgg16, convolution_block, inception_block, googlenet):
        write()
    for kind, bottleneck in (("residual", False), ("bottleneck", True)):
        for projected in (False, True):
            residual_block(kind, bottleneck=bottleneck, projected=projected)
    resnet("ResNet-18", blocks=(2, 2, 2, 2), bottleneck=False, parameters="11,689,512")
    resnet("ResNet-50", blocks=(3, 4, 6, 3), bottleneck=True, parameters="25,557,032")


if __name__ == "__main__":
    main()
