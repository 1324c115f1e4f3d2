"""A network applied to a table: outputs of all rows, batch by batch. Imports torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from flowengine.binding import Answer
from flowengine.errors import DataError
from flowengine.nn.build import BuiltNetwork
from flowengine.nn.feeds.batches import Feeder

Array = np.ndarray[Any, Any]
Reduce = Callable[[Tensor, Tensor | None], Mapping[str, Tensor]]
"""Turns an output of a batch and its mask into the tensors that are kept of it, by name."""
Tell = Callable[[int], None]
"""Told before each batch how many rows are done; may raise to end the work."""


def as_values(output: Tensor, _: Tensor | None) -> dict[str, Tensor]:
    """Keep an output as it is."""
    return {"values": output.float()}


def as_classes(output: Tensor, mask: Tensor | None, answer: Answer) -> dict[str, Tensor]:
    """Keep the likeliest class and its probability; of one unit, those of yes or no.

    A masked step has class 0, the position of padding, with probability 0.
    """
    output = output.float()
    if output.shape[-1] == 1:
        yes = _probabilities(output, answer).squeeze(-1)
        return {"index": (yes > 0.5).int(), "probability": torch.maximum(yes, 1 - yes)}
    # Of the output itself, as several units may be as certain as can be.
    index = output.argmax(-1)
    probability = _probabilities(output, answer).gather(-1, index.unsqueeze(-1)).squeeze(-1)
    if mask is not None and mask.shape == index.shape:
        probability, index = probability.where(mask, 0), index.where(mask, 0)
    return {"index": index.int(), "probability": probability}


def _probabilities(output: Tensor, answer: Answer) -> Tensor:
    if answer == "logit":
        return output.sigmoid()
    if answer == "logits":
        return output.softmax(-1)
    if answer == "margins":
        first, second = torch.split(output.topk(2).values, 1, -1)
        output = output - second.where(output == first, first)
    # Between both margins it goes evenly from no to yes.
    if answer in ("margin", "margins"):
        output = (output + 1) / 2
    # What learned ones and zeros as numbers may reach beyond both.
    return output.clamp(0, 1)


@torch.inference_mode()
def predict(
    built: BuiltNetwork,
    data: Feeder,
    kept: Mapping[str, Reduce],
    *,
    batch_size: int,
    tell: Tell,
) -> dict[str, dict[str, Array]]:
    """Return what is kept of each output, for all rows.

    Args:
        built: The network.
        data: The table.
        kept: What to keep of an output, by its name.
        batch_size: Rows at a time.
        tell: Told how many rows are done, before each batch.
    """
    built.eval()
    results: dict[str, dict[str, Array]] = {name: {} for name in kept}
    for start in range(0, max(data.rows, 1), batch_size):
        tell(start)
        stop = min(start + batch_size, data.rows)
        batch = data.take(np.arange(start, stop))
        outputs, masks = built.forward_with_masks(batch.inputs, batch.masks)
        for name, reduce in kept.items():
            for key, tensor in reduce(outputs[name], masks[name]).items():
                array = tensor.cpu().numpy()
                whole = results[name].setdefault(
                    key, np.zeros((data.rows, *array.shape[1:]), array.dtype)
                )
                if whole.shape[1:] != array.shape[1:]:
                    if key == "values" or masks[name] is None:
                        raise DataError(
                            f'output "{name}" has another length in each batch, because its input '
                            f"has; a column of arrays needs one length"
                        )
                    if array.shape[1] > whole.shape[1]:
                        whole = results[name][key] = _lengthened(whole, array.shape[1])
                whole[start:stop][tuple(map(slice, array.shape))] = array
    return results


def _lengthened(whole: Array, steps: int) -> Array:
    """Return rows of steps with zeros behind them, which is what a masked step has."""
    return np.pad(whole, ((0, 0), (0, steps - whole.shape[1])))
