"""Every metric gives Keras 3's numbers over several batches."""

from __future__ import annotations

import os
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import pytest
import torch
from pydantic import BaseModel, ValidationError

from flowengine.family import names_of
from flowengine.nn.metrics.counts import Precision, TruePositives
from flowengine.nn.metrics.family import MetricSetting
from flowengine.nn.metrics.members import METRICS
from flowengine.nn.metrics.metric import MeanMetric, Metric
from flowengine.tensor import TensorSpec
from flowengine.testing.parity import record

CPU = torch.device("cpu")
COUNTING = (Precision.__base__, TruePositives.__base__)
"""Bases of metrics whose one threshold Keras calls thresholds."""


class Setting(BaseModel):
    metric: MetricSetting


def metric(data: Any) -> Metric:
    return Setting.model_validate({"metric": data}).metric


def batches(
    kind: str, masked: bool
) -> list[tuple[torch.Tensor, torch.Tensor, torch.Tensor | None]]:
    rng = np.random.default_rng(11)
    made = []
    for rows in (9, 7):
        classes = 1 if kind == "one unit" else 7
        places = (rows,) if "table" in kind else (rows, 4)
        output = torch.tensor(rng.uniform(size=(*places, classes)).astype("float32"))
        index = torch.tensor(rng.integers(0, max(classes, 2), places))
        vector = torch.nn.functional.one_hot(index, max(classes, 2)).float()
        numbers = torch.tensor(rng.normal(size=output.shape).astype("float32"))
        target = {
            "one unit": index.unsqueeze(-1).float(),
            "index": index,
            "positions": index,
            "vector": vector,
            "table": vector,
            "numbers": numbers,
            "numbers table": numbers,
        }[kind]
        if kind == "positions":
            output = (output[..., 0] * 7).floor()
        mask = torch.tensor(rng.uniform(size=places) > 0.4) if masked else None
        made.append((target, output, mask))
    return made


