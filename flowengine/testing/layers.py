"""``check_layer``: hold a layer against a reference, Keras by default. Imports torch.

For built-in layers and for authors of packs, who may give their own reference in numpy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from flowengine.errors import ConfigureError, DataError
from flowengine.layer import BaseLayer
from flowengine.network import NetworkSpec
from flowengine.nn.build import BuiltNetwork, build, export_weights, load_weights
from flowengine.tensor import Shape, TensorSpec
from flowengine.testing.function_reference import FunctionReference, Reference
from flowengine.testing.keras_reference import KerasReference, keras_layer
from flowengine.testing.parity import record

Array = np.ndarray[Any, Any]
NAME = "layer"


@dataclass
class Report:
    """What ``check_layer`` found.

    Attributes:
        difference: The worst difference, relative to the largest value where that is above 1.
        kernel: ``torch`` where torch's fused kernel computes the layer, ``cell`` where we do.
        compared: What was compared, with the difference of each.
    """

    kernel: str
    compared: dict[str, float] = field(default_factory=dict)

    @property
    def difference(self) -> float:
        """The worst difference of all that was compared."""
        return max(self.compared.values(), default=0.0)


def check_layer(
    layer: BaseLayer,
    input_shapes: Sequence[tuple[int, ...]],
    *,
    reference: Any = None,
    dtype: str = "float32",
    tolerance: float = 1e-5,
    masks: Sequence[Array | None] | None = None,
    inputs: Sequence[Array] | None = None,
    batch: int = 3,
    seed: int = 0,
    outputs: int | None = None,
) -> Report:
    """Compare a layer with its reference, with random weights and inputs.

    Compared are the shape and data type of the output against what the layer said, the number of
    parameters, the outputs and masks, the gradients of inputs and weights (of a random projection
    of the outputs), what regularizers add and what constraints make of the weights; in inference
    and, where the layer is deterministic, in training, with the moving averages it leaves.

    Args:
        layer: The layer with its settings.
        input_shapes: Shape of one row of each input.
        reference: A function of inputs, weights by name and ``training`` in numpy; or a Keras
            layer; by default the Keras layer of the same name with the same settings.
        dtype: Data type of the inputs.
        tolerance: Largest difference that passes.
        masks: Mask of each input, with the batch first, or ``None``.
        inputs: Values of each input, with the batch first; random by default.
        batch: Number of rows.
        seed: Seed of weights and inputs.
        outputs: How many of the outputs somebody reads; all by default.

    Raises:
        AssertionError: Says what differs and by how much.
    """
    rng = np.random.default_rng(seed)
    given = list(inputs or (_random(rng, (batch, *shape), dtype) for shape in input_shapes))
    masks = list(masks or [None] * len(given))
    spec = _network(layer, input_shapes, dtype, masks)
    spec = replace(spec, outputs=dict(list(spec.outputs.items())[:outputs]))
    built = build(spec)
    weights = _random_weights(rng, spec)
    report = Report(getattr(built.layer_modules[NAME], "kernel_kind", "torch"))
    check = _Check(layer, built, weights, given, masks, report, tolerance, rng)
    check.shapes()
    is_function = callable(reference) and not hasattr(reference, "count_params")
    if is_function:
        check.against_function(reference)
    else:
        check.against_keras(KerasReference(reference or keras_layer(layer), weights))
    record(
        "layer",
        type(layer).__module__,
        settings=layer.model_dump(mode="json", exclude_defaults=True),
        difference=report.difference,
        kernel=report.kernel,
        reference="numpy" if is_function else "keras",
    )
    return report


@dataclass
class _Check:
    layer: BaseLayer
    built: BuiltNetwork
    weights: dict[str, Array]
    inputs: list[Array]
    masks: list[Array | None]
    report: Report
    tolerance: float
    rng: np.random.Generator

    def shapes(self) -> None:
        """Check what the layer says of its output, and that unknown sizes stay unknown."""
        spec = self.built.spec
        taken = [spec.tensors[name] for name in spec.inputs.values()]
        promised = self.layer.output_specs(*taken)[: len(spec.outputs)]
        try:
            outputs = self._run(training=False)[0]
        except DataError as error:  # what forward gives is not what was promised
            raise AssertionError(str(error)) from None
        for output, tensor in zip(outputs, promised, strict=True):
            actual = str(output.dtype).removeprefix("torch.")
            _expect(
                actual == tensor.dtype, f"outputs() says {tensor.dtype}, forward gives {actual}"
            )
        for unknown in _with_unknown(taken):
            with suppress(ConfigureError):
                known = self.layer.output_specs(*unknown)[: len(promised)]
                for open_, tensor in zip(known, promised, strict=True):
                    fits = len(open_.shape) == len(tensor.shape) and all(
                        size in (None, one)
                        for size, one in zip(open_.shape, tensor.shape, strict=True)
                    )
                    _expect(fits, f"with {unknown} outputs() says {open_}, with sizes {tensor}")

    def against_keras(self, reference: KerasReference) -> None:
        """Compare with a Keras layer of the same weights."""
        for training in (False, True) if self._is_deterministic() else (False,):
            mode = "training" if training else "inference"
            mine, tensors, masks = self._forward(training=training)
            theirs, inputs, their_masks = reference.run(self.inputs, self.masks, training=training)
            count = sum(array.size for array in self.weights.values())
            _expect(
                count == reference.parameters,
                f"the layer has {count} parameters, the reference {reference.parameters}",
            )
            for number, (one, two) in enumerate(zip(mine, theirs, strict=True)):
                self._compare(f"{mode}: output {number}", one, two)
            for mask, their_mask in zip(masks, their_masks, strict=True):
                self._compare(f"{mode}: mask", _or_nothing(mask), _or_nothing(their_mask))
            penalty = self.built.penalty()
            self._compare(
                f"{mode}: penalty",
                torch.zeros(()) if penalty is None else penalty.detach(),
                reference.penalty(),
            )
            projections = [self._projection(output) for output in mine]
            self._backward(mine, projections, penalty)
            reference.backward(theirs, projections)
            for number, (one, two) in enumerate(zip(tensors, inputs, strict=True)):
                self._compare(f"{mode}: gradient of input {number}", one.grad, two.grad)
            gradients = reference.gradients()
            for name, parameter in self._gradients().items():
                self._compare(f"{mode}: gradient of {name}", parameter, gradients[name])
            for name, array in reference.state().items():
                self._compare(f"{mode}: {name} afterwards", self._exported()[name], array)
        self.built.apply_constraints()
        for name, array in reference.constrained().items():
            self._compare(f"constrained {name}", self._exported()[name], array)

    def against_function(self, function: Reference) -> None:
        """Compare with a function: outputs, and slopes along a random direction."""
        for training in (False, True) if self._is_deterministic() else (False,):
            mode = "training" if training else "inference"
            mine, tensors, _ = self._forward(training=training)
            reference = FunctionReference(function, self.inputs, self.weights, training)
            for number, (one, two) in enumerate(zip(mine, reference.outputs(), strict=True)):
                self._compare(f"{mode}: output {number}", one, two)
            projections = [self._projection(output) for output in mine]
            self._backward(mine, projections)
            for number, tensor in enumerate(tensors):
                if tensor.grad is not None:
                    way = self._way(tuple(tensor.shape))
                    slope = reference.slope_of_input(number, way, projections)
                    found = float((tensor.grad.numpy() * way).sum())
                    self._compare(f"{mode}: slope of input {number}", found, slope)
            for name, gradient in self._gradients().items():
                way = self._way(gradient.shape)
                slope = reference.slope_of_weight(name, way, projections)
                found = float((gradient * way).sum())
                self._compare(f"{mode}: slope of {name}", found, slope)

    def _run(self, *, training: bool) -> tuple[list[Tensor], list[Tensor], list[Tensor | None]]:
        load_weights(self.built, {NAME: self.weights})
        self.built.train(training)
        tensors = [torch.from_numpy(array.copy()) for array in self.inputs]
        for tensor in tensors:
            tensor.requires_grad_(tensor.is_floating_point())
        names = list(self.built.spec.inputs)
        outputs, masks = self.built.forward_with_masks(
            dict(zip(names, tensors, strict=True)),
            masks={
                name: torch.from_numpy(mask)
                for name, mask in zip(names, self.masks, strict=True)
                if mask is not None
            },
        )
        return list(outputs.values()), tensors, list(masks.values())

    def _forward(self, *, training: bool) -> tuple[list[Tensor], list[Tensor], list[Tensor | None]]:
        self.built.zero_grad()
        return self._run(training=training)

    def _is_deterministic(self) -> bool:
        before = torch.get_rng_state()
        one, two = (self._run(training=True)[0] for _ in range(2))
        parts = self.built.layer_modules[NAME].modules()
        # Few random numbers may come out alike; that some were drawn tells in any case.
        has_drawn = not torch.equal(before, torch.get_rng_state()) or any(
            getattr(part, "generator", None) is not None for part in parts
        )
        return not has_drawn and all(torch.equal(*pair) for pair in zip(one, two, strict=True))

    def _projection(self, output: Tensor) -> Array:
        return self._way(tuple(output.shape)).astype(np.float32)

    def _way(self, shape: tuple[int, ...]) -> Array:
        return np.asarray(self.rng.standard_normal(shape))

    def _backward(
        self, outputs: list[Tensor], projections: list[Array], penalty: Tensor | None = None
    ) -> None:
        pairs = zip(outputs, projections, strict=True)
        total = sum(
            (output * torch.from_numpy(one)).sum() for output, one in pairs if output.requires_grad
        ) + (0 if penalty is None else penalty)
        if isinstance(total, Tensor):
            total.backward()  # type: ignore[no-untyped-call]

    def _gradients(self) -> dict[str, Array]:
        """Return the gradients of the weights, in Keras' layout."""
        gradients = {}
        for name, weight in self.built.spec.weights_of(NAME).items():
            gradient = self.built.tensor_of(NAME, name).grad
            if weight.trainable:
                array = np.zeros(weight.shape) if gradient is None else gradient.numpy()
                gradients[name] = (
                    array.transpose(np.argsort(weight.axes))
                    if weight.axes and gradient is not None
                    else array
                )
        return gradients

    def _exported(self) -> dict[str, Array]:
        return export_weights(self.built)[NAME]

    def _compare(self, what: str, mine: Any, theirs: Any) -> None:
        if mine is None and theirs is None:
            return
        one, two = _double(mine), _double(theirs)
        _expect(one.shape == two.shape, f"{what}: shape {one.shape}, expected {two.shape}")
        scale = max(1.0, float(np.abs(two).max(initial=0.0)))
        difference = float(np.abs(one - two).max(initial=0.0)) / scale
        self.report.compared[what] = difference
        # Written so that NaN fails.
        _expect(
            difference <= self.tolerance,
            f"{what}: differs by {difference:.2e}, more than {self.tolerance:.0e}; {self.layer!r}",
        )


