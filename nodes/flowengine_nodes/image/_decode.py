"""Encoded images (PNG, JPEG, …) to arrays of bytes of one shape."""

from __future__ import annotations

import io
import struct
import zlib
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

from flowengine import ConfigureError, DataError
from flowengine_nodes.image._target import Channels, Shape, Target

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_OF_CAMERAS = frozenset({"JPEG", "MPO", "TIFF", "WEBP"})
_ORIENTATION = 0x0112
_TURNS: dict[object, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_MODES = {1: "L", 3: "RGB", 4: "RGBA"}
_OF_MODE = {"1": 1, "L": 1, "P": 3, "RGB": 3, "CMYK": 3, "YCbCr": 3, "LA": 4, "PA": 4, "RGBA": 4}
_DAMAGE = (OSError, SyntaxError, ValueError, EOFError, struct.error, zlib.error)
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


def target_of(data: bytes, name: str, size: tuple[int, int] | None, channels: Channels) -> Target:
    """Return what the first image and the settings ask of all others.

    Raises:
        DataError: It is no image.
    """
    with _opened(data, name) as image:
        height, width = size or (image.height, image.width)
        count = _channels(image, name) if channels == "auto" else channels
    return Target((height, width, count), name, size is not None, channels != "auto")


def decode(data: bytes, name: str, target: Target) -> npt.NDArray[np.uint8]:
    """Return an image as an array of ``target.shape``.

    Raises:
        DataError: It is no image or is damaged.
        ConfigureError: It has another size or other channels than the first.
    """
    with _opened(data, name) as image:
        height, width, channels = target.shape
        if not target.resize and (image.height, image.width) != (height, width):
            raise ConfigureError(
                f'"{name}" is {image.height}×{image.width} pixels (height × width), the first '
                f'image, "{target.first}", is {height}×{width}; set "size" to resize all',
                setting="size",
            )
        own = _channels(image, name)
        if not target.convert and own != channels:
            raise ConfigureError(
                f'"{name}" has {own} channel{"s" * (own != 1)}, the first image, '
                f'"{target.first}", has {channels}; set "channels" to convert all',
                setting="channels",
            )
        try:
            return as_array(image, target.shape)
        except _DAMAGE as error:
            raise DataError(f'"{name}" is damaged: {error}') from None


def as_array(image: Image.Image, shape: Shape) -> npt.NDArray[np.uint8]:
    """Return an image, resized and converted where its shape is another."""
    import numpy as np

    height, width, channels = shape
    if image.mode.startswith("I;16"):
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if "transparency" in image.info and image.mode == "P":
        # Pillow wants this detour, or it warns.
        image = image.convert("RGBA")
    image = image.convert(_MODES[channels])
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(image).reshape(shape)


def _opened(data: bytes, name: str) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data))
    except UnidentifiedImageError:
        what = "is no image of a known format" if data else "is empty"
        raise DataError(f'"{name}" {what}; remove it or set "skip_unreadable"') from None
    except _BOMBS:
        raise DataError(f'"{name}" is too large for an image: {_limit()}') from None
    except _DAMAGE as error:
        raise DataError(f'"{name}" is damaged: {error}') from None
    if Image.MAX_IMAGE_PIXELS and image.width * image.height > Image.MAX_IMAGE_PIXELS:
        raise DataError(f'"{name}" is too large for an image: {_limit()}')
    return _upright(image, name)


def _upright(image: Image.Image, name: str) -> Image.Image:
    """Return an image turned as its camera was held, where the file says how (Exif)."""
    if image.format not in _OF_CAMERAS:
        return image
    if _orientation(image) not in _TURNS:
        return image
    try:
        image.load()  # after which Pillow has turned a TIFF itself
    except _DAMAGE as error:
        raise DataError(f'"{name}" is damaged: {error}') from None
    turn = _TURNS.get(_orientation(image))
    return image if turn is None else image.transpose(turn)


def _orientation(image: Image.Image) -> object:
    try:
        return image.getexif().get(_ORIENTATION)
    except _DAMAGE:  # broken Exif says nothing, and the pixels may well be whole
        return None


def _limit() -> str:
    return f"more than {Image.MAX_IMAGE_PIXELS:,} pixels"


def _channels(image: Image.Image, name: str) -> int:
    if image.mode.startswith("I;16"):
        return 1
    if image.mode not in _OF_MODE:
        raise DataError(
            f'"{name}" has pixels of kind {image.mode}, which do not fit into bytes; save it with '
            f"8 or 16 bits a channel"
        )
    return _OF_MODE[image.mode]
