"""What layers share that turn whole numbers into vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import ConfigureError, TensorSpec

if TYPE_CHECKING:
    import torch


def encoded(tensor: TensorSpec, depth: int, mode: str) -> TensorSpec:
    """Return the vectors that numbers become: ``one_hot``, ``multi_hot`` or ``count``.

    Raises:
        ConfigureError: Several numbers are to be told in one vector, and there is only one.
    """
    if mode == "one_hot":
        return TensorSpec((*(tensor.shape[:-1] if _is_single(tensor) else tensor.shape), depth))
    if not tensor.shape:
        raise ConfigureError(
            f'output_mode "{mode}" makes one vector of several numbers, but the input is a single '
            f'one; "one_hot" makes a vector of it',
            setting="output_mode",
        )
    return TensorSpec((*tensor.shape[1:], depth))


def encoder(tensor: TensorSpec, depth: int, mode: str) -> torch.nn.Module:
    """Return the module that makes these vectors."""
    from flowengine.nn.cells.encoding import CountCell, OneHotCell

    if mode == "one_hot":
        return OneHotCell(depth, is_single=_is_single(tensor))
    return CountCell(depth, is_capped=mode == "multi_hot")


def _is_single(tensor: TensorSpec) -> bool:
    """Return whether a last dimension of 1 makes place for the vector, as in Keras."""
    return tensor.shape[-1:] == (1,)
