"""Mixed precision: layers compute in numbers of fewer bits, weights and losses stay as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Literal

from flowengine.errors import ConfigureError

if TYPE_CHECKING:
    import torch
    from torch import Tensor

Precision = Literal["float32", "bfloat16", "float16"]

FIRST_SCALE = 65536.0
GROWTH_INTERVAL = 2000
"""Steps without overflow after which the scale is doubled."""


def computing_in(precision: Precision, device: torch.device) -> AbstractContextManager[object]:
    """Return a context in which networks compute in a precision.

    Raises:
        ConfigureError: The device cannot.
    """
    if precision == "float32":
        return nullcontext()
    import torch

    if precision == "float16" and device.type != "cuda":
        raise ConfigureError(
            f'precision "float16" needs a device "cuda", and this training runs on '
            f'"{device.type}"; use "bfloat16" or "float32"',
            setting="precision",
        )
    return torch.autocast(device.type, dtype=getattr(torch, precision))


class LossScale:
    """A factor on the loss, so that small gradients do not vanish in numbers of 16 bits.

    It is halved when gradients overflow, and doubled after many steps in which none did.

    Args:
        device: Where it lies.
    """

    def __init__(self, device: torch.device) -> None:
        import torch

        self.state: dict[str, Tensor] = {
            "scale": torch.full((), FIRST_SCALE, device=device),
            "growth": torch.zeros((), dtype=torch.int32, device=device),
        }

    def up(self, loss: Tensor) -> Tensor:
        """Return the loss, scaled."""
        return loss * self.state["scale"]

    def down(self, gradients: Iterable[Tensor]) -> bool:
        """Scale gradients back in place; return whether they can be used."""
        import torch

        scale = self.state["scale"]
        overflow = torch.zeros((), device=scale.device)
        torch._amp_foreach_non_finite_check_and_unscale_(
            list(gradients), overflow, scale.reciprocal()
        )
        torch._amp_update_scale_(scale, self.state["growth"], overflow, 2.0, 0.5, GROWTH_INTERVAL)
        return not overflow.item()

    def load(self, state: Mapping[str, Tensor]) -> None:
        """Take up the state of an earlier one."""
        for name, tensor in self.state.items():
            tensor.copy_(state[name])
