"""Images distorted at random while training. Imports torch."""

from __future__ import annotations

import torch
from torch import Tensor

from flowengine.nn.cells.augmentation import Bounds
from flowengine.nn.cells.moving import MovingCell, Reading, grid
from flowengine.nn.cells.tones import bell, smoothed

REACH, WIDTH = 0.1, 0.05
"""How far pixels move, and how wide noise is blurred, as parts of an image's sides."""


class RandomPerspectiveCell(MovingCell):
    """Move the corners of some images, and the images with them."""

    def __init__(self, bounds: Bounds, scale: float, reading: Reading, *, seed: int | None) -> None:
        super().__init__(reading, seed=seed)
        self.bounds = bounds
        self.scale = scale

    def disturb(self, x: Tensor) -> Tensor:
        chosen = self.uniform(x, (None, 1, 1, 1)) < self.between(x, self.bounds)
        moves = self.scale * (self.uniform(x, (None, 1, 4, 2)).squeeze(1) - 0.5)
        return torch.where(chosen, self.warped(x, moves), x)

    def warped(self, x: Tensor, moves: Tensor) -> Tensor:
        """Return images whose corners move.

        Args:
            x: Images.
            moves: For each corner how far it goes right and down, as parts of where it stands.
        """
        height, width = x.shape[1:3]
        if min(height, width) < 2:
            # A line has no perspective.
            return x
        corners = torch.tensor(
            [[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]],
            dtype=x.dtype,
            device=x.device,
        )
        a, b, c, d, e, f, g, h = (
            _homography(corners * (1 + moves), corners).view(-1, 8, 1, 1).unbind(1)
        )
        rows, columns = grid(x)
        below = g * columns + h * rows + 1
        return self.read(
            x,
            (d * columns + e * rows + f) / below,
            (a * columns + b * rows + c) / below,
        )


class RandomElasticTransformCell(MovingCell):
    """Bend some images."""

    # All images of a batch are bent equally much.
    rows_apart = False

    def __init__(
        self,
        bounds: Bounds,
        scale: Bounds,
        reading: Reading,
        *,
        value_range: Bounds,
        seed: int | None,
    ) -> None:
        super().__init__(reading, seed=seed)
        self.bounds = bounds
        self.scale = scale
        self.low, self.high = value_range

    def disturb(self, x: Tensor) -> Tensor:
        if self.scale[1] == 0 or self.bounds[1] == 0:
            return x
        chosen = self.uniform(x, (None, 1, 1, 1)) < self.between(x, self.bounds)
        low, high = self.scale
        scale = low + (high - low) * float(self.uniform(x, (1, 1, 1, 1)))
        plane = x[..., 0]
        bent = self.bent(x, scale, self.normal(plane), self.normal(plane))
        return torch.where(chosen, bent, x).clamp(self.low, self.high)

    def bent(self, x: Tensor, scale: float, right: Tensor, down: Tensor) -> Tensor:
        """Return images whose pixels move by blurred noise, to the right and down."""
        height, width = x.shape[1:3]
        deviation = WIDTH * scale * min(height, width)
        size = int(6 * deviation) | 1
        # Without any deviation the kernel is one place, which is 1 whatever it is divided by.
        curve = bell(size, torch.tensor(max(deviation, 1e-6), dtype=x.dtype, device=x.device))
        kernel = torch.outer(curve, curve)
        farther, lower = (
            REACH
            * scale
            * max(height, width)
            * smoothed((noise * deviation).unsqueeze(-1), kernel).squeeze(-1)
            for noise in (right, down)
        )
        rows, columns = grid(x)
        return self.read(x, rows + lower, columns + farther)


def _homography(points: Tensor, targets: Tensor) -> Tensor:
    """Return the eight numbers of the perspective that takes four points to their targets."""
    targets = targets.expand_as(points)
    lines = torch.cat([points, torch.ones_like(points[..., :1])], -1)
    nothing = torch.zeros_like(lines)
    products = -targets.unsqueeze(-1) * points.unsqueeze(-2)
    across = torch.cat([lines, nothing, products[..., 0, :]], -1)
    along = torch.cat([nothing, lines, products[..., 1, :]], -1)
    matrix = torch.stack([across, along], 2).flatten(1, 2)
    numbers: Tensor = torch.linalg.solve(matrix, targets.flatten(1))
    return numbers
