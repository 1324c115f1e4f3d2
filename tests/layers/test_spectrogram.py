"""Layers that tell the frequencies of signals, against Keras."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from layer_strategies import cases

from flowengine import ConfigureError, TensorSpec
from flowengine.nn.fading import Window
from flowengine.testing import check_layer
from flowengine_nodes.layer.preprocessing.mel_spectrogram import MelSpectrogram
from flowengine_nodes.layer.preprocessing.stft_spectrogram import STFTSpectrogram

MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")
BELL = (0.1, 0.4, 0.8, 1.0, 1.0, 0.8, 0.4, 0.1)


# Keras would rather have a power of 2.
@pytest.mark.filterwarnings("ignore:`fft_length` is recommended:UserWarning")
@pytest.mark.parametrize("mode", MODES)
@cases
@given(data=st.data())
def test_stft_spectrogram_is_that_of_keras(mode: Any, data: st.DataObject) -> None:
    frame = data.draw(st.sampled_from([2, 5, 8]))
    window = st.sampled_from([*get_args(Window), None])
    layer = STFTSpectrogram(
        mode=mode,
        frame_length=frame,
        frame_step=data.draw(st.none() | st.integers(1, frame)),
        fft_length=data.draw(st.sampled_from([None, 8, 11])),
        window=data.draw(window | st.just(BELL) if frame == 8 else window),
        periodic=data.draw(st.booleans()),
        scaling=data.draw(st.sampled_from(["density", "spectrum", None])),
        padding=data.draw(st.sampled_from(["valid", "same"])),
        expand_dims=data.draw(st.booleans()),
    )
    shape = (data.draw(st.integers(8, 14)), data.draw(st.integers(1, 3)))
    check_layer(layer, [shape], tolerance=2e-5)


def test_the_kernels_begin_as_those_of_keras() -> None:
    from flowengine.testing.keras_reference import keras_layer

    layer = STFTSpectrogram(frame_length=6, window="blackman", periodic=True, scaling="spectrum")
    theirs = keras_layer(layer)
    theirs.build((None, 20, 1))
    for name, weight in layer.weights(TensorSpec((20, 1))).items():
        values = weight.initializer.sample(weight.shape, np.random.default_rng(0))
        expected = getattr(theirs, name).value.detach().numpy()
        np.testing.assert_allclose(values, expected, atol=1e-6)


def test_a_tone_stands_in_its_frequency() -> None:
    layer = STFTSpectrogram(mode="magnitude", frame_length=32)
    tone = torch.sin(2 * torch.pi * 4 * torch.arange(320) / 32).view(1, -1, 1)
    module = layer.build(TensorSpec((320, 1)))
    weights = layer.weights(TensorSpec((320, 1)))
    with torch.no_grad():
        for name, weight in weights.items():
            values = weight.initializer.sample(weight.shape, np.random.default_rng(0))
            getattr(module, name).copy_(torch.tensor(values.transpose(weight.axes)))
    assert (module(tone).argmax(-1) == 4).all()


@cases
@given(
    layer=st.builds(
        MelSpectrogram,
        fft_length=st.sampled_from([16, 17]),
        sequence_stride=st.integers(1, 9),
        sequence_length=st.sampled_from([None, 8]),
        window=st.sampled_from(["hann", "hamming", None]),
        sampling_rate=st.sampled_from([100, 8000]),
        num_mel_bins=st.integers(1, 5),
        min_freq=st.sampled_from([0.0, 20.0]),
        max_freq=st.sampled_from([None, 40.0]),
        power_to_db=st.booleans(),
        top_db=st.sampled_from([80.0, 3.0]),
        mag_exp=st.sampled_from([1.0, 2.0, 1.5]),
        min_power=st.sampled_from([1e-10, 0.1]),
        ref_power=st.sampled_from([1.0, -2.0, 0.0]),
    ),
    samples=st.integers(9, 40),
)
def test_mel_spectrogram_is_that_of_keras(layer: MelSpectrogram, samples: int) -> None:
    check_layer(layer, [(samples,)], tolerance=3e-5)


def test_mel_spectrogram_takes_a_window_of_values() -> None:
    layer = MelSpectrogram(fft_length=16, sequence_length=8, window=BELL, sampling_rate=100)
    check_layer(layer, [(50,)], dtype="float32")


def test_silence_has_a_gradient() -> None:
    silence = torch.zeros(1, 40, requires_grad=True)
    module = MelSpectrogram(fft_length=16, sampling_rate=100, num_mel_bins=3).build(
        TensorSpec((40,))
    )
    module(silence).sum().backward()
    assert silence.grad is not None
    assert torch.isfinite(silence.grad).all()


def test_time_may_be_unknown() -> None:
    assert STFTSpectrogram().outputs(TensorSpec((None, 2))).shape == (None, 258)
    assert STFTSpectrogram(expand_dims=True).outputs(TensorSpec((999, None))).shape == (
        6,
        129,
        None,
    )
    assert MelSpectrogram().outputs(TensorSpec((None,))).shape == (128, None)


@pytest.mark.parametrize(
    ("layer", "shape", "words"),
    [
        (STFTSpectrogram(), (100, 1), "frame 256 does not fit its input of 100 steps"),
        (STFTSpectrogram(), (100,), r"2 dimensions \(time, channels\)"),
        (STFTSpectrogram(frame_length=1), (100, 1), "frame_length of 1 has no frequencies"),
        (STFTSpectrogram(frame_length=8, frame_step=9), (100, 1), "at most frame_length"),
        (STFTSpectrogram(frame_length=8, fft_length=7), (100, 1), "less than the frame_length 8"),
        (STFTSpectrogram(window=(1.0, 2.0)), (999, 1), "window has 2 values, but a frame has 256"),
        (MelSpectrogram(), (1024,), "mirrored by half of it at both ends"),
        (MelSpectrogram(), (9999, 2), r"1 dimension \(samples\)"),
        (MelSpectrogram(sequence_length=4096), (9999,), "more than the fft_length 2048"),
        (MelSpectrogram(window=(1.0,)), (9999,), "window has 1 value, but a frame has 2048"),
        (MelSpectrogram(min_freq=9000.0), (9999,), "must be below max_freq 8000 hertz"),
    ],
)
def test_signals_that_do_not_fit_are_refused(layer: Any, shape: Any, words: str) -> None:
    with pytest.raises(ConfigureError, match=words):
        layer.outputs(TensorSpec(shape))
