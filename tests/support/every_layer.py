"""A sample of every layer type: settings, the shapes of its inputs, their data type."""

from __future__ import annotations

from typing import Any

LINE, IMAGE, VOLUME, FILM = (8, 3), (8, 8, 3), (6, 6, 6, 2), (4, 8, 8, 3)
SHAPES = {1: LINE, 2: IMAGE, 3: VOLUME}
FILMS = {1: (4, 8, 3), 2: FILM, 3: (3, 5, 5, 5, 2)}

Sample = tuple[dict[str, Any], list[tuple[int, ...]], str]


def sample(settings: dict[str, Any], *shapes: tuple[int, ...], dtype: str = "float32") -> Sample:
    return settings, list(shapes), dtype


CONVOLUTION = {"filters": 4, "kernel_size": 3, "activation": "relu"}
SAMPLES: dict[str, Sample] = {
    "activation": sample({"activation": "gelu"}, LINE),
    "activity_regularization": sample({"l1": 0.1}, LINE),
    "additive_attention": sample({}, (5, 4), (3, 4)),
    "alpha_dropout": sample({"rate": 0.1}, LINE),
    "attention": sample({"use_scale": True, "use_causal_mask": True}, (5, 4), (5, 4)),
    "aug_mix": sample({"factor": 0.2}, IMAGE),
    "auto_contrast": sample({}, IMAGE),
    "batch_normalization": sample({"epsilon": 0.01}, IMAGE),
    "bidirectional": sample({"layer": {"type": "layer.lstm", "units": 2}}, (5, 3)),
    "category_encoding": sample({"num_tokens": 9, "output_mode": "count"}, (5,), dtype="int32"),
    "center_crop": sample({"height": 4, "width": 5}, IMAGE),
    "clip": sample({"minimum": -0.5, "maximum": 0.5}, LINE),
    "concatenate": sample({"axis": 1}, LINE, LINE),
    "contrast_limited_adaptive_histogram_equalization": sample(
        {"clip_limit": 16.0, "tile_grid_size": 2}, IMAGE
    ),
    "conv_lstm1d": sample({"filters": 2, "kernel_size": 3}, FILMS[1]),
    "conv_lstm2d": sample({"filters": 2, "kernel_size": 3, "return_sequences": True}, FILMS[2]),
    "conv_lstm3d": sample({"filters": 2, "kernel_size": 3}, FILMS[3]),
    "dense": sample({"units": 4, "use_bias": False}, LINE),
    "discretization": sample({"bin_boundaries": [-0.5, 0.5], "output_mode": "one_hot"}, LINE),
    "dot": sample({"axes": [2, 2], "normalize": True}, (5, 4), (3, 4)),
    "dropout": sample({"rate": 0.5, "seed": 3}, LINE),
    "einsum": sample({"equation": "bij,bkj->bik"}, (5, 4), (3, 4)),
    "einsum_dense": sample(
        {"equation": "abc,cd->abd", "output_shape": [None, 4], "bias_axes": "d"}, LINE
    ),
    "elu": sample({"alpha": 0.5}, LINE),
    "embedding": sample({"input_dim": 9, "output_dim": 3}, (5,), dtype="int32"),
    "equalization": sample({"bins": 16}, IMAGE),
    "flatten": sample({}, IMAGE),
    "function": sample({"function": "square"}, LINE),
    "gaussian_dropout": sample({"rate": 0.1}, LINE),
    "gaussian_noise": sample({"stddev": 0.1}, LINE),
    "identity": sample({}, LINE),
    "group_normalization": sample({"groups": 2}, (8, 8, 4)),
    "group_query_attention": sample(
        {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2}, (5, 4), (3, 4)
    ),
    "gru": sample({"units": 3, "reset_after": False}, (5, 3)),
    "layer_normalization": sample({"axis": [1, 2]}, LINE),
    "leaky_relu": sample({"negative_slope": 0.2}, LINE),
    "lstm": sample({"units": 3, "return_sequences": True, "go_backwards": True}, (5, 3)),
    "masking": sample({"mask_value": 0.5}, (5, 3)),
    "mel_spectrogram": sample(
        {"fft_length": 16, "sequence_stride": 8, "sampling_rate": 100, "num_mel_bins": 3}, (60,)
    ),
    "multi_head_attention": sample(
        {"num_heads": 2, "key_dim": 3, "value_dim": 2, "output_shape": 5}, (5, 4), (3, 4)
    ),
    "normalization": sample({"mean": [1.0, 2.0, 3.0], "variance": [4.0, 5.0, 6.0]}, LINE),
    "one_hot": sample({"num_classes": 9}, (5,), dtype="int32"),
    "permute": sample({"dims": [2, 1]}, LINE),
    "power": sample({"exponent": 3.0}, LINE),
    "prelu": sample({"alpha_initializer": {"type": "constant", "value": 0.3}}, LINE),
    "rand_augment": sample({"factor": 0.2}, IMAGE),
    "random_brightness": sample({"factor": 0.1}, IMAGE),
    "random_contrast": sample({"factor": 0.1}, IMAGE),
    "random_color_degeneration": sample({"factor": 0.1}, IMAGE),
    "random_color_jitter": sample({"brightness_factor": 0.1, "hue_factor": 0.2}, IMAGE),
    "random_crop": sample({"height": 8, "width": 8}, IMAGE),
    "random_elastic_transform": sample({"scale": 0.5}, IMAGE),
    "random_erasing": sample({"fill_value": 1.0}, IMAGE),
    "random_flip": sample({}, IMAGE),
    "random_gaussian_blur": sample({"kernel_size": 5}, IMAGE),
    "random_grayscale": sample({"factor": 0.2}, IMAGE),
    "random_hue": sample({"factor": 0.2}, IMAGE),
    "random_invert": sample({"factor": [0.1, 0.2]}, IMAGE),
    "random_perspective": sample({"scale": 0.5}, IMAGE),
    "random_posterization": sample({"factor": 4}, IMAGE),
    "random_rotation": sample({"factor": 0.1}, IMAGE),
    "random_saturation": sample({"factor": 0.2}, IMAGE),
    "random_sharpness": sample({"factor": 0.2}, IMAGE),
    "random_shear": sample({"x_factor": 0.2}, IMAGE),
    "random_translation": sample({"height_factor": 0.1, "width_factor": 0.1}, IMAGE),
    "random_zoom": sample({"height_factor": 0.1}, IMAGE),
    "reduce": sample({"function": "std", "axis": [1, 2], "keepdims": True}, IMAGE),
    "relu": sample({"max_value": 1.0, "negative_slope": 0.1, "threshold": 0.2}, LINE),
    "repeat_vector": sample({"n": 3}, (4,)),
    "rescaling": sample({"scale": [1.0, 2.0, 3.0], "offset": 1.0}, IMAGE),
    "reshape": sample({"target_shape": [-1, 4]}, LINE),
    "resizing": sample({"height": 4, "width": 12}, IMAGE),
    "reversible_embedding": sample(
        {"input_dim": 9, "output_dim": 3, "tie_weights": False}, (5,), dtype="int32"
    ),
    "rms_normalization": sample({}, LINE),
    "simple_rnn": sample({"units": 3}, (5, 3)),
    "slice": sample({"axis": 1, "start": -5, "step": 2}, LINE),
    "softmax": sample({}, LINE),
    "solarization": sample({"threshold_factor": 0.5}, IMAGE),
    "stft_spectrogram": sample({"mode": "magnitude", "frame_length": 8}, (20, 2)),
    "time_distributed": sample({"layer": {"type": "layer.dense", "units": 2}}, (5, 3)),
    "unit_normalization": sample({"axis": 1}, LINE),
}
for _kind in ("add", "average", "maximum", "minimum", "multiply", "subtract"):
    SAMPLES[_kind] = sample({}, LINE, LINE)
