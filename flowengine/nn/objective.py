"""What a training is after: the losses of the outputs, their sum, and the metrics beside it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from flowengine.errors import DataError
from flowengine.nn.history import MetricsByOutput, metric_names, part_names
from flowengine.nn.losses.loss import Loss
from flowengine.nn.metrics.metric import MetricState, ratio, zeros
from flowengine.nn.position import Sums
from flowengine.nn.precision import Precision, computing_in
from flowengine.nn.stagnation import Direction

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from flowengine.nn.build import BuiltNetwork
    from flowengine.nn.feeds.batches import Batch


class Objective:
    """Losses and metrics of a network, measured without waiting for the device.

    Args:
        losses: Loss by output name.
        metrics: Metrics by output name.
        device: Where the sums lie.
        loss_weights: Factor of an output's loss in the sum, by its name; 1 where it is not named.
        precision: Numbers in which the network computes.
    """

    def __init__(
        self,
        losses: Mapping[str, Loss],
        metrics: MetricsByOutput,
        device: torch.device,
        loss_weights: Mapping[str, float] | None = None,
        precision: Precision = "float32",
    ) -> None:
        self.losses = losses
        self.loss_weights = loss_weights or {}
        self.precision = precision
        self.device = device
        self.metrics = metric_names(losses, metrics)
        self.parts = part_names(losses)

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of the history: the loss, its parts, the metrics."""
        return ("loss", *self.parts, *self.metrics)

    def start(self) -> Sums:
        """Return running sums of nothing."""
        sums: Sums = {
            name: {"total": zeros(self.device), "count": zeros(self.device)}
            for name in ("loss", *self.parts)
        }
        return sums | {name: one.start(self.device) for name, (_, one) in self.metrics.items()}

    def measure(
        self, built: BuiltNetwork, batch: Batch, sums: Sums, *, share: float = 1.0
    ) -> Tensor:
        """Return what a batch adds to the loss, and add its loss and metrics to the sums.

        Args:
            built: The network.
            batch: The batch.
            sums: Takes the loss of the batch as such, and the metrics.
            share: The batch's part of the rows that move the weights together. A loss that is a
                mean over rows counts by it; one that is a sum counts whole.

        Raises:
            DataError: A target has other steps than its output, whose length only the data tells.
        """
        with computing_in(self.precision, self.device):
            outputs, masks = built.forward_with_masks(batch.inputs, batch.masks)
        if self.precision != "float32":
            outputs = {name: output.float() for name, output in outputs.items()}
        for name, loss in self.losses.items():
            if loss.by_step:
                _check_steps(name, batch.targets[name], outputs[name])
        parts = {
            name: loss.mean(
                batch.targets[name],
                outputs[name],
                mask=masks[name],
                sample_weight=batch.weights.get(name),
            )
            for name, loss in self.losses.items()
        }
        weighed = {name: self._weighed(name, part) for name, part in parts.items()}
        total = reduce(add, weighed.values())
        penalty = built.penalty()
        if penalty is not None:
            total = total + penalty
        _add(sums["loss"], total, batch.rows)
        for name, output in self.parts.items():
            _add(sums[name], parts[output], batch.rows)
        for name, (output, metric) in self.metrics.items():
            given = outputs[output].detach()
            target, mask = self.losses[output].judged(batch.targets[output], given, masks[output])
            metric.update(sums[name], target, given, mask)
        if share == 1.0:
            return total
        summed = [weighed[name] for name, loss in self.losses.items() if loss.reduction == "sum"]
        return reduce(add, [total * share, *(part * (1.0 - share) for part in summed)])

    def _weighed(self, name: str, part: Tensor) -> Tensor:
        weight = self.loss_weights.get(name)
        return part if weight is None else part * weight

    def direction(self, name: str) -> Direction:
        """Return whether larger or smaller values under a name of the history are better."""
        known = self.metrics.get(name.removeprefix("val_"))
        return "down" if known is None else known[1].better

    def results(self, sums: Sums) -> dict[str, float]:
        """Return the values of the sums; waits for the device, once."""
        import torch

        values = [ratio(sums[name]["total"], sums[name]["count"]) for name in ("loss", *self.parts)]
        values += [metric.result(sums[name]) for name, (_, metric) in self.metrics.items()]
        return dict(zip(self.names, torch.stack(values).tolist(), strict=True))


def _check_steps(name: str, target: Tensor, output: Tensor) -> None:
    if output.ndim > 2 and target.ndim > 1 and target.shape[1] != output.shape[1]:
        raise DataError(
            f'output "{name}" answers at {output.shape[1]} steps, and its target has '
            f"{target.shape[1]}; give both one length"
        )


def _add(state: MetricState, value: Tensor, rows: int) -> None:
    # A batch's loss is its mean, so an epoch's is weighed by rows.
    state["total"] += value.detach() * rows
    state["count"] += rows
