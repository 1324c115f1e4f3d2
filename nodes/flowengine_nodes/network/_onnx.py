"""A network as an ONNX file. Imports torch."""

from __future__ import annotations

import logging
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.export import Dim

from flowengine import DataError, NetworkSpec
from flowengine.network_surgery import needed_inputs
from flowengine.nn.build import BuiltNetwork, build, load_weights
from flowengine_nodes.network._onnx_parts import use_forms_of_onnx

BATCH = "batch"
ROWS, STEPS = 3, 5
"""Sizes of the rows that a network is followed with; any that are not 1 do."""

CANNOT = "this network cannot be written as ONNX"

KNOWN_LENGTH = "a layer is followed for one length only; give the Input layer a shape without null"

FIXED = "inferred a static shape"
"""What torch says where the network is followed for one size only."""

OPEN = "Unsupported attribute type: '<class 'list'>'"
"""What torch says where a padding follows from a size that is open."""

KNOWN_SIZE = "a layer pads by the size of its input; give the Input layer a shape without null"

UNEVEN = "The following inconsistencies were found"
"""What torch says where tensors of open sizes meet that agree for some sizes only."""

FITTING = "layers fit each other for some sizes only; give the Input layer a shape without null"

LARGEST = 2_000_000_000
"""Bytes; a single ONNX file cannot be larger."""


class _Positional(nn.Module):
    """A network that takes its inputs in order and gives its outputs in order."""

    def __init__(self, built: BuiltNetwork, inputs: list[str]) -> None:
        super().__init__()
        self.built = built
        self.inputs = inputs

    def forward(self, *tensors: Tensor) -> tuple[Tensor, ...]:
        return tuple(self.built(dict(zip(self.inputs, tensors, strict=True))).values())


def onnx_bytes(
    spec: NetworkSpec, weights: Mapping[str, Mapping[str, np.ndarray[Any, Any]]]
) -> bytes:
    """Return a network as the bytes of an ONNX file; the number of rows stays open.

    Args:
        spec: The network.
        weights: Weights by layer.

    Raises:
        DataError: ONNX has no form of a layer, or the file would be too large.
    """
    size = sum(array.nbytes for arrays in weights.values() for array in arrays.values())
    if size > LARGEST:
        raise DataError(f"the weights take {size:,} bytes; an ONNX file holds {LARGEST:,}")
    inputs = needed_inputs(spec)
    # Without rewrites the file follows the network step by step.
    built = build(spec, optimize=False).eval().requires_grad_(requires_grad=False)
    load_weights(built, weights)
    use_forms_of_onnx(built)
    rows = tuple(_rows(spec, name) for name in inputs)
    sizes = tuple(_open_sizes(spec, name) for name in inputs)
    with tempfile.TemporaryDirectory() as folder, _quiet(), torch.no_grad():
        path = Path(folder) / "network.onnx"
        # what was traced for another network would fix the length of this one's loops
        torch.compiler.reset()
        try:
            made = torch.onnx.export(
                _Positional(built, inputs),
                rows,
                dynamo=True,
                verbose=False,
                input_names=inputs,
                output_names=_output_names(spec),
                dynamic_shapes=(sizes,),
            )
        except (torch.onnx.OnnxExporterError, RuntimeError, ValueError) as error:
            raise DataError(f"{CANNOT}: {_reason(error)}") from error
        if made is None:
            raise DataError(CANNOT)
        for name, value in zip(inputs, made.model.graph.inputs, strict=True):
            _check_open(spec, name, list(value.shape or ()))
        _keep_apart(made.model.graph)
        made.save(path, external_data=False)
        return path.read_bytes()


def _rows(spec: NetworkSpec, name: str) -> Tensor:
    tensor = spec.tensors[spec.inputs[name]]
    shape = [ROWS, *(STEPS if size is None else size for size in tensor.shape)]
    return torch.zeros(shape, dtype=getattr(torch, tensor.dtype))


def _open_sizes(spec: NetworkSpec, name: str) -> dict[int, Any]:
    shape = spec.tensors[spec.inputs[name]].shape
    unknown = [axis for axis, size in enumerate(shape, start=1) if size is None]
    # Two inputs may be as long as each other, or must be; that is found out while exporting.
    return {0: Dim(BATCH), **dict.fromkeys(unknown, Dim.DYNAMIC)}


def _check_open(spec: NetworkSpec, name: str, shape: list[Any]) -> None:
    """Check that no size was fixed which must stay open: the exporter does so silently."""
    if isinstance(shape[0], int):
        raise DataError(f"{CANNOT}: a layer fixes the number of rows")
    sizes = spec.tensors[spec.inputs[name]].shape
    for size, found in zip(sizes, shape[1:], strict=True):
        if size is None and isinstance(found, int):
            raise DataError(f"{CANNOT}: {KNOWN_LENGTH}")


def _output_names(spec: NetworkSpec) -> list[str]:
    """Return names for the outputs; one that is an input as it came in cannot be called like it."""
    names: list[str] = []
    for name in spec.outputs:
        while name in spec.inputs or name in names:
            name += "_out"  # until it is free
        names.append(name)
    return names


def _keep_apart(graph: Any) -> None:
    """Give values within the network names that no input and no output has.

    The exporter calls them after its operators, and an output may be called "conv2d_1" too.
    """
    outer = [*graph.inputs, *graph.outputs]
    taken = {value.name for value in outer}
    inner = [value for node in graph.all_nodes() for value in node.outputs]
    for value in [*inner, *graph.initializers.values()]:
        if value.name in taken and not any(value is one for one in outer):
            value.name = f"{value.name}/inner"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter from telling about itself."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def _reason(error: BaseException) -> str:
    """Return the first line of what began it."""
    while error.__cause__ is not None:
        error = error.__cause__
    if FIXED in str(error):
        return KNOWN_LENGTH
    if OPEN in str(error):
        return KNOWN_SIZE
    if UNEVEN in str(error):
        return FITTING
    return str(error).strip().partition("\n")[0] or type(error).__name__
