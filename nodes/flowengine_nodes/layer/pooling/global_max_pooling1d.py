"""The largest value of each channel of a sequence."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer.pooling._global import GlobalMaxPooling


@node(title="GlobalMaxPooling1D", keywords=("downsample", "sequence"))
class GlobalMaxPooling1D(GlobalMaxPooling):
    """Keep the largest value of each channel of a sequence.

    ``y[c] = max(x[t, c])``.
    """

    axes: ClassVar[str] = "steps, channels"
