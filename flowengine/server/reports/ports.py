"""What is known of the values at a node's ports, in the few words that stand on its wires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flowengine.network import Call, NetworkSpec
from flowengine.ports import PortType
from flowengine.server.values.columns import column_infos, column_told
from flowengine.server.wire import ColumnInfo, PortReport
from flowengine.store import Record, Store

Cost = tuple[int, int]
"""Parameters, and operations for one row."""


class Counter:
    """Counts what layers cost, each layer once however many networks have it.

    Networks of a workflow grow layer by layer, so that the last of 200 would else be counted as
    200 networks. What was counted is known by identity: comparing shapes took most of a report's
    time. So a counter lives no longer than the plan whose networks it counts.
    """

    def __init__(self) -> None:
        self._calls: dict[tuple[int, ...], Cost] = {}
        self._networks: dict[int, Cost] = {}

    def call(self, spec: NetworkSpec, call: Call) -> Cost:
        """Return what one call in a network costs."""
        layer = spec.layers[call.layer]
        inputs = [spec.tensors[tensor] for tensor in call.inputs]
        place = (id(layer), *map(id, inputs))
        if place not in self._calls:
            weights = layer.weights(*inputs).values()
            self._calls[place] = sum(item.size for item in weights), layer.flops(*inputs)
        return self._calls[place]

    def layer(self, spec: NetworkSpec, layer: str) -> Cost:
        """Return what a layer costs: its weights once, its operations in each call."""
        costs = [self.call(spec, call) for call in spec.calls.values() if call.layer == layer]
        return costs[0][0], sum(cost[1] for cost in costs)

    def network(self, spec: NetworkSpec) -> Cost:
        """Return what a network costs."""
        if id(spec) not in self._networks:
            parameters: dict[str, int] = {}
            flops = 0
            for call in spec.calls.values():
                size, operations = self.call(spec, call)
                parameters.setdefault(call.layer, size)
                flops += operations
            self._networks[id(spec)] = sum(parameters.values()), flops
        return self._networks[id(spec)]


def port_report(
    port: str, kind: PortType, spec: Any, record: Record | None, store: Store, counter: Counter
) -> PortReport:
    """Return what is known of the value at an output port.

    Args:
        port: Its id.
        kind: Its type.
        spec: What ``configure`` says of it; ``None``: nothing.
        record: The node's result, if it has one.
        store: Where its value is, if it is kept.
        counter: Counts layers.
    """
    summary = record.summary.get(port) or {} if record is not None else {}
    report = PortReport(type=kind.id, kept=record is not None and store.has_value(record.key, port))
    if kind.id == "table":
        return report.model_copy(update=_table(spec, summary))
    if kind.id == "network":
        return report.model_copy(update=_network(spec, summary, counter))
    return report.model_copy(update={"text": _words(kind.id, spec, summary, kind)})


def _table(spec: Any, summary: Mapping[str, Any]) -> dict[str, Any]:
    columns: tuple[ColumnInfo, ...] | None = None
    if spec is not None:
        columns = column_infos(spec)
    elif "columns" in summary:
        columns = tuple(column_told(item["name"], item["type"]) for item in summary["columns"])
    rows = summary.get("row_count")
    if rows is not None and columns is not None:
        text = f"{rows:,} × {len(columns)}"
    else:
        text = f"{len(columns)} column{'s' if len(columns) != 1 else ''}" if columns else ""
    return {"columns": columns, "text": text}


def _network(spec: Any, summary: Mapping[str, Any], counter: Counter) -> dict[str, Any]:
    if isinstance(spec, NetworkSpec):
        shapes = {name: str(spec.tensors[tensor]) for name, tensor in spec.outputs.items()}
        parameters, flops = counter.network(spec)
    elif summary:
        shapes = dict(summary["outputs"])
        parameters, flops = summary["parameters"], summary["flops"]
    else:
        return {}
    text = " · ".join(shapes.values())
    return {"shapes": shapes, "parameters": parameters, "flops": flops, "text": text}


def _words(kind: str, spec: Any, summary: Mapping[str, Any], type_: PortType) -> str:
    if kind == "variable" and "value" in summary:
        text = str(summary["value"])
        return text if len(text) <= 24 else f"{text[:23]}…"
    if kind == "model":
        name = summary.get("kind") or (spec.kind if spec is not None else "")
        return str(name).replace("_", " ")
    if kind == "chart" and "rows" in summary:
        return f"{summary['rows']:,} row{'s' if summary['rows'] != 1 else ''}"
    return str(type_.describe(spec) or "") if spec is not None and kind == "variable" else ""
