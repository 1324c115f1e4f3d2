"""Convolution over sequences."""

from __future__ import annotations

from typing import ClassVar, Literal

from flowengine import node
from flowengine_nodes.layer._settings import Single
from flowengine_nodes.layer.convolution._convolution import Convolution


@node(title="Conv1D", keywords=("convolution", "sequence", "time series", "text", "filter"))
class Conv1D(Convolution):
    """Slide filters over a sequence.

    Each filter looks at a few neighbouring steps of all channels and gives one value for each place
    where the window fits: ``y[t, f] = activation(sum over i, c of x[t · strides + i ·
    dilation_rate, c] · kernel[i, c, f] + bias[f])``. With padding ``causal`` no value depends on
    later steps, as forecasting needs it.

    Source: WaveNet (van den Oord et al., 2016) for causal, dilated convolution.
    """

    axes: ClassVar[str] = "steps, channels"

    kernel_size: Single
    """Number of steps the window spans."""
    strides: Single = (1,)
    """Steps between two windows."""
    padding: Literal["valid", "same", "causal"] = "valid"
    """``valid``: only where the window fits; ``same``: pad with zeros at both ends; ``causal``:
    pad with zeros at the start, so that no value depends on later steps."""
    dilation_rate: Single = (1,)
    """Steps between two places of the window; above 1 only with strides of 1."""
