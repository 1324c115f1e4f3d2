"""Layers that prepare data: images of another size, numbers as vectors."""

from __future__ import annotations

from typing import Any

from flowengine_nodes.network._script.call import CallWriter

MODES = {"nearest": "nearest-exact", "bilinear": "bilinear", "bicubic": "bicubic"}
"""Names of interpolations in PyTorch."""


def resizing(call: CallWriter) -> None:
    """Resizing; whole numbers stay whole."""
    layer: Any = call.layer
    if layer.interpolation not in MODES:
        raise call.refuse(f'PyTorch does not have the interpolation "{layer.interpolation}"')
    x = call.take(layout="first")
    if layer.crop_to_aspect_ratio:
        x += _cropped(call)
    elif layer.pad_to_aspect_ratio:
        x = _padded(call, x)
    more = f', mode="{MODES[layer.interpolation]}"'
    if layer.antialias and layer.interpolation != "nearest":
        more += ", antialias=True"
    result = f"F.interpolate({x}, size=({layer.height}, {layer.width}){more})"
    dtype = call.outputs[0].dtype
    if "int" in dtype:
        limits = (0, 255) if dtype == "uint8" else None
        result += f".round(){f'.clamp{limits}' if limits else ''}.to(torch.{dtype})"
    call.give(result, "first")


def center_crop(call: CallWriter) -> None:
    """CenterCrop."""
    layer: Any = call.layer
    height, width = _size(call)
    top, left = height - layer.height, width - layer.width
    if top < 0 or left < 0:
        _enlarge(call)
        return
    rows = f"{top // 2}:{top // 2 + layer.height}"
    columns = f"{left // 2}:{left // 2 + layer.width}"
    call.give(f"{call.take()}[:, {rows}, {columns}]")


def random_crop(call: CallWriter) -> None:
    """RandomCrop, which takes the middle where it is not trained."""
    call.line("# RandomCrop is random only in training by flowengine; here it takes the middle.")
    _enlarge(call)


def _enlarge(call: CallWriter) -> None:
    layer: Any = call.layer
    x = f"{call.take(layout='first')}{_cropped(call)}"
    size = (layer.height, layer.width)
    call.give(f'F.interpolate({x}, size={size}, mode="bilinear")', "first")


def _cropped(call: CallWriter) -> str:
    """Return the index of the largest window of the new proportions."""
    layer: Any = call.layer
    height, width = _size(call)
    rows = max(min(height, int(width * layer.height / layer.width)), 1)
    columns = max(min(width, int(height * layer.width / layer.height)), 1)
    top, left = (height - rows) // 2, (width - columns) // 2
    return f"[..., {top}:{top + rows}, {left}:{left + columns}]"


def _padded(call: CallWriter, x: str) -> str:
    layer: Any = call.layer
    height, width = _size(call)
    rows = max(height, int(width * layer.height / layer.width))
    columns = max(width, int(height * layer.width / layer.height))
    top, left = (rows - height) // 2, (columns - width) // 2
    return f"F.pad({x}, {(left, left, top, top)}, value={layer.fill_value})"


def _size(call: CallWriter) -> tuple[int, int]:
    height, width, _ = call.inputs[0].shape
    if height is None or width is None:
        raise call.refuse("its proportions need images of known size")
    return height, width


def auto_contrast(call: CallWriter) -> None:
    """AutoContrast."""
    layer: Any = call.layer
    low, high = sorted(layer.value_range)
    x = call.take()
    call.line(f"least, most = {x}.amin((1, 2), keepdim=True), {x}.amax((1, 2), keepdim=True)")
    share = f"({x} - least) / (most - least).where(most > least, 1)"
    call.line(f"share = {share} * {high - low} + {low}")
    call.give(f"share.clamp({low}, {high}).where(most > least, {x})")


def one_hot(call: CallWriter) -> None:
    """One-Hot; numbers beyond the classes give zeros only."""
    layer: Any = call.layer
    call.give(_vectors(call, call.take(as_float=False), layer.num_classes))


def category_encoding(call: CallWriter) -> None:
    """CategoryEncoding."""
    layer: Any = call.layer
    _encode(call, call.take(as_float=False), layer.num_tokens, layer.output_mode)


def discretization(call: CallWriter) -> None:
    """Discretization."""
    import numpy as np

    layer: Any = call.layer
    borders = call.constant("borders", np.asarray(layer.bin_boundaries, np.float32))
    bins = f"torch.bucketize({call.take()}, {borders}, right=True)"
    if layer.output_mode == "int":
        call.give(f"{bins}.int()")
        return
    call.line(f"bins = {bins}")
    _encode(call, "bins", len(layer.bin_boundaries) + 1, layer.output_mode)


def _encode(call: CallWriter, x: str, count: int, mode: str) -> None:
    if mode == "one_hot":
        # A last dimension of 1 makes place for the vector.
        is_single = call.inputs[0].shape[-1:] == (1,)
        call.give(_vectors(call, x, count, more="" if is_single else ".unsqueeze(-1)"))
        return
    call.line(f"vectors = {_vectors(call, x, count)}")
    if len(call.inputs) > 1:
        call.line(f"vectors = vectors * {call.take(1)}.unsqueeze(-1)")
    call.give("vectors.sum(1)" + (".clamp(max=1)" if mode == "multi_hot" else ""))


def _vectors(call: CallWriter, x: str, count: int, more: str = ".unsqueeze(-1)") -> str:
    places = f"torch.arange({count}, device={x}.device)"
    whole = f"{x}.long()" if "float" in call.inputs[0].dtype and x != "bins" else x
    return f"({whole}{more} == {places}).float()"
