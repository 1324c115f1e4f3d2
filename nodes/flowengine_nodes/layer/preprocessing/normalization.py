"""Values brought to mean 0 and deviation 1 by known statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowengine import ConfigureError, Layer, TensorSpec, Weight, node
from flowengine.nn.initializers import Ones, Zeros
from flowengine_nodes.layer._tensors import floating, known_axis, tensor_axis

if TYPE_CHECKING:
    import torch

Statistic = float | tuple[float, ...] | tuple[tuple[float, ...], ...]


@node(title="Normalization", keywords=("standardize", "z-score", "preprocessing"))
class Normalization(Layer):
    """Bring values to mean 0 and deviation 1 by a mean and a variance that are known.

    ``(x - mean) / sqrt(variance)``, for each place of the axes named. Without a mean and a variance
    the layer holds them as weights, which a Keras network brings along; new ones are 0 and 1.
    """

    axis: int | tuple[int, ...] | None = -1
    """Axis or axes whose places have statistics of their own, counted with the batch as axis 0;
    null for one mean and one variance of all."""
    mean: Statistic | None = None
    """The mean: one number, or one for each place."""
    variance: Statistic | None = None
    """The variance, in the shape of the mean."""
    invert: bool = False
    """Whether to go the other way: ``x · sqrt(variance) + mean``."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        sizes = self._sizes(inputs[0])
        if (self.mean is None) != (self.variance is None):
            raise ConfigureError(
                "mean and variance belong together; set both or neither", setting="variance"
            )
        if self.mean is not None and self.variance is not None:
            self._check(_shape(self.mean), _shape(self.variance), sizes)
        return floating(inputs[0])

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        if self.mean is not None:
            return {}
        shape = self._sizes(inputs[0])
        return {
            "mean": Weight(shape, Zeros(), trainable=False),
            "variance": Weight(shape, Ones(), trainable=False),
            "count": Weight((), Zeros(), trainable=False, dtype="int32"),
        }

    def flops(self, *inputs: TensorSpec) -> int:
        return 2 * inputs[0].size

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.preprocessing import NormalizationCell

        sizes, axes = self._sizes(inputs[0]), self._axes(inputs[0])
        shape = [1] * (len(inputs[0].shape) + 1)
        for axis, size in zip(axes, sizes, strict=True):
            shape[axis + 1] = size
        given = None if self.mean is None else (self.mean, self.variance)
        return NormalizationCell(
            self.weights(*inputs), given, sizes=sizes, shape=tuple(shape), invert=self.invert
        )

    def _check(
        self, mean: tuple[int, ...], variance: tuple[int, ...], sizes: tuple[int, ...]
    ) -> None:
        if mean != variance:
            raise ConfigureError(
                f"mean and variance must have the same shape; they have {list(mean)} and "
                f"{list(variance)}",
                setting="variance",
            )
        pairs = zip(reversed(mean), reversed(sizes), strict=False)
        if len(mean) > len(sizes) or any(given not in (1, size) for given, size in pairs):
            raise ConfigureError(
                f"mean has the shape {list(mean)}, but the input needs {list(sizes)}, or one "
                f"number",
                setting="mean",
            )

    def _axes(self, tensor: TensorSpec) -> tuple[int, ...]:
        given = (self.axis,) if isinstance(self.axis, int) else self.axis or ()
        return tuple(sorted({tensor_axis(tensor, axis) for axis in given}))

    def _sizes(self, tensor: TensorSpec) -> tuple[int, ...]:
        return tuple(known_axis(tensor, axis, "normalised") for axis in self._axes(tensor))


def _shape(value: Statistic) -> tuple[int, ...]:
    """Return the shape of a number, a list or a list of lists."""
    return () if not isinstance(value, tuple) else (len(value), *_shape(value[0] if value else 0.0))
