"""Earlier runs beside the workflow as it stands."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.blocks import SCALING, changed
from support.engine import NODES, document, flow, write

import flowengine as fe
from flowengine.registry import Registry
from flowengine.server.endpoint import Call
from flowengine.server.runs.comparison import cards, curves
from flowengine.server.runs.differences import differences, nodes_of
from flowengine.server.runs.processes import NoRun
from flowengine.server.site import Site

INFOS = Registry.default([NODES]).catalogue()


def different(then: dict[str, Any], now: dict[str, Any], **rest: Any) -> dict[str, Any]:
    old, new = (nodes_of(flow(nodes, **rest), Path()) for nodes in (then, now))
    return differences(old, new, INFOS)


def test_nothing_differs_from_itself() -> None:
    nodes = {"a": ("layer.dense", {"units": 3})}
    assert different(nodes, nodes) == {}


def test_value_then_is_told() -> None:
    then = {"a": ("layer.dense", {"units": 3})}
    assert different(then, {"a": ("layer.dense", {"units": 4})}) == {"a.units": 3}


def test_setting_left_at_its_default_is_told_as_none() -> None:
    then, now = {"a": ("layer.dropout", {})}, {"a": ("layer.dropout", {"seed": 4})}
    assert different(then, now) == {"a.seed": None}


def test_default_that_is_written_is_no_difference() -> None:
    then, now = {"a": ("local.table", {"rows": 3})}, {"a": "local.table"}
    assert different(then, now) == {}


def test_inside_of_a_choice_only_what_differs_is_told() -> None:
    rates = [{"optimizer": {"type": "adam", "learning_rate": rate}} for rate in (0.1, 0.2)]
    then, now = ({"a": ("network.learner", settings)} for settings in rates)
    assert different(then, now) == {"a.optimizer.learning_rate": 0.1}


def test_choice_by_its_name_alone_is_the_same_choice() -> None:
    then, now = (
        {"a": ("network.learner", {"optimizer": name})} for name in ("sgd", {"type": "sgd"})
    )
    assert different(then, now) == {}


def test_variables_are_filled_in() -> None:
    nodes = {"a": ("local.table", {"rows": {"$variable": "count"}})}
    then = nodes_of(flow(nodes, variables={"count": 5}), Path())
    now = nodes_of(flow(nodes, variables={"count": 6}), Path())
    assert differences(then, now, INFOS) == {"a.rows": 5}


def test_what_was_changed_for_the_run_counts() -> None:
    work = flow({"a": ("local.table", {"rows": 4})}, variables={})
    then = nodes_of(work, Path(), {"settings": {"a.rows": 9}})
    assert differences(then, nodes_of(work, Path()), INFOS) == {"a.rows": 9}


def test_inside_of_components_too() -> None:
    then = {"b": changed(SCALING, scale={"type": "local.scale", "settings": {"by": 7.0}})}
    found = different(then, {"b": SCALING})
    assert found == {"b/scale.column": None, "b/scale.by": 7.0}


def test_nodes_that_came_and_went_are_told() -> None:
    assert different({"a": "local.table"}, {"b": "local.count"}) == {"a": "local.table", "b": None}


def test_another_type_under_the_same_name_is_another_node() -> None:
    assert different({"a": "local.table"}, {"a": "local.count"}) == {"a": "local.table"}


def asked(site: Site) -> list[Any]:
    return cards(site, Call(query={"workflow": "flow.json"}))


def test_card_of_each_run_newest_first(tmp_path: Path) -> None:
    for rows in (1, 2):
        path = write(tmp_path / "flow.json", document({"a": ("local.table", {"rows": rows})}))
        fe.run(path, nodes=[NODES], workspace=tmp_path)
    write(
        tmp_path / "flow.json", document({"a": ("local.table", {"rows": 2}), "r": "local.report"})
    )
    fe.run(path, nodes=[NODES], workspace=tmp_path)
    site = Site(tmp_path, nodes=[NODES])
    found = asked(site)
    site.close()
    assert [card.differences for card in found] == [{}, {"r": None}, {"a.rows": 1, "r": None}]
    assert [card.status for card in found] == ["done"] * 3
    assert found[0].metrics == {"r": {"loss": 1 / 3}}


def test_what_the_command_line_changed_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "flow.json", document({"a": ("local.table", {"rows": 2})}))
    fe.run(path, nodes=[NODES], workspace=tmp_path, settings={"a.rows": 7})
    site = Site(tmp_path, nodes=[NODES])
    [found] = asked(site)
    site.close()
    assert found.differences == {"a.rows": 7}


def test_curves_are_those_of_the_run(tmp_path: Path) -> None:
    path = write(tmp_path / "flow.json", document({"r": "local.report"}))
    fe.run(path, nodes=[NODES], workspace=tmp_path)
    site = Site(tmp_path, nodes=[NODES])
    found = curves(site, Call({"run": asked(site)[0].id}))
    site.close()
    assert [value for _, value in found.metrics["r"]["loss"]] == [1.0, 0.5, 1 / 3]


def test_kept_result_has_the_metrics_of_the_run_that_made_it(tmp_path: Path) -> None:
    path = write(tmp_path / "flow.json", document({"r": "local.report"}))
    for _ in range(2):
        fe.run(path, nodes=[NODES], workspace=tmp_path)
    site = Site(tmp_path, nodes=[NODES])
    again, first = asked(site)
    found = curves(site, Call({"run": again.id}))
    site.close()
    assert again.metrics == first.metrics == {"r": {"loss": 1 / 3}}
    assert again.learned == first.learned == {"r": first.id}
    assert len(found.metrics["r"]["loss"]) == 3


def test_other_result_has_no_metrics_of_earlier_ones(tmp_path: Path) -> None:
    path = write(tmp_path / "flow.json", document({"r": "local.report", "t": "local.table"}))
    fe.run(path, nodes=[NODES], workspace=tmp_path)
    fe.run(path, nodes=[NODES], workspace=tmp_path, until=["t"])
    site = Site(tmp_path, nodes=[NODES])
    latest, _ = asked(site)
    site.close()
    assert latest.metrics == {}


@pytest.mark.parametrize("run_id", ["0" * 32, "..", "x"])
def test_unknown_run_has_no_curves(tmp_path: Path, run_id: str) -> None:
    site = Site(tmp_path)
    with pytest.raises(NoRun, match="no such run"):
        curves(site, Call({"run": run_id}))
    site.close()
