"""Transposed convolution over images."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Pair
from flowengine_nodes.layer.convolution._transposed import PairPlaces, Transposed


@node(title="Conv2DTranspose", keywords=("deconvolution", "upsample", "image"))
class Conv2DTranspose(Transposed):
    """Spread each pixel of an image over a window.

    The way back through a convolution: each value of the input is multiplied by the kernel and
    added to all places the window reaches from it. Padding ``valid`` makes ``(size - 1) · strides
    + kernel_size`` places of ``size`` (at least ``size · strides``), ``same`` makes
    ``size · strides``.

    Source: Deconvolutional Networks (Zeiler et al., 2010).
    """

    axes: ClassVar[str] = "height, width, channels"

    kernel_size: Pair
    """Height and width of the window; one number stands for both."""
    strides: Pair = (1, 1)
    """Steps between two windows of the output; one number stands for both."""
    output_padding: PairPlaces | None = None
    """Places added at the end of the output, below the strides; by default what the padding asks
    for."""
    dilation_rate: Pair = (1, 1)
    """Steps between two places of the window; above 1 only with strides of 1."""
