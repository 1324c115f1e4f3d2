"""Filters over a sequence, others at each place."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Single
from flowengine_nodes.layer.locally_connected._locally_connected import LocallyConnected


@node(title="LocallyConnected1D", keywords=("unshared", "sequence", "filter"))
class LocallyConnected1D(LocallyConnected):
    """Slide over a sequence with filters of its own at each place.

    ``y[t] = sum(x[t · stride + i] · kernel[t, i]) + bias[t]``.

    A convolution whose weights are not shared: window ``t`` has a kernel and a bias to itself, so
    the length of the sequence must be known. A layer of Keras 2 that Keras 3 no longer has.
    """

    axes: ClassVar[str] = "steps, channels"

    kernel_size: Single
    """Number of steps the window spans."""
    strides: Single = (1,)
    """Steps between two windows."""
