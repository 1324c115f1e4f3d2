"""Transposed convolution over sequences."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Single
from flowengine_nodes.layer.convolution._transposed import SinglePlaces, Transposed


@node(title="Conv1DTranspose", keywords=("deconvolution", "upsample", "sequence"))
class Conv1DTranspose(Transposed):
    """Spread each step of a sequence over several.

    The way back through a convolution: each value of the input is multiplied by the kernel and
    added to all places the window reaches from it. Padding ``valid`` makes ``(size - 1) · strides
    + kernel_size`` places of ``size`` (at least ``size · strides``), ``same`` makes
    ``size · strides``.

    Source: Deconvolutional Networks (Zeiler et al., 2010).
    """

    axes: ClassVar[str] = "steps, channels"

    kernel_size: Single
    """Number of steps the window spans."""
    strides: Single = (1,)
    """Steps between two windows of the output; the input grows by this factor."""
    output_padding: SinglePlaces | None = None
    """Places added at the end of the output, below the strides; by default what the padding asks
    for."""
    dilation_rate: Single = (1,)
    """Steps between two places of the window; above 1 only with strides of 1."""
