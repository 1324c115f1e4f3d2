"""The convolutional LSTM over sequences of signals."""

from __future__ import annotations

from typing import ClassVar

from flowengine import node
from flowengine_nodes.layer._settings import Single
from flowengine_nodes.layer.recurrent._conv_lstm import ConvLSTM


@node(title="ConvLSTM1D", keywords=("recurrent", "convolution", "signal"))
class ConvLSTM1D(ConvLSTM):
    """Go through a sequence of signals with a convolutional LSTM.

    ``c = f · c + i · tanh(W * x + U * h + b), h = o · tanh(c)``.

    Gates and states are those of an LSTM, but input and state go through convolutions, so that
    a step keeps its places. The last state and cell state are outputs of their own, and may be
    the first ones of another such layer. Masked steps change nothing.

    Source: Convolutional LSTM network (Shi et al., 2015).
    """

    axes: ClassVar[str] = "time, steps, channels"

    kernel_size: Single
    """Length of the window."""
    strides: Single = (1,)
    """Steps between two windows."""
    dilation_rate: Single = (1,)
    """Steps between two places of the window over the input; above 1 only with strides of 1."""