CASES: list[tuple[Any, str, str]] = [
    ("accuracy", "one unit", "BinaryAccuracy"),
    ("accuracy", "index", "SparseCategoricalAccuracy"),
    ("accuracy", "vector", "CategoricalAccuracy"),
    ({"type": "binary_accuracy", "threshold": 0.3}, "vector", "BinaryAccuracy"),
    ("categorical_accuracy", "vector", ""),
    ("sparse_categorical_accuracy", "index", ""),
    ({"type": "top_k_categorical_accuracy", "k": 2}, "vector", "TopKCategoricalAccuracy"),
    ({"type": "sparse_top_k_categorical_accuracy", "k": 2}, "index", ""),
    ("mean_absolute_error", "vector", ""),
    ("mean_squared_error", "vector", ""),
    ("root_mean_squared_error", "vector", ""),
    ("mean_absolute_percentage_error", "numbers", ""),
    ("mean_squared_logarithmic_error", "numbers", ""),
    ("log_cosh_error", "numbers", ""),
    ("cosine_similarity", "numbers", ""),
    ("pearson_correlation", "numbers", ""),
    ("concordance_correlation", "numbers", ""),
    ("binary_crossentropy", "vector", ""),
    ({"type": "binary_crossentropy", "from_logits": True, "label_smoothing": 0.1}, "vector", ""),
    ("categorical_crossentropy", "vector", ""),
    ({"type": "categorical_crossentropy", "from_logits": True}, "vector", ""),
    ({"type": "categorical_crossentropy", "label_smoothing": 0.1}, "vector", ""),
    ("sparse_categorical_crossentropy", "index", ""),
    ({"type": "sparse_categorical_crossentropy", "from_logits": True}, "index", ""),
    ("kl_divergence", "vector", "KLDivergence"),
    ("poisson", "numbers", ""),
    ("hinge", "vector", ""),
    ("squared_hinge", "vector", ""),
    ("categorical_hinge", "vector", ""),
    ("precision", "one unit", ""),
    ({"type": "precision", "threshold": 0.7}, "vector", ""),
    ({"type": "precision", "top_k": 2}, "vector", ""),
    ({"type": "precision", "class_id": 3, "threshold": 0.4}, "vector", ""),
    ("recall", "vector", ""),
    ({"type": "recall", "top_k": 3, "class_id": 2}, "vector", ""),
    ({"type": "recall", "top_k": 3, "threshold": 0.5}, "vector", ""),
    *(
        ({"type": name, "threshold": level}, "vector", "")
        for name in ("true_positives", "false_positives", "true_negatives", "false_negatives")
        for level in (0.5, 0.8)
    ),
    ("auc", "one unit", "AUC"),
    *(
        ({"type": "auc", "curve": curve, "summation_method": method}, "vector", "AUC")
        for curve in ("ROC", "PR", "PRGAIN")
        for method in ("interpolation", "minoring", "majoring")
    ),
    ({"type": "auc", "num_thresholds": 7}, "vector", "AUC"),
    ({"type": "auc", "thresholds": [0.2, 0.9, 0.5]}, "vector", "AUC"),
    ({"type": "auc", "from_logits": True}, "vector", "AUC"),
    ({"type": "sensitivity_at_specificity", "specificity": 0.6}, "vector", ""),
    (
        {"type": "sensitivity_at_specificity", "specificity": 0.5, "num_thresholds": 1},
        "vector",
        "",
    ),
    ({"type": "specificity_at_sensitivity", "sensitivity": 0.6, "class_id": 1}, "vector", ""),
    ({"type": "precision_at_recall", "recall": 0.6}, "vector", ""),
    ({"type": "recall_at_precision", "precision": 0.15, "num_thresholds": 20}, "vector", ""),
    *(({"type": "f1_score", "average": one}, "table", "F1Score") for one in ("micro", "macro")),
    ({"type": "f1_score", "average": "weighted", "threshold": 0.4}, "table", "F1Score"),
    ({"type": "fbeta_score", "average": "macro", "beta": 2.0}, "table", "FBetaScore"),
    (
        {"type": "fbeta_score", "average": "weighted", "beta": 0.5, "threshold": 0.5},
        "table",
        "FBetaScore",
    ),
    ({"type": "f1_score", "average": None}, "table", "F1Score"),
    ({"type": "fbeta_score", "average": None, "beta": 0.5}, "table", "FBetaScore"),
    ("r2_score", "numbers table", "R2Score"),
    (
        {"type": "r2_score", "class_aggregation": "variance_weighted_average"},
        "numbers table",
        "R2Score",
    ),
    ({"type": "r2_score", "num_regressors": 3}, "numbers table", "R2Score"),
    ({"type": "auc", "multi_label": True, "num_labels": 7}, "table", "AUC"),
    (
        {
            "type": "auc",
            "multi_label": True,
            "num_labels": 7,
            "label_weights": [0.1, 1.0, 2.0, 0.0, 1.0, 1.0, 3.0],
            "curve": "PR",
        },
        "table",
        "AUC",
    ),
    ({"type": "io_u", "num_classes": 7, "target_class_ids": [1, 4]}, "positions", "IoU"),
    ({"type": "mean_io_u", "num_classes": 7, "ignore_class": 3}, "positions", "MeanIoU"),
    ({"type": "mean_io_u", "num_classes": 5}, "positions", "MeanIoU"),
    ({"type": "mean_io_u", "num_classes": 7, "sparse_y_pred": False}, "index", "MeanIoU"),
    (
        {"type": "mean_io_u", "num_classes": 7, "sparse_y_true": False, "sparse_y_pred": False},
        "vector",
        "MeanIoU",
    ),
    (
        {"type": "one_hot_io_u", "num_classes": 7, "target_class_ids": [0, 2]},
        "vector",
        "OneHotIoU",
    ),
    ({"type": "one_hot_mean_io_u", "num_classes": 7}, "vector", "OneHotMeanIoU"),
    ("binary_io_u", "one unit", "BinaryIoU"),
    ({"type": "binary_io_u", "target_class_ids": [1], "threshold": 0.3}, "vector", "BinaryIoU"),
]

