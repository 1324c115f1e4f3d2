"""Convolutional LSTMs over one, two or three axes. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor

from flowengine.nn.activations import Activation
from flowengine.nn.cells.base import channels_first, channels_last
from flowengine.nn.cells.convolution import SlidingCell
from flowengine.nn.cells.lstm import LSTMGates
from flowengine.nn.cells.recurrence import Course
from flowengine.tensor import Weight


class ConvLSTMCell(LSTMGates):
    """An LSTM whose kernels slide over each step; states are padded so that they keep their size.

    Attributes:
        input_window: How the kernel slides over inputs.
        state_window: How the recurrent kernel slides over states.
    """

    prefers_channels_last = True
    drops_per_gate = True

    def __init__(
        self,
        weights: Mapping[str, Weight],
        course: Course,
        activation: Activation,
        recurrent_activation: Activation,
        *,
        window: tuple[int, ...],
        strides: tuple[int, ...],
        dilation: tuple[int, ...],
        padding: str,
    ) -> None:
        super().__init__(weights, course)
        self.set_functions(activation, recurrent_activation)
        ones = (1,) * len(window)
        self.input_window = SlidingCell(
            {}, None, window=window, strides=strides, dilation=dilation, padding=padding
        )
        self.state_window = SlidingCell(
            {}, None, window=window, strides=ones, dilation=ones, padding="same"
        )

    def transform(self, x: Tensor, kernel: Tensor, bias: Tensor | None) -> Tensor:
        values = channels_first(x.flatten(0, 1))
        values = channels_last(self.input_window.slide(values, kernel, bias, 1))
        return values.reshape(*x.shape[:2], *values.shape[1:])

    def transform_state(self, state: Tensor, kernel: Tensor) -> Tensor:
        return channels_last(self.state_window.slide(channels_first(state), kernel, None, 1))
