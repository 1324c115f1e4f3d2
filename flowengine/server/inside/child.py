"""Looks inside networks, in a process of its own: ``python -m flowengine.server.inside.child``.

It reads questions as lines of JSON and answers each with a line. It imports torch once, which the
server never does, so that only the first look takes seconds.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowengine.binding import Binding, Feed
from flowengine.errors import DataError, FlowEngineError
from flowengine.network import Network
from flowengine.ports import BUILTIN, PortType
from flowengine.process import prepare_process
from flowengine.registry import Registry
from flowengine.running.runtime import Control, EventBus, RunContext
from flowengine.server.wire.inside import Inside, InsidePart, InsideWeight
from flowengine.store import Store

if TYPE_CHECKING:
    import polars as pl

    from flowengine.nn.inspection import Seen

MOST_VALUES = 200_000
"""Values of one part that are sent: of more units and channels the first."""
BINS = 40


class Child:
    """Answers questions about the networks and tables of a store.

    Args:
        store: The store's folder.
        nodes: Loose folders of nodes.
    """

    def __init__(self, store: Path, nodes: list[Path]) -> None:
        self.registry = Registry.default(nodes)
        self.store = Store(store, self.registry.load_layer)
        self._types: dict[str, PortType] = {one.id: one for one in BUILTIN}
        self._held: dict[str, tuple[Any, Any]] = {}

    def answer(self, question: dict[str, Any]) -> Inside:
        """Return what there is to see.

        Args:
            question: Key and port of the ``network`` and of the ``table`` (none: the network is
                shown random numbers), the ``row``, or which draw of numbers, and layer by call of
                the ``layers`` that are looked at.

        Raises:
            FlowEngineError: It cannot be shown; says why.
        """
        network: Network = self._value("network", question["network"])
        calls: dict[str, str] = question["layers"]
        from flowengine.nn.weights import network_weights

        weights = network_weights(_only(network, set(calls.values())), 0)
        parts = [_part(one) for one in self._seen(network, question, calls)]
        return Inside(
            parts=tuple(parts),
            weights=tuple(
                _weight(layer, name, weights[layer][name])
                for layer in dict.fromkeys(calls.values())
                for name in network.spec.weights_of(layer)
                if name in weights[layer] and weights[layer][name].size
            ),
        )

    def _seen(
        self, network: Network, question: dict[str, Any], calls: dict[str, str]
    ) -> list[Seen]:
        from flowengine.nn.applying import inspect_network

        if question["table"] is None:
            network, table = _with_noise(network, question["row"])
        else:
            whole: pl.DataFrame = self._value("table", question["table"])
            table = whole.slice(question["row"], 1)
        return inspect_network(network, table, calls, self._context())

    def _value(self, kind: str, place: list[str]) -> Any:
        """Return a value; the last one of a kind is at hand, as people go from row to row."""
        held = self._held.get(kind)
        if held is None or held[0] != place:
            key, port, _ = place
            held = (place, self.store.load(key, port, self._types[kind]))
            self._held[kind] = held
        return held[1]

    def _context(self) -> RunContext:
        return RunContext(
            "inside",
            Path(),
            Path(),
            bus=EventBus([], Control()),
            control=Control(),
            seed=0,
            device="cpu",  # one row; a device may be busy with a training
            threads=1,
            blobs=self.store.folder / "blobs",
            resume=None,
            load_layer=self.registry.load_layer,
        )


def _with_noise(network: Network, draw: int) -> tuple[Network, pl.DataFrame]:
    """Return a network that random numbers feed, and a row of these.

    Raises:
        DataError: An input has no fixed shape, or takes no such numbers.
    """
    from dataclasses import replace

    import numpy as np
    import polars as pl

    rng = np.random.default_rng(draw)
    columns, feeds = [], {}
    for name, tensor in network.spec.inputs.items():
        spec = network.spec.tensors[tensor]
        sizes = [size for size in spec.shape if size is not None]
        if len(sizes) < len(spec.shape) or not sizes or not spec.dtype.startswith("float"):
            raise DataError(f'no table feeds input "{name}", and it takes no random numbers')
        values = rng.standard_normal((1, *sizes)).astype(np.float32)
        columns.append(pl.Series(name, values, dtype=pl.Array(pl.Float32, tuple(sizes))))
        feeds[name] = Feed((name,), "list")
    return replace(network, binding=Binding(feeds)), pl.DataFrame(columns)


def _only(network: Network, layers: set[str]) -> Network:
    """Return a network with the weights of some layers alone."""
    from dataclasses import replace

    kept = {name: layer for name, layer in network.spec.layers.items() if name in layers}
    return replace(network, spec=replace(network.spec, layers=kept))


def _part(seen: Seen) -> InsidePart:
    import numpy as np

    whole = np.atleast_1d(np.asarray(seen.values, np.float32))
    while whole.ndim > (4 if seen.kind == "kernel" else 3):
        # of a volume, or of pictures over time, the last
        whole = whole[-1]
    finite = whole[np.isfinite(whole)]
    shown = _cut(whole)
    return InsidePart(
        layer=seen.layer,
        kind=seen.kind,
        shape=whole.shape,
        shown=shown.shape,
        values=base64.b64encode(np.ascontiguousarray(shown, "<f4").tobytes()).decode(),
        low=float(finite.min()) if finite.size else 0.0,
        high=float(finite.max()) if finite.size else 0.0,
        first=seen.first,
    )


def _cut(values: Any) -> Any:
    """Leave out the last units, and of a kernel the last channels, where there are too many."""
    while values.size > MOST_VALUES:
        axis = -2 if values.ndim == 4 and values.shape[-2] > values.shape[-1] else -1
        keep = max(1, values.shape[axis] // 2)
        if keep == values.shape[axis]:
            return values[:0]
        values = values[..., :keep] if axis == -1 else values[..., :keep, :]
    return values


def _weight(layer: str, name: str, values: Any) -> InsideWeight:
    import numpy as np

    numbers = np.asarray(values, np.float64)
    numbers = np.where(np.isfinite(numbers), numbers, 0.0)
    bins, _ = np.histogram(numbers, BINS)
    return InsideWeight(
        layer=layer,
        name=name,
        shape=numbers.shape,
        mean=float(numbers.mean()),
        deviation=float(numbers.std()),
        norm=float(np.sqrt((numbers**2).sum())),
        low=float(numbers.min()),
        high=float(numbers.max()),
        bins=tuple(int(one) for one in bins),
    )


def main() -> None:
    """Answer until whoever asks closes the pipe or dies; nothing else comes to standard output."""
    prepare_process(busy=True)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    store, *nodes = sys.argv[1:]
    child = Child(Path(store), [Path(folder) for folder in nodes])
    for line in sys.stdin.buffer:
        told: dict[str, Any]
        try:
            told = {"inside": child.answer(json.loads(line)).model_dump(mode="json")}
        except FlowEngineError as error:
            told = {"refused": str(error)}
        except Exception as error:  # whatever it was, somebody waits for an answer
            told = {"refused": f"it cannot be looked into: {type(error).__name__}: {error}"}
        answers.write(json.dumps(told).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
