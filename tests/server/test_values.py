"""Values at ports, as people look at them."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.blocks import SCALING
from support.shown import show, show_run

from flowengine.server.wire import (
    ChartView,
    Missing,
    ModelView,
    NetworkView,
    TableView,
    VariableView,
)

VALUES = {"values": "local.values"}
DENSE = {
    "input": ("layer.input", {"shape": [4]}),
    "dense": ("layer.dense", {"units": 3}),
    "again": ("layer.dropout", {"rate": 0.5}),
}
DENSE_WIRES = ["input.out dense.network", "dense.out again.network"]


def test_table_is_its_columns_and_number_of_rows(tmp_path: Path) -> None:
    view = show_run(tmp_path, VALUES).view("values", "table")
    assert isinstance(view, TableView)
    assert view.rows == 5
    assert [(column.type, column.kind) for column in view.columns] == [
        ("float64", "number"),
        ("text", "text"),
        ("image 4×6×1", "image"),
        ("list of int64", "list"),
        ("category 0, 1, 2", "category"),
    ]


def test_chart_has_its_rows(tmp_path: Path) -> None:
    view = show_run(tmp_path, VALUES).view("values", "chart")
    assert isinstance(view, ChartView)
    assert view.specification["mark"] == "point"
    assert [row["number"] for row in view.rows] == [0, None, 2, 0, 1]


def test_model_names_its_arrays(tmp_path: Path) -> None:
    view = show_run(tmp_path, VALUES).view("values", "model")
    assert isinstance(view, ModelView)
    assert (view.model, view.tensors) == ("scaling", {"mean": "float32 2×3"})
    assert view.settings == {"columns": ["number"]}


def test_variable_is_its_value(tmp_path: Path) -> None:
    view = show_run(tmp_path, VALUES).view("values", "record")
    assert view == VariableView(value={"answer": 42})


def test_network_is_shown_before_it_ran(tmp_path: Path) -> None:
    view = show(tmp_path, DENSE, DENSE_WIRES).view("again")
    assert isinstance(view, NetworkView)
    assert (view.parameters, view.trained, view.inputs) == (15, False, {"input": "4"})
    assert [(line.name, line.title, line.shape) for line in view.layers] == [
        ("dense", "Dense", "3"),
        ("again", "Dropout", "3"),
    ]
    assert [line.parameters for line in view.layers] == [15, 0]


def test_layer_applied_twice_counts_once(tmp_path: Path) -> None:
    nodes = {
        **DENSE,
        "other": ("layer.input", {"shape": [4]}),
        "twice": "network.apply",
        "both": "layer.add",
    }
    wires = [
        *DENSE_WIRES,
        "dense.out twice.network",
        "other.out twice.to",
        "dense.out both.network.0",
        "twice.out both.network.1",
    ]
    view = show(tmp_path, nodes, wires).view("both")
    assert isinstance(view, NetworkView)
    assert [line.type for line in view.layers] == ["layer.dense", "layer.dense", "layer.add"]
    assert sum(line.parameters for line in view.layers) == view.parameters == 15


def test_node_that_did_not_run_says_so(tmp_path: Path) -> None:
    view = show(tmp_path, VALUES).view("values", "table")
    expected = '"values" has not run with these settings; run it to see this'
    assert view == Missing(reason=expected)


def test_node_that_waits_for_another_names_it(tmp_path: Path) -> None:
    nodes = {**DENSE, "dense": ("layer.dense", {"units": 0})}
    shown = show(tmp_path, nodes, DENSE_WIRES)
    expected = '"again" waits for "dense", which is not configured'
    assert shown.view("again") == Missing(reason=expected, node="dense")
    expected = '"dense" is not configured; its settings say what it lacks'
    assert shown.view("dense") == Missing(reason=expected, node="dense")


def test_node_behind_a_circle_names_a_node_of_it(tmp_path: Path) -> None:
    nodes = {"one": "layer.flatten", "two": "layer.flatten", "last": "layer.flatten"}
    wires = ["one.out two.network", "two.out one.network", "two.out last.network"]
    view = show(tmp_path, nodes, wires).view("last")
    assert view == Missing(reason='"last" waits for "two", which is not configured', node="two")


def test_changed_setting_hides_the_old_value(tmp_path: Path) -> None:
    show_run(tmp_path, VALUES)
    view = show(tmp_path, {"values": ("local.values", {"rows": 6})}).view("values", "table")
    assert isinstance(view, Missing)


def test_component_shows_what_is_inside(tmp_path: Path) -> None:
    nodes = {"data": "local.table", "block": SCALING}
    view = show_run(tmp_path, nodes, ["data.out block.rows"]).view("block", "scaled")
    assert isinstance(view, TableView)
    assert view.rows == 3


@pytest.mark.parametrize(
    ("node", "port", "near"), [("valeus", "table", "values"), ("values", "tabel", "table")]
)
def test_what_the_file_does_not_have_yet_is_told_with_the_nearest(
    tmp_path: Path, node: str, port: str, near: str
) -> None:
    # an editor asks a moment before or after the file has what it shows
    view = show(tmp_path, VALUES).view(node, port)
    assert isinstance(view, Missing)
    assert f'Did you mean "{near}"' in view.reason


def test_value_computed_anew_is_read_anew(tmp_path: Path) -> None:
    shown = show_run(tmp_path, VALUES)
    first = shown.found("values", "table").identity
    show_run(tmp_path, VALUES)
    assert shown.found("values", "table").identity == first
    shown.store.forget(first[0])
    show_run(tmp_path, VALUES)
    assert shown.found("values", "table").identity != first