# Keras leaves the mask aside in all but means of items.
MEANS = {*names_of(tuple(one for one in METRICS if issubclass(one, MeanMetric)))}
MASKED = [
    (*case, True) for case in CASES if metric(case[0]).type in MEANS - {"root_mean_squared_error"}
]


@pytest.mark.parametrize(
    ("case", "kind", "theirs", "masked"), [*((*case, False) for case in CASES), *MASKED], ids=str
)
def test_result_is_that_of_keras(case: Any, kind: str, theirs: str, masked: bool) -> None:
    import keras

    case = case if isinstance(case, dict) else {"type": case}
    ours = metric(case)
    settings = {
        {"threshold": "thresholds"}.get(k, k) if type(ours).__base__ in COUNTING else k: v
        for k, v in case.items()
        if k != "type"
    }
    expected = getattr(keras.metrics, theirs or type(ours).__name__)(**settings)
    state = ours.start(CPU)
    for target, output, mask in batches(kind, masked):
        ours.update(state, target, output, mask)
        if mask is not None:
            output._keras_mask = mask
        expected.update_state(target, output)
    result, wanted = ours.result(state).numpy(), np.asarray(expected.result())
    apart = float(np.abs(result - wanted).max() / max(1.0, np.abs(wanted).max()))
    assert apart < 1e-5
    given = {name: setting for name, setting in case.items() if name != "type"}
    record("metric", case["type"], settings=given, difference=apart)


@pytest.mark.parametrize("name", ["mean", "sum"])
def test_what_looks_at_outputs_alone_is_that_of_keras(name: str) -> None:
    import keras

    ours, theirs = metric(name), getattr(keras.metrics, name.capitalize())()
    state = ours.start(CPU)
    for target, output, _ in batches("numbers", masked=False):
        ours.update(state, target, output, None)
        theirs.update_state(output)
    apart = abs(ours.result(state).item() / float(theirs.result()) - 1)
    assert apart < 1e-5
    record("metric", name, settings={}, difference=apart)


def test_scores_without_a_mean_are_one_for_each_class() -> None:
    parts = metric({"type": "f1_score", "average": None}).parts(TensorSpec((7,)))
    assert [part.label for part in parts[:2]] == ["f1_score_0", "f1_score_1"]
    whole = metric({"type": "f1_score", "average": None})
    states = [one.start(CPU) for one in (whole, *parts)]
    for target, output, _ in batches("table", masked=False):
        for one, state in zip((whole, *parts), states, strict=True):
            one.update(state, target, output, None)
    scores, *found = (one.result(state) for one, state in zip((whole, *parts), states, strict=True))
    assert scores.tolist() == [one.item() for one in found]


@pytest.mark.parametrize("masked", [False, True])
def test_perplexity_is_that_of_the_cross_entropy_of_keras(masked: bool) -> None:
    import keras

    ours, theirs = metric("perplexity"), keras.metrics.SparseCategoricalCrossentropy()
    state = ours.start(CPU)
    for target, output, mask in batches("index", masked):
        ours.update(state, target, output, mask)
        if mask is not None:
            output._keras_mask = mask
        theirs.update_state(target, output)
    apart = abs(ours.result(state).item() / float(theirs.result().exp()) - 1)
    assert apart < 1e-5
    record("metric", "perplexity", settings={}, difference=apart)


def test_perplexity_of_a_guess_among_seven_is_seven() -> None:
    one = metric("perplexity")
    state = one.start(CPU)
    one.update(state, torch.tensor([0, 3]), torch.full((2, 7), 1 / 7), None)
    assert one.result(state).item() == pytest.approx(7, rel=1e-5)


