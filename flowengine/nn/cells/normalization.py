"""Batch normalization. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell
from flowengine.tensor import Weight

MASK_EPSILON = 1e-7
"""Keeps a batch without any valid place from dividing by zero, as in Keras."""


class BatchNormalizationCell(Cell):
    """Normalise each channel by the batch while training, by moving averages otherwise.

    The moving variance is that of the batch itself, not torch's unbiased estimate.

    Attributes:
        frozen: Use the moving averages even while training.
    """

    rows_apart = False
    gamma: nn.Parameter | None
    beta: nn.Parameter | None
    moving_mean: Tensor
    moving_variance: Tensor

    def __init__(
        self, weights: Mapping[str, Weight], *, axis: int, momentum: float, epsilon: float
    ) -> None:
        super().__init__(weights, optional=("gamma", "beta"))
        self.axis = axis
        self.momentum = momentum
        self.epsilon = epsilon
        self.frozen = False

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        values = x.movedim(self.axis, 1)
        if not self.training or self.frozen:
            values = self._normalise(values, self.moving_mean, self.moving_variance)
        elif mask is not None:
            values = self._by_hand(values, mask)
        else:
            values = self._by_batch(values)
        return values.movedim(1, self.axis)

    def _normalise(self, values: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
        return F.batch_norm(values, mean, variance, self.gamma, self.beta, eps=self.epsilon)

    def _by_batch(self, values: Tensor) -> Tensor:
        # A momentum of 1 makes the kernel hand out the statistics of this batch alone.
        mean, variance = (torch.zeros_like(self.moving_mean) for _ in range(2))
        # torch.batch_norm, because F.batch_norm refuses a batch of a single value.
        normalised = torch.batch_norm(
            values,
            self.gamma,
            self.beta,
            mean,
            variance,
            training=True,
            momentum=1.0,
            eps=self.epsilon,
            cudnn_enabled=torch.backends.cudnn.enabled,
        )
        count = values.numel() // values.shape[1]
        # Undo the kernel's correction; a single value has no variance at all.
        variance = variance * ((count - 1) / count) if count > 1 else torch.zeros_like(variance)
        self._move(mean, variance)
        return normalised

    def _by_hand(self, values: Tensor, mask: Tensor | None) -> Tensor:
        shape = [-1 if axis == 1 else 1 for axis in range(values.dim())]
        mean, variance = _moments(values, mask)
        factor, offset = self._learned(mean.detach().flatten(), variance.detach().flatten())
        values = (values - mean) * torch.rsqrt(variance + self.epsilon)
        if factor is not None:
            values = values * factor.view(shape)
        return values if offset is None else values + offset.view(shape)

    def _learned(self, mean: Tensor, variance: Tensor) -> tuple[Tensor | None, Tensor | None]:
        """Return factor and offset for a batch, and let the averages follow it."""
        self._move(mean, variance)
        return self.gamma, self.beta

    @torch.no_grad()
    def _move(self, mean: Tensor, variance: Tensor) -> None:
        self.moving_mean.lerp_(mean, 1 - self.momentum)
        self.moving_variance.lerp_(variance, 1 - self.momentum)


class BatchRenormalizationCell(BatchNormalizationCell):
    """Batch normalization that corrects each batch towards moving averages of its own."""

    kernel_kind = "cell"
    moving_stddev: Tensor
    renorm_mean: Tensor
    renorm_stddev: Tensor

    def __init__(
        self,
        weights: Mapping[str, Weight],
        *,
        axis: int,
        momentum: float,
        epsilon: float,
        renorm_momentum: float,
        smallest: float | None,
        largest: float | None,
        farthest: float | None,
    ) -> None:
        super().__init__(weights, axis=axis, momentum=momentum, epsilon=epsilon)
        self.renorm_momentum = renorm_momentum
        self.smallest = smallest
        self.largest = largest
        self.farthest = farthest

    def _by_batch(self, values: Tensor) -> Tensor:
        return self._by_hand(values, None)

    def _learned(self, mean: Tensor, variance: Tensor) -> tuple[Tensor | None, Tensor | None]:
        deviation = (variance + self.epsilon).sqrt()
        usual = self.renorm_stddev.clamp(min=self.epsilon**0.5)
        factor = _bounded(deviation / usual, self.smallest, self.largest)
        farthest = self.farthest
        offset = _bounded(
            (mean - self.renorm_mean) / usual, None if farthest is None else -farthest, farthest
        )
        self._follow(mean, deviation)
        if self.gamma is not None:
            factor, offset = factor * self.gamma, offset * self.gamma
        return factor, offset if self.beta is None else offset + self.beta

    @torch.no_grad()
    def _follow(self, mean: Tensor, deviation: Tensor) -> None:
        self.renorm_mean.lerp_(mean, 1 - self.renorm_momentum)
        self.renorm_stddev.lerp_(deviation, 1 - self.renorm_momentum)
        self.moving_mean.lerp_(mean, 1 - self.momentum)
        self.moving_stddev.lerp_(deviation, 1 - self.momentum)
        self.moving_variance.copy_((self.moving_stddev.square() - self.epsilon).clamp(min=0))


def _moments(values: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor]:
    """Return mean and variance of each channel of channels-first ``values``."""
    axes = [axis for axis in range(values.dim()) if axis != 1]
    if mask is None:
        variance, mean = torch.var_mean(values, axes, correction=0, keepdim=True)
        return mean, variance
    valid = mask.unsqueeze(1).expand_as(values)
    count = valid.sum(axes, keepdim=True) + MASK_EPSILON
    mean = torch.where(valid, values, 0).sum(axes, keepdim=True) / count
    variance = torch.where(valid, values - mean, 0).square().sum(axes, keepdim=True) / count
    return mean, variance


def _bounded(values: Tensor, low: float | None, high: float | None) -> Tensor:
    return values if low is None and high is None else values.clamp(low, high)
