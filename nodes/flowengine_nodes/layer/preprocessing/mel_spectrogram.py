"""Frequencies of a sound over time, as people hear them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from flowengine import ConfigureError, Layer, TensorSpec, node
from flowengine.layer import require_rank
from flowengine_nodes.layer._settings import Size
from flowengine_nodes.layer.preprocessing._signals import require_window

if TYPE_CHECKING:
    import torch

Positive = Annotated[float, Field(gt=0)]
Hertz = Annotated[float, Field(ge=0)]


@node(title="MelSpectrogram", keywords=("audio", "sound", "speech", "frequency", "decibel"))
class MelSpectrogram(Layer):
    """Tell how strong a sound is at which time in which band of frequencies.

    ``10 · log10(|STFT|² · bands)``: the bands are as wide as people tell pitches apart, evenly on
    the scale ``mel = 1127 · ln(1 + hertz / 700)``, and overlap as triangles. The sound is mirrored
    at both ends, so that frames stand around ``0, sequence_stride, …``. As in Keras, the decibels
    end ``top_db`` below the loudest place of the whole batch.
    """

    fft_length: Size = 2048
    """Number of values whose frequencies are told apart."""
    sequence_stride: Size = 512
    """Steps between two frames."""
    sequence_length: Size | None = None
    """Number of values of a frame, at most ``fft_length``, which is the default."""
    window: Literal["hann", "hamming"] | tuple[float, ...] | None = "hann"
    """How a frame fades in and out: the name of a window, or its values; null for not at all."""
    sampling_rate: Size = 16000
    """Values a second."""
    num_mel_bins: Size = 128
    """Number of bands."""
    min_freq: Hertz = 20.0
    """Where the lowest band begins, in hertz."""
    max_freq: Positive | None = None
    """Where the highest band ends, in hertz; by default half the sampling rate."""
    power_to_db: bool = True
    """Whether to give decibels."""
    top_db: Positive = 80.0
    """How many decibels below the loudest place they end."""
    mag_exp: Positive = 2.0
    """Exponent of the magnitudes: 1 for these, 2 for power."""
    min_power: Positive = 1e-10
    """Least power that has decibels of its own."""
    ref_power: float = 1.0
    """Power of 0 decibels."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        (samples,) = require_rank(inputs, 1, "samples").shape
        self._check()
        if samples is None:
            return TensorSpec((self.num_mel_bins, None))
        if samples <= self.fft_length // 2:
            raise ConfigureError(
                f"fft_length {self.fft_length} does not fit its input of {samples} samples, which "
                f"is mirrored by half of it at both ends; a smaller fft_length would",
                setting="fft_length",
            )
        return TensorSpec((self.num_mel_bins, self._frames(samples)))

    def flops(self, *inputs: TensorSpec) -> int:
        frames = self._frames(inputs[0].shape[0] or 1)
        bins = self.fft_length // 2 + 1
        transform = 5 * self.fft_length * self.fft_length.bit_length()
        return frames * (transform + 2 * bins * self.num_mel_bins)

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.spectrogram import MelCell, mel_bands

        bands = mel_bands(
            self.num_mel_bins,
            self.fft_length // 2 + 1,
            rate=self.sampling_rate,
            lowest=self.min_freq,
            highest=self._highest(),
        )
        return MelCell(
            bands,
            length=self.fft_length,
            stride=self.sequence_stride,
            frame=self._frame(),
            window=self.window,
            exponent=self.mag_exp,
            decibels=self._decibels(),
        )

    def _decibels(self) -> tuple[float, float, float] | None:
        return (self.min_power, self.ref_power, self.top_db) if self.power_to_db else None

    def _frame(self) -> int:
        return self.sequence_length or self.fft_length

    def _highest(self) -> float:
        return self.max_freq or float(self.sampling_rate // 2)

    def _frames(self, samples: int) -> int:
        mirrored = samples + 2 * (self.fft_length // 2)
        return (mirrored - self.fft_length) // self.sequence_stride + 1

    def _check(self) -> None:
        frame = self._frame()
        if frame > self.fft_length:
            raise ConfigureError(
                f"sequence_length is {frame}, more than the fft_length {self.fft_length}; make it "
                f"at most that",
                setting="sequence_length",
            )
        require_window(self.window, frame)
        if self.min_freq >= self._highest():
            raise ConfigureError(
                f"min_freq {self.min_freq:g} must be below max_freq {self._highest():g} hertz; "
                f"without one max_freq is half the sampling_rate",
                setting="min_freq",
            )
