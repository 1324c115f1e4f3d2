"""Every metric gives Keras 3's numbers over several batches."""

from __future__ import annotations

import os
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import pytest
import torch
from pydantic import BaseModel, ValidationError

from flowengine.nn.metric import Metric
from flowengine.nn.metrics import MetricSetting

CPU = torch.device("cpu")


class Setting(BaseModel):
    metric: MetricSetting


def metric(data: Any) -> Metric:
    return Setting.model_validate({"metric": data}).metric


def batches(
    kind: str, masked: bool
) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]]:
    rng = np.random.default_rng(11)
    made = []
    for rows in (5, 3):
        classes = 1 if kind == "one unit" else 7
        output = torch.tensor(rng.uniform(size=(rows, 4, classes)).astype("float32"))
        index = torch.tensor(rng.integers(0, max(classes, 2), (rows, 4)))
        target = {
            "one unit": index.unsqueeze(-1).float(),
            "index": index,
            "vector": torch.nn.functional.one_hot(index, max(classes, 2)).float(),
        }[kind]
        mask = torch.tensor(rng.uniform(size=(rows, 4)) > 0.4) if masked else None
        made.append((target, output, mask))
    return made


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    ("case", "kind", "theirs"),
    [
        ("accuracy", "one unit", "BinaryAccuracy"),
        ("accuracy", "index", "SparseCategoricalAccuracy"),
        ("accuracy", "vector", "CategoricalAccuracy"),
        ({"type": "binary_accuracy", "threshold": 0.3}, "vector", "BinaryAccuracy"),
        ({"type": "top_k_categorical_accuracy", "k": 2}, "vector", "TopKCategoricalAccuracy"),
        ({"type": "top_k_categorical_accuracy", "k": 2}, "index", "SparseTopKCategoricalAccuracy"),
        ("mean_absolute_error", "vector", "MeanAbsoluteError"),
        ("mean_squared_error", "vector", "MeanSquaredError"),
        ("root_mean_squared_error", "vector", "RootMeanSquaredError"),
        ("precision", "one unit", "Precision"),
        ("recall", "vector", "Recall"),
    ],
)
def test_result_is_that_of_keras(case: Any, kind: str, theirs: str, masked: bool) -> None:
    import keras

    ours = metric(case)
    if masked and theirs in ("Precision", "Recall", "RootMeanSquaredError"):
        pytest.skip("Keras leaves the mask aside here")
    settings = {k: v for k, v in case.items() if k != "type"} if isinstance(case, dict) else {}
    expected = getattr(keras.metrics, theirs)(**settings)
    state = ours.start(CPU)
    for target, output, mask in batches(kind, masked):
        ours.update(state, target, output, mask)
        if mask is not None:
            output._keras_mask = mask
        expected.update_state(target, output)
    assert ours.result(state).item() == pytest.approx(float(expected.result()), rel=1e-5)


def test_of_nothing_the_result_is_zero() -> None:
    one = metric("accuracy")
    assert one.result(one.start(CPU)).item() == 0.0


def test_millions_of_items_are_counted_exactly() -> None:
    one = metric("accuracy")
    state = one.start(CPU)
    state["count"] += 2**25
    one.update(state, torch.tensor([1]), torch.tensor([[0.0, 1.0]]), None)
    assert state["count"].item() == 2**25 + 1


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match='Did you mean "accuracy"'):
        metric("acuracy")
