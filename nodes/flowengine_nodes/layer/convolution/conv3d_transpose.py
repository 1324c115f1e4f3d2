"""Transposed convolution over volumes."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Triple
from flowengine_nodes.layer.convolution._transposed import Transposed, TriplePlaces


@node(title="Conv3DTranspose", keywords=("deconvolution", "upsample", "volume"))
class Conv3DTranspose(Transposed):
    """Spread each place of a volume over a window.

    The way back through a convolution: each value of the input is multiplied by the kernel and
    added to all places the window reaches from it. Padding ``valid`` makes ``(size - 1) · strides
    + kernel_size`` places of ``size`` (at least ``size · strides``), ``same`` makes
    ``size · strides``.

    Source: Deconvolutional Networks (Zeiler et al., 2010).
    """

    axes: ClassVar[str] = "depth, height, width, channels"

    kernel_size: Triple
    """Depth, height and width of the window; one number stands for all."""
    strides: Triple = (1, 1, 1)
    """Steps between two windows of the output; one number stands for all."""
    output_padding: TriplePlaces | None = None
    """Places added at the end of the output, below the strides; by default what the padding asks
    for."""
    dilation_rate: Triple = (1, 1, 1)
    """Steps between two places of the window; above 1 only with strides of 1."""
