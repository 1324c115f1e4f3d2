"""What all images of a table are to be like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Channels = Literal["auto", 1, 3, 4]
Shape = tuple[int, int, int]
"""Height, width, channels."""

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"})


@dataclass(frozen=True)
class Target:
    """What all images are to be.

    Args:
        shape: Height, width and channels.
        first: Name of the image that set what the settings leave open, for sentences.
        resize: Whether images of another size are resized.
        convert: Whether images with other channels are converted.
    """

    shape: Shape
    first: str
    resize: bool
    convert: bool