def _network(
    layer: BaseLayer,
    shapes: Sequence[Shape],
    dtype: str,
    masks: Sequence[Array | None],
) -> NetworkSpec:
    names = [f"input_{number}" for number in range(len(shapes))]
    spec = NetworkSpec()
    for name, shape, mask in zip(names, shapes, masks, strict=True):
        spec = spec.merge(NetworkSpec.input(name, TensorSpec(shape, dtype, mask is not None)))
    spec = spec.apply(NAME, layer, names)
    return replace(spec, outputs={name: name for name in spec.calls[NAME].outputs})


def _random(rng: np.random.Generator, shape: Shape, dtype: str) -> Array:
    if "int" in dtype:
        return rng.integers(0, 10, size=[size or 1 for size in shape]).astype(dtype)
    return rng.standard_normal([size or 1 for size in shape]).astype(dtype)


def _random_weights(rng: np.random.Generator, spec: NetworkSpec) -> dict[str, Array]:
    weights = {}
    for name, weight in spec.weights_of(NAME).items():
        values = rng.standard_normal(weight.shape) / 2
        # Moving variances must be positive.
        values = values if weight.trainable else np.abs(values) + 0.5
        weights[name] = values.astype(weight.dtype)
    return weights


def _with_unknown(specs: Sequence[TensorSpec]) -> Iterator[list[TensorSpec]]:
    """Yield the inputs with one axis of all of them unknown, axis by axis."""
    for axis in range(max((len(spec.shape) for spec in specs), default=0)):
        yield [
            spec.with_shape(*(None if at == axis else size for at, size in enumerate(spec.shape)))
            for spec in specs
        ]


def _double(values: Any) -> Array:
    array = values.detach().numpy() if isinstance(values, Tensor) else np.asarray(values)
    return array.astype(np.float64)


def _or_nothing(mask: Tensor | None) -> Any:
    return np.zeros(0) if mask is None else mask


def _expect(truth: bool, message: str) -> None:  # noqa: FBT001
    if not truth:
        raise AssertionError(message)
