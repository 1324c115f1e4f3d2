"""What layers share that slide a window over one, two or three axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypedDict

from flowengine import ConfigureError, Layer, TensorSpec
from flowengine.layer import require_rank
from flowengine.nn.windows import times, window_shape
from flowengine_nodes.layer._settings import DataFormat
from flowengine_nodes.layer._tensors import known_axis


class Window(TypedDict):
    """How a window slides, as cells take it."""

    window: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]
    padding: str


class Sliding(Layer):
    """Base of convolutions; a subclass has ``kernel_size``, ``strides`` and the like."""

    axes: ClassVar[str]

    if TYPE_CHECKING:
        kernel_size: tuple[int, ...]
        strides: tuple[int, ...]
        dilation_rate: tuple[int, ...]
        padding: str

    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""

    @property
    def rank(self) -> int:
        """Number of axes the window slides over."""
        return len(self.kernel_size)

    def window(self) -> Window:
        """Return how the window slides."""
        return {
            "window": self.kernel_size,
            "strides": self.strides,
            "dilation": self.dilation_rate,
            "padding": self.padding,
        }

    def fitting(self, *inputs: TensorSpec) -> TensorSpec:
        """Return the input where the layer can take it.

        Raises:
            ConfigureError: Its dimensions do not fit, or strides and dilation exclude each other.
        """
        tensor = require_rank(inputs, self.rank + 1, self.axes)
        known_axis(tensor)
        require_strides_or_dilation(self.strides, self.dilation_rate)
        return tensor

    def slid(self, tensor: TensorSpec, channels: int) -> TensorSpec:
        """Return what comes out where each window gives ``channels`` values."""
        sizes = window_shape(
            "kernel",
            tensor.shape[:-1],
            self.kernel_size,
            self.strides,
            self.dilation_rate,
            self.padding,
        )
        return TensorSpec((*sizes, channels))


def require_strides_or_dilation(strides: tuple[int, ...], dilation_rate: tuple[int, ...]) -> None:
    """Check that strides and dilation rate are not both above 1.

    Raises:
        ConfigureError: They are.
    """
    if max(strides) > 1 and max(dilation_rate) > 1:
        raise ConfigureError(
            f"strides {times(strides)} and dilation rate {times(dilation_rate)} "
            f"cannot both be above 1; set one of them to 1",
            setting="dilation_rate",
        )