def test_every_metric_is_compared() -> None:
    compared = {case["type"] if isinstance(case, dict) else case for case, _, _ in CASES}
    assert compared | {"perplexity", "mean", "sum"} == set(names_of(METRICS))


def test_masked_items_do_not_count() -> None:
    for case, kind, _ in CASES:
        one = metric(case)
        whole, part = one.start(CPU), one.start(CPU)
        for target, output, mask in batches(kind, masked=True):
            assert mask is not None
            one.update(whole, target, output, mask)
            one.update(part, target[mask], output[mask], None)
        assert one.result(whole).tolist() == pytest.approx(one.result(part).tolist(), rel=1e-4)


def test_of_nothing_the_result_is_zero() -> None:
    one = metric("accuracy")
    assert one.result(one.start(CPU)).item() == 0.0


def test_millions_of_items_are_counted_exactly() -> None:
    for case, kind, _ in CASES:
        one = metric(case)
        state = one.start(CPU)
        for target, output, mask in batches(kind, masked=False):
            one.update(state, target, output, mask)
        assert {tensor.dtype for tensor in state.values()} == {torch.float64}, case


@pytest.mark.parametrize("level", [0.7, 1e4])
def test_targets_that_hardly_differ_are_explained_as_scikit_learn_says(level: float) -> None:
    from sklearn.metrics import r2_score

    rng = np.random.default_rng(5)
    target = (level * (1 + rng.normal(0, 1e-3, (30, 1)))).astype("float32")
    output = (target + level * rng.normal(0, 1e-3, target.shape)).astype("float32")
    one = metric("r2_score")
    state = one.start(CPU)
    for rows in (slice(0, 7), slice(7, 8), slice(8, 30)):
        one.update(state, torch.tensor(target[rows]), torch.tensor(output[rows]), None)
    assert one.result(state).item() == pytest.approx(r2_score(target, output), rel=1e-6)


@pytest.mark.parametrize("how", ["uniform_average", "variance_weighted_average"])
def test_targets_that_are_all_the_same_have_no_score(how: str) -> None:
    one = metric({"type": "r2_score", "class_aggregation": how})
    state = one.start(CPU)
    for rows in (7, 1, 25):
        target = torch.full((rows, 2), 0.7)
        one.update(state, target, target + 0.1, torch.arange(rows) > 0)
    assert one.result(state).item() == 0.0


@pytest.mark.parametrize(
    "case",
    [
        {"type": "one_hot_mean_io_u", "num_classes": 7},
        {"type": "mean_io_u", "num_classes": 7, "sparse_y_pred": False},
        {"type": "mean_io_u", "num_classes": 7, "sparse_y_pred": False, "sparse_y_true": False},
        "binary_io_u",
    ],
    ids=str,
)
def test_an_overlap_takes_positions_and_vectors_alike(case: Any) -> None:
    one = metric(case)
    by_position, by_vector = one.start(CPU), one.start(CPU)
    for target, output, mask in batches("index", masked=True):
        one.update(by_position, target, output, mask)
        vector = torch.nn.functional.one_hot(target, 7).float()
        one.update(by_vector, vector, output, mask)
    assert one.result(by_position).item() == one.result(by_vector).item() > 0


def test_an_area_knows_outputs_beyond_zero_and_one() -> None:
    from sklearn.metrics import roc_auc_score

    target, output = [0, 0, 1, 0, 1, 1], [-0.8, 0.2, -0.3, 0.5, 0.9, 1.7]
    one = metric("auc")
    state = one.start(CPU)
    one.update(state, torch.tensor(target).unsqueeze(-1), torch.tensor(output).unsqueeze(-1), None)
    clipped = np.clip(output, 0, 1)
    assert one.result(state).item() == pytest.approx(roc_auc_score(target, clipped))


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match='Did you mean "accuracy"'):
        metric("acuracy")
