"""Images for layers, and modules that change them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from flowengine import TensorSpec
from flowengine.layer import BaseLayer


def module_of(layer: BaseLayer, shape: tuple[int, ...]) -> Any:
    return layer.build(TensorSpec(shape)).train()


def picture(shape: tuple[int, ...], rows: int = 3) -> np.ndarray[Any, Any]:
    return np.random.default_rng(5).normal(size=(rows, *shape)).astype("float32")


def same(mine: torch.Tensor, theirs: torch.Tensor, layer: BaseLayer) -> None:
    # Where a place falls right between two pixels, rounding chooses either of them.
    is_nearest = getattr(layer, "interpolation", "") == "nearest"
    apart = (mine - theirs).abs() > 1e-5 * max(10.0, float(theirs.abs().max()))
    assert apart.float().mean() <= (0.2 if is_nearest else 0)