for _rank, _shape in SHAPES.items():
    SAMPLES[f"conv{_rank}d"] = sample({**CONVOLUTION, "dilation_rate": 2}, _shape)
    SAMPLES[f"conv{_rank}d_transpose"] = sample({**CONVOLUTION, "strides": 2}, _shape)
    SAMPLES[f"cropping{_rank}d"] = sample({}, _shape)
    SAMPLES[f"zero_padding{_rank}d"] = sample({}, _shape)
    SAMPLES[f"up_sampling{_rank}d"] = sample({} if _rank < 3 else {"size": 2}, _shape)
    SAMPLES[f"spatial_dropout{_rank}d"] = sample({"rate": 0.2}, _shape)
    for _what in ("average", "max"):
        # Keras on torch counts what an average is padded with; TensorFlow and we do not.
        _padding = "same" if _what == "max" else "valid"
        SAMPLES[f"{_what}_pooling{_rank}d"] = sample(
            {"pool_size": 3, "strides": 2, "padding": _padding}, _shape
        )
        SAMPLES[f"global_{_what}_pooling{_rank}d"] = sample({"keepdims": True}, _shape)
        SAMPLES[f"adaptive_{_what}_pooling{_rank}d"] = sample({"output_size": 3}, _shape)
for _rank in (1, 2):
    SAMPLES[f"separable_conv{_rank}d"] = sample({**CONVOLUTION, "padding": "same"}, SHAPES[_rank])
    SAMPLES[f"depthwise_conv{_rank}d"] = sample(
        {"kernel_size": 3, "depth_multiplier": 2}, SHAPES[_rank]
    )
