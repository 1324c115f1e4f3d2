"""Which function writes which layer."""

from __future__ import annotations

from collections.abc import Callable

from flowengine_nodes.network._script import images, recurrent, sequences, simple
from flowengine_nodes.network._script.call import CallWriter

WRITERS: dict[str, Callable[[CallWriter], None]] = {
    "activation": simple.activation,
    "batch_normalization": images.batch_normalization,
    "bidirectional": recurrent.bidirectional,
    "concatenate": simple.concatenate,
    "dense": simple.dense,
    "dot": simple.dot,
    "dropout": simple.dropout,
    "elu": simple.elu,
    "embedding": sequences.embedding,
    "flatten": simple.flatten,
    "gru": recurrent.recurrent,
    "identity": simple.identity,
    "layer_normalization": images.layer_normalization,
    "leaky_relu": simple.leaky_relu,
    "lstm": recurrent.recurrent,
    "masking": sequences.masking,
    "one_hot": sequences.one_hot,
    "permute": simple.permute,
    "relu": simple.relu,
    "repeat_vector": simple.repeat_vector,
    "rescaling": simple.rescaling,
    "reshape": simple.reshape,
    "simple_rnn": recurrent.recurrent,
    "softmax": simple.softmax,
    "time_distributed": simple.time_distributed,
}
"""By the name of the layer's type, without its pack."""

WRITERS |= dict.fromkeys(
    ("add", "average", "maximum", "minimum", "multiply", "subtract"), simple.merge
)
WRITERS |= dict.fromkeys(
    (
        "activity_regularization",
        "alpha_dropout",
        "aug_mix",
        "gaussian_dropout",
        "gaussian_noise",
        "equalization",
        "rand_augment",
        "random_brightness",
        "random_color_degeneration",
        "random_color_jitter",
        "random_contrast",
        "random_elastic_transform",
        "random_erasing",
        "random_flip",
        "random_gaussian_blur",
        "random_grayscale",
        "random_hue",
        "random_invert",
        "random_perspective",
        "random_posterization",
        "random_rotation",
        "random_saturation",
        "random_sharpness",
        "random_shear",
        "random_translation",
        "random_zoom",
        "solarization",
    ),
    simple.nothing,
)
for _rank in (1, 2, 3):
    WRITERS |= {
        f"conv{_rank}d": images.convolution,
        f"conv{_rank}d_transpose": images.transposed,
        f"max_pooling{_rank}d": images.max_pooling,
        f"average_pooling{_rank}d": images.average_pooling,
        f"global_max_pooling{_rank}d": images.global_pooling,
        f"global_average_pooling{_rank}d": images.global_pooling,
        f"adaptive_max_pooling{_rank}d": images.adaptive_pooling,
        f"adaptive_average_pooling{_rank}d": images.adaptive_pooling,
        f"zero_padding{_rank}d": images.zero_padding,
        f"cropping{_rank}d": images.cropping,
        f"up_sampling{_rank}d": images.up_sampling,
        f"spatial_dropout{_rank}d": images.spatial_dropout,
        f"separable_conv{_rank}d": images.separable,
        f"depthwise_conv{_rank}d": images.depthwise,
    }

JOIN_MASKS = {"add", "average", "concatenate", "subtract"}
"""Layers that make one mask of those of their inputs."""
TAKE_MASKS = {*recurrent.KINDS, "bidirectional", "global_average_pooling1d", *JOIN_MASKS}
"""Layers whose results, or their masks, depend on a mask, and which are written so."""
REFUSE_MASKS = {"maximum", "minimum", "multiply", "softmax"}
"""Layers whose results depend on a mask in a way that is not written."""
