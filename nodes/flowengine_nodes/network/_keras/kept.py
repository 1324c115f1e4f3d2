"""What a Keras configuration says that has no place here, but changes numbers there."""

from __future__ import annotations

from typing import Any

from flowengine_nodes.network._keras.settings import STATEFUL

INNER = ("layer", "backward_layer")
"""Settings that hold a layer."""


def is_stateful(config: dict[str, Any]) -> bool:
    """Return whether a layer, or one in it, keeps its states from batch to batch."""
    inner = [config[name]["config"] for name in INNER if isinstance(config.get(name), dict)]
    return config.get(STATEFUL) is True or any(is_stateful(one) for one in inner)


def computed_in(config: dict[str, Any]) -> str | None:
    """Return the data type that a layer computes in, where it is not float32."""
    given = config.get("dtype")
    if isinstance(given, dict):
        own = given.get("config")
        given = own.get("name") if isinstance(own, dict) else None
    name = given.removeprefix("mixed_") if isinstance(given, str) else ""
    return name if name in ("float16", "bfloat16", "float64") else None
