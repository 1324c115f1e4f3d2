"""Which function writes which layer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flowengine_nodes.network._script import (
    attention,
    computing,
    images,
    normalizing,
    preparing,
    recurrent,
    sequences,
    simple,
    wrappers,
)
from flowengine_nodes.network._script.call import CallWriter

WRITERS: dict[str, Callable[[CallWriter], None]] = {
    "activation": simple.activation,
    "additive_attention": attention.scores,
    "attention": attention.scores,
    "auto_contrast": preparing.auto_contrast,
    "batch_normalization": normalizing.batch_normalization,
    "bidirectional": recurrent.bidirectional,
    "category_encoding": preparing.category_encoding,
    "center_crop": preparing.center_crop,
    "clip": computing.clip,
    "concatenate": simple.concatenate,
    "dense": simple.dense,
    "discretization": preparing.discretization,
    "dot": simple.dot,
    "dropout": simple.dropout,
    "einsum": computing.einsum,
    "einsum_dense": simple.einsum_dense,
    "elu": simple.elu,
    "embedding": sequences.embedding,
    "flatten": simple.flatten,
    "function": computing.function,
    "group_normalization": normalizing.group_normalization,
    "group_query_attention": attention.heads,
    "gru": recurrent.recurrent,
    "identity": simple.identity,
    "layer_normalization": normalizing.layer_normalization,
    "leaky_relu": simple.leaky_relu,
    "lstm": recurrent.recurrent,
    "masking": sequences.masking,
    "multi_head_attention": attention.heads,
    "normalization": normalizing.normalization,
    "one_hot": preparing.one_hot,
    "permute": simple.permute,
    "power": computing.power,
    "prelu": simple.prelu,
    "random_crop": preparing.random_crop,
    "reduce": computing.reduce,
    "relu": simple.relu,
    "repeat_vector": simple.repeat_vector,
    "rescaling": simple.rescaling,
    "reshape": simple.reshape,
    "resizing": preparing.resizing,
    "reversible_embedding": sequences.reversible_embedding,
    "rms_normalization": normalizing.rms_normalization,
    "simple_rnn": recurrent.recurrent,
    "slice": computing.cut,
    "softmax": simple.softmax,
    "thresholded_relu": simple.thresholded_relu,
    "unit_normalization": normalizing.unit_normalization,
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
        f"conv_lstm{_rank}d": recurrent.recurrent,
    }

JOIN_MASKS = {"add", "average", "concatenate", "multiply", "slice", "subtract"}
"""Layers that make one mask of those of their inputs, or a part of one."""
ATTENTION = {"additive_attention", "attention", "group_query_attention", "multi_head_attention"}
TAKE_MASKS = {
    *recurrent.KINDS,
    *ATTENTION,
    *JOIN_MASKS,
    "bidirectional",
    "global_average_pooling1d",
    "softmax",
}
"""Layers whose results, or their masks, depend on a mask, and which are written so."""
REFUSE_MASKS = {"maximum", "minimum"}
"""Layers whose results depend on a mask in a way that is not written."""

WRITERS |= {
    "spectral_normalization": partial(wrappers.spectral_normalization, WRITERS),
    "time_distributed": partial(wrappers.time_distributed, WRITERS, TAKE_MASKS),
}
