"""Every loss gives Keras 3's numbers and gradients."""

from __future__ import annotations

import os
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"

import numpy as np
import pytest
import torch
from pydantic import BaseModel, ValidationError

from flowengine.family import names_of
from flowengine.nn.losses.family import LOSSES, LossSetting
from flowengine.nn.losses.loss import Loss
from flowengine.testing.parity import record

# These look at more than one item at once, so that no item has a weight of its own.
WHOLE = ("dice", "tversky", "ctc", "circle")

CASES: list[dict[str, Any]] = [
    *({"type": name} for name in names_of(LOSSES) if name not in WHOLE),
    {"type": "categorical_generalized_cross_entropy", "q": 0.8},
    {"type": "huber", "delta": 0.3},
    {"type": "binary_crossentropy", "from_logits": True, "label_smoothing": 0.2},
    {"type": "binary_focal_crossentropy", "apply_class_balancing": True, "gamma": 1.5},
    {"type": "binary_focal_crossentropy", "from_logits": True, "label_smoothing": 0.1},
    {"type": "categorical_crossentropy", "from_logits": True, "label_smoothing": 0.2},
    {"type": "categorical_crossentropy", "label_smoothing": 0.2},
    {"type": "categorical_focal_crossentropy", "from_logits": True, "label_smoothing": 0.1},
    {"type": "sparse_categorical_crossentropy", "from_logits": True},
    {"type": "sparse_categorical_crossentropy", "ignore_class": 1},
    {"type": "mean_squared_error", "reduction": "sum"},
    {"type": "mean_squared_error", "reduction": "mean_with_sample_weight"},
]


class Setting(BaseModel):
    loss: LossSetting


def loss(data: Any) -> Loss:
    return Setting.model_validate({"loss": data}).loss


def keras_loss(case: dict[str, Any]) -> Any:
    import keras

    name = "".join(part.capitalize() for part in case["type"].split("_"))
    name = {"KlDivergence": "KLDivergence", "Ctc": "CTC"}.get(name, name)
    return getattr(keras.losses, name)(**{k: v for k, v in case.items() if k != "type"})


def batch(one: Loss, shape: tuple[int, ...]) -> tuple[torch.Tensor, torch.Tensor]:
    rng = np.random.default_rng(7)
    output = torch.tensor(rng.normal(size=shape).astype("float32"))
    if not getattr(one, "from_logits", False) and "error" not in one.type:
        output = output.softmax(-1)
    if one.form == "index":
        return torch.tensor(rng.integers(0, shape[-1], shape[:-1])), output
    if one.form == "one_hot" or one.type.startswith("binary"):
        index = torch.tensor(rng.integers(0, shape[-1], shape[:-1]))
        return torch.nn.functional.one_hot(index, shape[-1]).float(), output
    return torch.tensor(rng.normal(size=shape).astype("float32")), output


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize("weighing", ["plain", "weights", "mask", "both"])
def test_value_and_gradient_are_those_of_keras(case: dict[str, Any], weighing: str) -> None:
    ours, theirs = loss(case), keras_loss(case)
    target, output = batch(ours, (6, 5, 4))
    rng = np.random.default_rng(3)
    weight = torch.tensor(rng.uniform(size=(6, 5)).astype("float32"))
    mask = torch.tensor(rng.uniform(size=(6, 5)) > 0.4)
    options: dict[str, Any] = {}
    mine, other = output.clone().requires_grad_(), output.clone().requires_grad_()
    if weighing in ("weights", "both"):
        options["sample_weight"] = weight
    if weighing in ("mask", "both"):
        options["mask"] = mask
        other._keras_mask = mask
    value = ours.mean(target, mine, **options)
    expected = theirs(target, other, sample_weight=options.get("sample_weight"))
    compare(case, value, expected, mine, other)


