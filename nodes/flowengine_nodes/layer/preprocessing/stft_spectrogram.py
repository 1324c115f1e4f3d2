"""Frequencies of a signal over time."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from flowengine import ConfigureError, Layer, TensorSpec, Weight, node
from flowengine.layer import require_rank
from flowengine.nn.fading import Window
from flowengine.nn.initializers import STFT
from flowengine.nn.windows import window_shape
from flowengine_nodes.layer._settings import DataFormat, Padding, Size
from flowengine_nodes.layer.preprocessing._signals import require_window

if TYPE_CHECKING:
    import torch

Mode = Literal["log", "magnitude", "psd", "real", "imag", "angle", "stft"]


@node(title="STFTSpectrogram", keywords=("audio", "sound", "fourier", "frequency", "spectrum"))
class STFTSpectrogram(Layer):
    """Tell which frequencies a signal has at which time: a short-time Fourier transform.

    ``X[t, k] = sum(x[t · step + n] · window[n] · exp(-2πi · k · n / fft_length))`` for each
    channel: a convolution with waves, which are weights, and learn unless the layer is frozen.
    """

    mode: Mode = "log"
    """``real``, ``imag``: one part of it; ``stft``: both, one behind the other; ``magnitude``:
    ``|X|``; ``log``: its logarithm; ``psd``: ``|X|²``, twice for what has a mirror image;
    ``angle``: the phase."""
    frame_length: Size = 256
    """Number of values that are looked at together."""
    frame_step: Size | None = None
    """Steps between two frames, at most ``frame_length``; by default half of it."""
    fft_length: Size | None = None
    """How finely frequencies are told apart: there are half as many, and one; by default the next
    power of 2 from ``frame_length`` on."""
    window: Window | tuple[float, ...] | None = "hann"
    """How a frame fades in and out: the name of a window, or its values; null for not at all."""
    periodic: bool = False
    """Whether the window's first value follows its last."""
    scaling: Literal["density", "spectrum"] | None = "density"
    """Whether the window is divided by its norm (``density``), by its sum, or not at all."""
    padding: Padding = "valid"
    """``valid``: only frames that fit; ``same``: zeros around the signal, so that every step is
    the start of one."""
    expand_dims: bool = False
    """Whether channels keep an axis of their own; otherwise the frequencies of one stand behind
    those of the other."""
    data_format: DataFormat = "channels_last"
    """Where the channels stand: always last."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        tensor = require_rank(inputs, 2, "time, channels")
        self._check()
        (frames,) = self._frames(tensor)
        bins, channels = self._bins() * (2 if self.mode == "stft" else 1), tensor.shape[-1]
        if self.expand_dims:
            return TensorSpec((frames, bins, channels))
        return TensorSpec((frames, None if channels is None else bins * channels))

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        shape = (self.frame_length, 1, self._bins())
        return {
            f"{side}_kernel": Weight(
                shape,
                STFT(side=side, window=self.window, scaling=self.scaling, periodic=self.periodic),
                axes=(2, 1, 0),
            )
            for side in ("real", "imag")
            if self.mode not in ("real", "imag") or self.mode == side
        }

    def flops(self, *inputs: TensorSpec) -> int:
        (frames,) = self._frames(inputs[0])
        places = (frames or 1) * (inputs[0].shape[-1] or 1)
        return 2 * places * sum(weight.size for weight in self.weights(*inputs).values())

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        from flowengine.nn.cells.spectrogram import STFTCell

        return STFTCell(
            self.weights(*inputs),
            mode=self.mode,
            frame=self.frame_length,
            step=self._step(),
            padding=self.padding,
            expands=self.expand_dims,
        )

    def _step(self) -> int:
        return self.frame_step or self.frame_length // 2

    def _bins(self) -> int:
        length = self.fft_length or 2 ** math.ceil(math.log2(self.frame_length))
        return length // 2 + 1

    def _frames(self, tensor: TensorSpec) -> tuple[int | None, ...]:
        sizes = tensor.shape[:-1]
        step = (self._step(),)
        return window_shape("frame", sizes, (self.frame_length,), step, (1,), self.padding)

    def _check(self) -> None:
        frame, step, length = self.frame_length, self.frame_step, self.fft_length
        if frame == 1:
            raise ConfigureError(
                "a frame_length of 1 has no frequencies; 2 is the least", setting="frame_length"
            )
        if step is not None and step > frame:
            raise ConfigureError(
                f"frame_step is {step}, so values between frames of {frame} would be left out; it "
                f"may be at most frame_length",
                setting="frame_step",
            )
        if length is not None and length < frame:
            raise ConfigureError(
                f"fft_length is {length}, less than the frame_length {frame}; make it at least "
                f"that",
                setting="fft_length",
            )
        require_window(self.window, frame)
