"""Pictures of digits in the files MNIST is published in, few enough to learn in a second."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

SIZE = 28
IMAGES, LABELS = "data/digits-images-idx3-ubyte", "data/digits-labels-idx1-ubyte"


def write_digits(workspace: Path, count: int = 400) -> None:
    """Write digits of all ten classes, each a little elsewhere and with noise of its own."""
    rng = np.random.default_rng(1)
    labels = np.arange(count, dtype=np.uint8) % 10
    images = np.stack([_drawn(int(label), rng) for label in labels])
    folder = (workspace / IMAGES).parent
    folder.mkdir(parents=True, exist_ok=True)
    (workspace / IMAGES).write_bytes(_idx(images))
    (workspace / LABELS).write_bytes(_idx(labels))


def _drawn(digit: int, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    picture = Image.new("L", (SIZE, SIZE))
    place = tuple(int(value) for value in rng.integers(4, 9, size=2))
    ImageDraw.Draw(picture).text(place, str(digit), 230, font=ImageFont.load_default(20))
    noise = rng.integers(0, 25, size=(SIZE, SIZE), dtype=np.uint8)
    return np.asarray(picture, dtype=np.uint8) + noise


def _idx(array: npt.NDArray[np.uint8]) -> bytes:
    sizes = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()