@pytest.mark.parametrize(
    ("case", "shape"),
    [
        ({"type": "dice"}, (6, 5, 4)),
        ({"type": "dice", "axis": [1, 2]}, (6, 5, 4)),
        ({"type": "dice", "axis": 1}, (6, 5)),
        ({"type": "tversky"}, (6, 5, 4)),
        ({"type": "tversky", "alpha": 0.2, "beta": 0.7, "axis": [1]}, (6, 5)),
        ({"type": "ctc"}, (6, 9, 4)),
        ({"type": "circle"}, (12, 4)),
        ({"type": "circle", "gamma": 8.0, "margin": 0.2, "remove_diagonal": False}, (12, 4)),
    ],
    ids=str,
)
def test_losses_of_whole_batches_are_those_of_keras(
    case: dict[str, Any], shape: tuple[int, ...]
) -> None:
    rng = np.random.default_rng(5)
    output = torch.tensor(rng.normal(size=shape).astype("float32"))
    target = torch.tensor(rng.uniform(size=shape).astype("float32"))
    if case["type"] == "ctc":
        # Three classes in nine steps, fewer of them in the first row.
        target = torch.tensor(rng.integers(1, shape[-1], (shape[0], 3)))
        target[0, 1:] = 0
    elif case["type"] == "circle":
        output = torch.nn.functional.normalize(output)
        target = torch.tensor(rng.integers(0, 3, shape[:-1]))
        target[0] = 7
    else:
        output = output.sigmoid()
    mine, other = output.clone().requires_grad_(), output.clone().requires_grad_()
    value, expected = loss(case).mean(target, mine), keras_loss(case)(target, other)
    compare(case, value, expected, mine, other)


def compare(
    case: dict[str, Any], value: Any, expected: Any, mine: torch.Tensor, other: torch.Tensor
) -> None:
    """Compare values and gradients of the outputs."""
    value.backward()
    expected.backward()
    assert mine.grad is not None
    assert other.grad is not None
    apart = abs(value.item() - expected.item()) / max(1.0, abs(expected.item()))
    apart = max(apart, (mine.grad - other.grad).abs().max().item())
    assert apart < 1e-5
    settings = {name: setting for name, setting in case.items() if name != "type"}
    record("loss", case["type"], settings=settings, difference=apart)


@pytest.mark.parametrize("member", LOSSES, ids=lambda one: one.__name__)
def test_defaults_are_those_of_keras(member: type[Loss]) -> None:
    theirs = keras_loss({"type": member.model_fields["type"].default}).get_config()
    for name, field in member.model_fields.items():
        if name in theirs and name != "type":
            assert theirs[name] == field.default, name


def test_probabilities_of_zero_stay_finite() -> None:
    one = loss("categorical_crossentropy")
    value = one.mean(torch.tensor([[0.0, 1.0]]), torch.tensor([[1.0, 0.0]]))
    assert value.item() == pytest.approx(-np.log(1e-7), rel=1e-4)


def test_weights_of_rows_hold_for_all_their_steps() -> None:
    one = loss("mean_squared_error")
    target, output = torch.zeros(2, 3, 1), torch.ones(2, 3, 1)
    value = one.mean(target, output, sample_weight=torch.tensor([1.0, 0.0]))
    assert value.item() == pytest.approx(0.5)


def test_a_batch_that_is_masked_whole_costs_nothing() -> None:
    one = loss("mean_squared_error")
    value = one.mean(torch.zeros(2, 1), torch.ones(2, 1), mask=torch.tensor([False, False]))
    assert value.item() == 0.0


def test_a_batch_whose_rows_do_not_count_moves_nothing() -> None:
    one = loss({"type": "mean_squared_error", "reduction": "mean_with_sample_weight"})
    output = torch.ones(2, 1, requires_grad=True)
    value = one.mean(torch.zeros(2, 1), output, sample_weight=torch.zeros(2))
    value.backward()  # type: ignore[no-untyped-call]
    assert value.item() == 0.0
    assert output.grad is not None
    assert output.grad.tolist() == [[0.0], [0.0]]


@pytest.mark.parametrize("name", ["binary_crossentropy", "binary_focal_crossentropy"])
def test_an_output_that_is_no_number_has_a_loss_that_is_none(name: str) -> None:
    value = loss(name).mean(torch.ones(2, 1), torch.tensor([[0.5], [float("nan")]]))
    assert value.isnan()


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match='Did you mean "huber"'):
        loss("hubber")
