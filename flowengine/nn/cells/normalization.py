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
            values = self._masked(values, mask)
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

    def _masked(self, values: Tensor, mask: Tensor) -> Tensor:
        axes = [axis for axis in range(values.dim()) if axis != 1]
        valid = mask.unsqueeze(1).expand_as(values)
        count = valid.sum(axes, keepdim=True) + MASK_EPSILON
        mean = torch.where(valid, values, 0).sum(axes, keepdim=True) / count
        variance = torch.where(valid, values - mean, 0).square().sum(axes, keepdim=True) / count
        self._move(mean.detach().flatten(), variance.detach().flatten())
        shape = [-1 if axis == 1 else 1 for axis in range(values.dim())]
        values = (values - mean) * torch.rsqrt(variance + self.epsilon)
        if self.gamma is not None:
            values = values * self.gamma.view(shape)
        return values if self.beta is None else values + self.beta.view(shape)

    @torch.no_grad()
    def _move(self, mean: Tensor, variance: Tensor) -> None:
        self.moving_mean.lerp_(mean, 1 - self.momentum)
        self.moving_variance.lerp_(variance, 1 - self.momentum)
