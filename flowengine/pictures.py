"""Arrays of pixels as PNG pictures, for people to look at. Imports no torch."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

MODES = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
"""Pillow's name for pictures of so many channels."""


def is_picture(shape: Sequence[int | None]) -> bool:
    """Return whether an array of that shape can be shown: height, width and perhaps channels."""
    known = [size or 0 for size in shape]
    return min(known, default=0) > 0 and (
        len(known) == 2 or (len(known) == 3 and known[2] in MODES)
    )


def check_picture(shape: Sequence[int]) -> None:
    """Refuse an array that cannot be shown.

    Raises:
        ValueError: It has another shape.
    """
    if not is_picture(shape):
        sizes = "×".join(map(str, shape)) or "a single number"
        raise ValueError(
            f"a picture is height × width or height × width × 1 to 4 channels; this is {sizes}"
        )


def png(array: np.ndarray[Any, Any], *, largest: int | None = None) -> bytes:
    """Return an array as the bytes of a PNG file.

    Bytes are colours as they stand. Other numbers have no range of their own: the smallest becomes
    black, the largest white, and what is no number black.

    Args:
        array: Height × width, or height × width × 1 to 4 channels.
        largest: A side that is longer is brought to so many pixels.

    Raises:
        ValueError: The array has another shape.
    """
    from PIL import Image

    check_picture(array.shape)
    pixels = _bytes(array)
    if pixels.ndim == 3 and pixels.shape[2] == 1:
        pixels = pixels[:, :, 0]
    image = Image.fromarray(pixels)
    if largest is not None:
        image.thumbnail((largest, largest))
    file = io.BytesIO()
    # Level 1 takes a third of the time of the default for a few more bytes.
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def side_by_side(images: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return pictures of one size as one, in rows and columns with a line between them.

    Args:
        images: The pictures, one behind the other in the first axis.
    """
    import numpy as np

    count, height, width = images.shape[:3]
    columns = math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    size = (rows * (height + 1) - 1, columns * (width + 1) - 1, *images.shape[3:])
    whole = np.full(size, images.min(), dtype=images.dtype)
    for number, image in enumerate(images):
        y, x = (number // columns) * (height + 1), (number % columns) * (width + 1)
        whole[y : y + height, x : x + width] = image
    return whole


def data_uri(picture: bytes) -> str:
    """Return a PNG file as an address that holds it."""
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


def _bytes(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import numpy as np

    if array.dtype == np.uint8:
        return np.ascontiguousarray(array)
    values = array.astype(np.float64)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    scaled = (values - low) * (255.0 / ((high - low) or 1.0))
    scaled = np.nan_to_num(scaled, nan=0.0, posinf=255.0, neginf=0.0)
    return np.ascontiguousarray(np.clip(np.rint(scaled), 0, 255).astype(np.uint8))
