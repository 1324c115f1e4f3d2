"""Frequencies of signals over time. Imports torch."""

from __future__ import annotations

from collections.abc import Mapping

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from flowengine.nn.cells.base import Cell, channels_first
from flowengine.nn.cells.convolution import SlidingCell
from flowengine.tensor import Weight

LEAST = 1e-7
"""Least power and magnitude that have a logarithm of their own, as in Keras."""

MEL_BREAK, MEL_FACTOR = 700.0, 1127.0
"""Hertz where the mel scale bends, and its factor."""

WINDOWS = {"hann": torch.hann_window, "hamming": torch.hamming_window}


class STFTCell(SlidingCell):
    """A short-time Fourier transform of each channel, by convolutions with waves."""

    real_kernel: nn.Parameter
    imag_kernel: nn.Parameter

    def __init__(
        self,
        weights: Mapping[str, Weight],
        *,
        mode: str,
        frame: int,
        step: int,
        padding: str,
        expands: bool,
    ) -> None:
        super().__init__(
            weights, None, window=(frame,), strides=(step,), dilation=(1,), padding=padding
        )
        self.mode = mode
        self.expands = expands

    def forward(self, x: Tensor) -> Tensor:
        signals = channels_first(x).reshape(-1, 1, x.shape[1])
        values = self._transformed(signals)
        values = values.reshape(-1, x.shape[-1], *values.shape[1:])
        if self.expands:
            return values.permute(0, 3, 2, 1)
        return values.flatten(1, 2).transpose(1, 2)

    def _transformed(self, signals: Tensor) -> Tensor:
        """Return what one channel becomes: frequencies × frames."""
        if self.mode == "real":
            return self.slide(signals, self.real_kernel, None, 1)
        imag = self.slide(signals, self.imag_kernel, None, 1)
        if self.mode == "imag":
            return imag
        real = self.slide(signals, self.real_kernel, None, 1)
        if self.mode == "stft":
            return torch.cat([real, imag], 1)
        if self.mode == "angle":
            return torch.atan2(imag, real)
        power = real.square() + imag.square()
        if self.mode == "psd":
            return power + F.pad(power[:, 1:-1], (0, 0, 1, 1))
        magnitude = power.clamp(min=LEAST).sqrt()
        return magnitude if self.mode == "magnitude" else magnitude.clamp(min=LEAST).log()


class MelCell(Cell):
    """Strength of a sound in bands of frequencies.

    Args:
        bands: How much each frequency counts in each band.
        length: Number of values whose frequencies are told apart.
        stride: Steps between two frames.
        frame: Number of values of a frame.
        window: How a frame fades in and out: a name, its values, or ``None``.
        exponent: Exponent of the magnitudes.
        decibels: Least power, power of 0 decibels, and how many there are at most; ``None`` for
            none.
    """

    # Decibels end so far below the loudest place of all rows.
    rows_apart = False

    def __init__(
        self,
        bands: Tensor,
        *,
        length: int,
        stride: int,
        frame: int,
        window: str | tuple[float, ...] | None,
        exponent: float,
        decibels: tuple[float, float, float] | None,
    ) -> None:
        super().__init__()
        self.length = length
        self.stride = stride
        self.frame = frame
        self.exponent = exponent
        self.decibels = decibels
        self.register_buffer("bands", bands, persistent=False)
        self.register_buffer("fading", _fading(window, frame), persistent=False)

    def forward(self, x: Tensor) -> Tensor:
        spectrum = torch.stft(
            x,
            self.length,
            hop_length=self.stride,
            win_length=self.frame,
            window=self.get_buffer("fading"),
            center=True,
            return_complex=True,
        )
        strength = spectrum.abs().pow(self.exponent).transpose(1, 2) @ self.get_buffer("bands")
        return self._scaled(strength).transpose(1, 2)

    def _scaled(self, strength: Tensor) -> Tensor:
        if self.decibels is None:
            return strength
        least, zero, most = self.decibels
        reference = torch.tensor(max(abs(zero), least), device=strength.device)
        scaled = 10 * strength.clamp(min=least).log10() - 10 * reference.log10()
        return torch.maximum(scaled, scaled.max() - most)


def mel_bands(bands: int, bins: int, *, rate: int, lowest: float, highest: float) -> Tensor:
    """Return how much each frequency counts in each band: frequencies × bands.

    Args:
        bands: Number of bands.
        bins: Number of frequencies, from 0 to half the rate.
        rate: Values a second.
        lowest: Where the lowest band begins, in hertz.
        highest: Where the highest band ends.
    """
    # The mean of a signal belongs to no band.
    pitches = _mel(torch.linspace(0, rate / 2, bins)[1:]).unsqueeze(1)
    ends = _mel(torch.tensor([lowest, highest]))
    edges = torch.linspace(float(ends[0]), float(ends[1]), bands + 2)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising, falling = (pitches - low) / (middle - low), (high - pitches) / (high - middle)
    return F.pad(torch.minimum(rising, falling).clamp(min=0), (0, 0, 1, 0))


def _mel(hertz: Tensor) -> Tensor:
    return MEL_FACTOR * torch.log(1 + hertz / MEL_BREAK)


def _fading(window: str | tuple[float, ...] | None, frame: int) -> Tensor:
    if window is None:
        return torch.ones(frame)
    return WINDOWS[window](frame) if isinstance(window, str) else torch.tensor(window)
