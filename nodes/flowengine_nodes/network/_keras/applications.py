"""Layers that ``keras.applications`` defines for itself, as layers that compute the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Config = dict[str, Any]

SCALED_SUM = "CustomScaleLayer"
"""``x + y * scale``, which is read like an operation, as no layer alone computes it."""


def _layer_scale(config: Config) -> tuple[str, Config]:
    return "EinsumDense", {
        "equation": "...c,c->...c",
        "output_shape": [config["projection_dim"]],
        "kernel_initializer": {
            "class_name": "Constant",
            "config": {"value": config["init_values"]},
        },
    }


def _stochastic_depth(config: Config) -> tuple[str, Config]:
    # All of a row is dropped, which is an image there.
    return "Dropout", {"rate": config["drop_path_rate"], "noise_shape": [None, 1, 1, 1]}


FORMS: dict[str, Callable[[Config], tuple[str, Config]]] = {
    "LayerScale": _layer_scale,
    "StochasticDepth": _stochastic_depth,
}


def known_layer(entry: dict[str, Any]) -> dict[str, Any]:
    """Return the entry of a layer that computes what an application's own layer does.

    Others come back as they are.
    """
    form = FORMS.get(entry["class_name"])
    if form is None:
        return entry
    kind, config = form(entry["config"])
    return {**entry, "class_name": kind, "config": config}
