"""What convolutional LSTMs over one, two and three axes share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

from flowengine import TensorSpec, Weight
from flowengine.layer import TwoStateLayer, require_rank
from flowengine.nn.activations import Activation
from flowengine.nn.windows import window_shape
from flowengine_nodes.layer._settings import DataFormat, Padding, Size
from flowengine_nodes.layer._tensors import known_axis
from flowengine_nodes.layer.convolution._sliding import require_strides_or_dilation
from flowengine_nodes.layer.recurrent._forget_bias import ForgetBiasSettings
from flowengine_nodes.layer.recurrent._recurrent import CellSettings

if TYPE_CHECKING:
    import torch


class ConvLSTM(ForgetBiasSettings, CellSettings, TwoStateLayer):
    """Base of LSTMs whose kernels slide; a subclass has kernel size, strides and dilation rate."""

    axes: ClassVar[str]
    gates: ClassVar[int] = 4

    if TYPE_CHECKING:
        kernel_size: tuple[int, ...]
        strides: tuple[int, ...]
        dilation_rate: tuple[int, ...]

    filters: Size
    """Number of filters, the channels of the output and of each state."""
    padding: Padding = "valid"
    """``valid``: inputs only where the window fits; ``same``: pad them with zeros. States are
    always padded, so that they keep their size."""
    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""
    recurrent_activation: Activation = "sigmoid"
    """Function of the gates; KNIME and Keras before 2.3 mean ``hard_sigmoid_keras2``."""

    def state_spec(self, sequence: TensorSpec) -> TensorSpec:
        rank = len(self.kernel_size) + 2
        known_axis(require_rank([sequence], rank, self.axes))
        require_strides_or_dilation(self.strides, self.dilation_rate)
        sizes = window_shape(
            "kernel",
            sequence.shape[1:-1],
            self.kernel_size,
            self.strides,
            self.dilation_rate,
            self.padding,
        )
        return TensorSpec((*sizes, self.filters))

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        rank, width = len(self.kernel_size), self.gates * self.filters
        # Keras: places, channels in, filters; torch: filters, channels in, places.
        axes = (rank + 1, rank, *range(rank))
        kernel = self.kernel_weight((*self.kernel_size, known_axis(inputs[0]), width), axes)
        recurrent = self.recurrent_weight((*self.kernel_size, self.filters, width), axes)
        return kernel | recurrent | self.bias_weight(width)

    def flops(self, *inputs: TensorSpec) -> int:
        taken = math.prod(self.kernel_size) * (known_axis(inputs[0]) + self.filters)
        steps = inputs[0].shape[0] or 1
        return 2 * taken * self.gates * self.state_spec(inputs[0]).size * steps

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.conv_lstm import ConvLSTMCell

        return ConvLSTMCell(
            self.weights(*inputs),
            self.course(),
            self.activation,
            self.recurrent_activation,
            window=self.kernel_size,
            strides=self.strides,
            dilation=self.dilation_rate,
            padding=self.padding,
        )
