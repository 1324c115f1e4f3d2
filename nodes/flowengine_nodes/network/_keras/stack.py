"""Recurrent layers around several cells, which are layers one behind the other."""

from __future__ import annotations

from typing import Any

from flowengine import DataError
from flowengine.layer import StateLayer
from flowengine_nodes.network._keras.items import Item, Model, Place, Use
from flowengine_nodes.network._keras.settings import read_layer
from flowengine_nodes.network._keras.weights import group_name

INPUT = "input"


def cells_of(entry: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the cells of a layer RNN that has several; none of one that has one."""
    cell = entry["config"].get("cell")
    if isinstance(cell, dict) and cell.get("class_name") == "StackedRNNCells":
        return list(cell["config"]["cells"])
    return []


def stacked(entry: dict[str, Any], where: str, *, keras2: bool) -> Model:
    """Return the layers that several cells make, as a model; states are its further outputs.

    Raises:
        DataError: A cell is not known, or the sequence is gone through from its end.
    """
    own = {key: value for key, value in entry["config"].items() if key != "cell"}
    if own.get("go_backwards"):
        raise DataError(
            f'layer "{where}" is an RNN around several cells that begins at the end; make each '
            f"cell a layer of its own before saving"
        )
    cells, counts = cells_of(entry), dict[str, int]()
    items = [Item(INPUT, "InputLayer", {"config": {}})]
    before: Place = (INPUT, 0, 0)
    states: list[Place] = []
    for number, cell in enumerate(cells, 1):
        name = group_name(cell["class_name"], counts)
        course = {**own, "return_sequences": number < len(cells) or own.get("return_sequences")}
        one = {"class_name": "RNN", "config": {**course, "cell": cell}}
        layer = read_layer(one, f"{where}/{name}", keras2=keras2)
        items.append(Item(name, cell["class_name"], {"config": own}, [Use((before,))], layer))
        before = (name, 0, 0)
        count = len(layer.state_names()) if isinstance(layer, StateLayer) else 0
        states += [(name, 0, place) for place in range(1, count + 1)]
    return Model("RNN", items, [(INPUT, 0, 0)], [before, *states])
