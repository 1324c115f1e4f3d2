"""Reports say of every node how it stands, what it gives, and what is wrong where."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support.client import Client
from support.engine import NODES, component, document

from flowengine.server.reports.report import report_on
from flowengine.server.site import Site

LAYERS = {
    "input": ("layer.input", {"shape": [28, 28, 1]}),
    "conv": ("layer.conv2d", {"filters": 8, "kernel_size": [3, 3], "activation": "relu"}),
    "flat": "layer.flatten",
    "dense": ("layer.dense", {"units": 10}),
}
WIRES = ["input.out conv.network", "conv.out flat.network", "flat.out dense.network"]

Put = Callable[..., Path]


def run(client: Client, workflow: str, **wish: Any) -> Any:
    return client.ended(client.post(f"api/run/{workflow}", wish)["id"])


def states(report: Any) -> dict[str, str]:
    return {path: node["state"] for path, node in report["nodes"].items()}


def test_layers_show_shapes_and_costs(client: Client, put: Put) -> None:
    put("flow.json", LAYERS, WIRES)
    report = client.get("api/report/flow.json")
    nodes = report["nodes"]
    texts = {path: node["outputs"]["out"]["text"] for path, node in nodes.items()}
    assert texts == {"input": "28×28×1", "conv": "26×26×8", "flat": "5408", "dense": "10"}
    assert [nodes[path]["parameters"] for path in LAYERS] == [None, 80, 0, 54_090]
    assert nodes["dense"]["outputs"]["out"]["parameters"] == 54_170
    assert nodes["conv"]["essence"] == "8 · 3×3 · relu"
    assert nodes["conv"]["flops"] == 26 * 26 * 8 * 9 * 2
    assert report["total"]["layers"] == 3
    assert report["total"]["parameters"] == 54_170


def test_what_is_on_off_or_none_is_told_by_the_name_of_its_setting(
    client: Client, put: Put
) -> None:
    nodes = {
        "input": ("layer.input", {"shape": [8, 4]}),
        "lstm": ("layer.lstm", {"units": 6, "return_sequences": True, "activation": None}),
        "dense": ("layer.dense", {"units": 3136, "use_bias": False}),
    }
    put("flow.json", nodes, ["input.out lstm.network", "lstm.out dense.network"])
    told = client.get("api/report/flow.json")["nodes"]
    assert told["lstm"]["essence"] == "6 · return sequences · no activation"
    assert told["dense"]["essence"] == "3136 · bias off"


def test_tables_show_columns_before_they_are_read(client: Client, folder: Path, put: Put) -> None:
    (folder / "a.csv").write_text("name,size\nx,1\ny,2\n")
    put("flow.json", {"reader": ("io.file_reader", {"path": "a.csv"})})
    out = client.get("api/report/flow.json")["nodes"]["reader"]["outputs"]["out"]
    assert [(item["name"], item["kind"]) for item in out["columns"]] == [
        ("name", "text"),
        ("size", "integer"),
    ]
    assert (out["text"], out["kept"]) == ("2 columns", False)


def test_what_ran_is_done_and_kept(client: Client, put: Put) -> None:
    put("flow.json", {"table": "local.table", "count": "local.count"}, ["table.out count.table"])
    assert states(client.get("api/report/flow.json")) == {"table": "ready", "count": "ready"}
    run(client, "flow.json")
    nodes = client.get("api/report/flow.json")["nodes"]
    assert {node["state"] for node in nodes.values()} == {"done"}
    assert nodes["table"]["outputs"]["out"]["kept"]
    assert " × " in nodes["table"]["outputs"]["out"]["text"]
    assert nodes["table"]["seconds"] is not None


def test_changed_settings_turn_what_follows_to_changed(client: Client, put: Put) -> None:
    chain = {"one": "local.number", "two": "local.add", "three": ("local.add", {"plus": 7})}
    wires = ["one.out two.numbers", "two.out three.numbers"]
    put("flow.json", chain, wires)
    run(client, "flow.json")
    put("flow.json", {**chain, "two": ("local.add", {"plus": 123})}, wires)
    assert states(client.get("api/report/flow.json")) == {
        "one": "done",
        "two": "changed",
        "three": "changed",
    }
    put("flow.json", chain, wires)
    assert set(states(client.get("api/report/flow.json")).values()) == {"done"}


def test_failure_is_told_until_the_node_changes(client: Client, put: Put) -> None:
    flow = {"table": "local.table", "bad": ("local.broken", {"message": "oh dear"})}
    put("flow.json", flow, ["table.out bad.table"])
    assert run(client, "flow.json")["status"] == "failed"
    bad = client.get("api/report/flow.json")["nodes"]["bad"]
    assert (bad["state"], "oh dear" in bad["error"]) == ("failed", True)
    assert "broken.py" in bad["details"]
    put("flow.json", {**flow, "bad": ("local.broken", {"message": "new"})}, ["table.out bad.table"])
    assert states(client.get("api/report/flow.json"))["bad"] == "ready"


def test_reset_forgets_results_and_failures(client: Client, put: Put) -> None:
    flow = {"one": ("local.number", {"value": 77}), "two": "local.add", "alone": "local.table"}
    put("flow.json", flow, ["one.out two.numbers"])
    run(client, "flow.json")
    report = client.post("api/reset/flow.json", {"nodes": ["one"]})
    assert states(report) == {"one": "ready", "two": "ready", "alone": "done"}
    put("bad.json", {"table": "local.table", "bad": "local.broken"}, ["table.out bad.table"])
    run(client, "bad.json")
    assert set(states(client.post("api/reset/bad.json")).values()) == {"ready"}


def test_a_list_of_what_has_no_type_is_told_and_reported(client: Client, put: Put) -> None:
    put("flow.json", {"one": ("local.number", {"value": [1, {"a": 2}]})})
    report = client.get("api/report/flow.json")
    assert report["nodes"]["one"]["essence"] == "1×…"
    assert report["faults"][0]["setting"] == "value"


def test_reset_of_an_unknown_node_is_refused(client: Client, put: Put) -> None:
    inner = component({"dense": ("layer.dense", {"units": 0})})
    put("flow.json", {"one": "local.number", "block": inner, "wrong": "local.absent"})
    reply = client("POST", "api/reset/flow.json", {"nodes": ["one", "blok"]})
    said = 'there is no node "blok" to reset. Did you mean "block"?'
    assert (reply.status, reply.json["message"]) == (400, said)
    for name in ("block", "block/dense", "wrong"):  # there, whatever is wrong with it
        client.post("api/reset/flow.json", {"nodes": [name]})


def test_faults_stand_at_node_and_setting(client: Client, put: Put) -> None:
    inner = component({"dense": ("layer.dense", {"units": 0})})
    put(
        "flow.json",
        {"block": inner, "one": "local.absent", "two": "local.add"},
        ["one.out two.numbers", "two.out block.absent"],
    )
    faults = client.get("api/report/flow.json")["faults"]
    places = {(fault["node"], fault["setting"]) for fault in faults}
    assert {("block/dense", "units"), ("one", ""), ("block", "")} <= places


def test_nodes_in_a_circle_are_reported(client: Client, put: Put) -> None:
    put("flow.json", {"a": "local.add", "b": "local.add"}, ["a.out b.numbers", "b.out a.numbers"])
    report = client.get("api/report/flow.json")
    assert states(report) == {"a": "not configured", "b": "not configured"}
    assert "circle" in report["faults"][0]["message"]


def test_components_show_ports_and_state(client: Client, put: Put) -> None:
    block = component(
        {
            "rows": "flow.input",
            "scale": ("local.scale", {"column": "x", "by": 2.0}),
            "scaled": "flow.output",
        },
        ["rows.out scale.table", "scale.out scaled.value"],
    )
    put("flow.json", {"table": "local.table", "block": block}, ["table.out block.rows"])
    report = client.get("api/report/flow.json")
    part = report["components"]["block"]
    assert [(port["id"], port["type"]) for port in part["inputs"]] == [("rows", "table")]
    assert [(port["id"], port["type"]) for port in part["outputs"]] == [("scaled", "table")]
    assert part["sources"] == {"scaled": {"node": "block/scale", "port": "out"}}
    assert part["state"] == "ready"
    inside = report["nodes"]["block/rows"]["outputs"]["out"]
    assert inside["columns"] == report["nodes"]["table"]["outputs"]["out"]["columns"]
    assert report["nodes"]["block/scale"]["inputs"] == {"table": [{"node": "table", "port": "out"}]}
    run(client, "flow.json")
    assert client.get("api/report/flow.json")["components"]["block"]["state"] == "done"


@pytest.mark.parametrize("text", ['{"flowengine": 1, "no', "[]", '{"flowengine": 7}'])
def test_report_of_what_is_no_workflow_says_why(client: Client, folder: Path, text: str) -> None:
    (folder / "flow.json").write_text(text)
    reply = client("GET", "api/report/flow.json")
    assert reply.status == 200
    assert reply.json["faults"][0]["message"]


def test_report_of_200_layers_is_quick(tmp_path: Path) -> None:
    nodes: dict[str, Any] = {"input": ("layer.input", {"shape": [64]})}
    nodes |= {f"dense_{number}": ("layer.dense", {"units": 64}) for number in range(199)}
    names = list(nodes)
    wires = [f"{one}.out {two}.network" for one, two in itertools.pairwise(names)]
    place = tmp_path / "flow.json"
    place.write_text(json.dumps(document(nodes, wires)))
    site = Site(tmp_path, nodes=[NODES])
    try:
        report_on(site, "flow.json")
        started = time.perf_counter()
        report = report_on(site, "flow.json")
        # the bar is 0.1 s; a busy machine gets ten times as much
        assert time.perf_counter() - started < 1.0
        assert report.total is not None and report.total.parameters == 199 * 65 * 64
    finally:
        site.close()
