"""Photos, whose files say how the camera was held."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from flowengine.testing import FakeContext
from flowengine_nodes.image.image_reader import ImageReader


def test_photos_are_turned_as_the_camera_was_held(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # "turn to the right to see it"
    pixels = np.zeros((16, 8, 3), np.uint8)
    pixels[:8] = 255
    photos = tmp_path / "photos"
    photos.mkdir()
    Image.fromarray(pixels).save(photos / "photo.jpg", exif=exif, quality=95)
    ctx = FakeContext(tmp_path)
    image = ImageReader(images="photos").execute(ctx)["image"].to_numpy()[0]
    assert image.shape == (8, 16, 3)
    assert image[:, :7].max() < 20
    assert image[:, 9:].min() > 235
