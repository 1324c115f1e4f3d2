"""The convolutional LSTM over sequences of volumes."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Triple
from flowengine_nodes.layer.recurrent._conv_lstm import ConvLSTM


@node(title="ConvLSTM3D", keywords=("recurrent", "convolution", "volume"))
class ConvLSTM3D(ConvLSTM):
    """Go through a sequence of volumes with a convolutional LSTM.

    ``c = f · c + i · tanh(W * x + U * h + b), h = o · tanh(c)``.

    Gates and states are those of an LSTM, but input and state go through convolutions, so that
    a step keeps its places. The last state and cell state are outputs of their own, and may be
    the first ones of another such layer. Masked steps change nothing.

    Source: Convolutional LSTM network (Shi et al., 2015).
    """

    axes: ClassVar[str] = "time, depth, height, width, channels"

    kernel_size: Triple
    """Depth, height and width of the window; one number stands for all."""
    strides: Triple = (1, 1, 1)
    """Steps between two windows; one number stands for all."""
    dilation_rate: Triple = (1, 1, 1)
    """Steps between two places of the window over the input; above 1 only with strides of 1."""
