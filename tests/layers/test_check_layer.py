from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from flowengine import Layer, TensorSpec, Weight, node
from flowengine.nn.initializers import Ones
from flowengine.testing import check_layer

if TYPE_CHECKING:
    import torch


@node(title="Scale")
class Scale(Layer):
    """Multiply by a weight."""

    wrong: str = ""
    """What to get wrong."""

    def outputs(self, *inputs: TensorSpec) -> TensorSpec:
        return inputs[0].with_shape(*inputs[0].shape, *([1] if self.wrong == "shape" else []))

    def weights(self, *inputs: TensorSpec) -> dict[str, Weight]:
        return {"factor": Weight((inputs[0].shape[-1] or 1,), Ones())}

    def build(self, *inputs: TensorSpec) -> torch.nn.Module:
        import torch

        wrong = self.wrong

        class Module(torch.nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.factor = torch.nn.Parameter(torch.ones(inputs[0].shape[-1] or 1))

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                factor = self.factor.detach() if wrong == "gradient" else self.factor
                return x * factor + (0.001 if wrong == "number" else 0)

        return Module()


def scale(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
    return inputs[0] * weights["factor"]


def test_a_right_layer_passes_with_a_report() -> None:
    report = check_layer(Scale(), [(4,)], reference=scale)
    assert report.difference < 1e-6
    assert report.kernel == "torch"
    assert "training: slope of factor" in report.compared


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("shape", r"outputs\(\) promised the shape 4×1, but forward of .* gave 4 "),
        ("number", "inference: output 0: differs by"),
        ("gradient", "inference: slope of factor: differs by"),
    ],
)
def test_a_wrong_layer_fails_with_what_is_wrong(wrong: str, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        check_layer(Scale(wrong=wrong), [(4,)], reference=scale)


def test_another_number_of_parameters_fails() -> None:
    import keras

    with pytest.raises(AssertionError, match="shape"):
        check_layer(Scale(), [(4,)], reference=keras.layers.Dense(4, use_bias=False))


def test_nan_is_a_difference() -> None:
    def broken(inputs: list[Any], weights: dict[str, Any], training: bool) -> Any:
        return np.full_like(inputs[0], np.nan)

    with pytest.raises(AssertionError, match="differs by nan"):
        check_layer(Scale(), [(4,)], reference=broken)
