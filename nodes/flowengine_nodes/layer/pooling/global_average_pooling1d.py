"""The mean of each channel of a sequence."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer.pooling._global import GlobalAveragePooling


@node(title="GlobalAveragePooling1D", keywords=("downsample", "sequence", "mean"))
class GlobalAveragePooling1D(GlobalAveragePooling):
    """Keep the mean of each channel of a sequence.

    ``y[c] = mean(x[t, c])``.

    Steps that a mask leaves out do not count; a row without any valid step gives zeros, where Keras
    divides by zero.

    Source: Network in Network (Lin et al., 2013).
    """

    axes: ClassVar[str] = "steps, channels"
