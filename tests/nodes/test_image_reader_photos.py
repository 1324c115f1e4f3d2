"""Photos, whose files say how the camera was held."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

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


@pytest.mark.parametrize("suffix", ["jpg", "tif", "webp"])
@pytest.mark.parametrize("held", range(1, 10))
def test_all_ways_to_hold_a_camera_are_turned_as_pillow_turns(
    tmp_path: Path, held: int, suffix: str
) -> None:
    exif = Image.Exif()
    exif[0x0112] = held
    pixels = np.random.default_rng(0).integers(0, 256, (5, 3, 3), np.uint8)
    photo = tmp_path / f"photos/photo.{suffix}"
    photo.parent.mkdir()
    Image.fromarray(pixels).save(photo, exif=exif)
    image = ImageReader(images="photos").execute(FakeContext(tmp_path))["image"].to_numpy()[0]
    expected = np.asarray(ImageOps.exif_transpose(Image.open(photo)))
    assert (image == expected).all()


@pytest.mark.parametrize(
    "broken", [b"\x01\x00\x00\x05\x00\x00\x00\x01", b"\x01\x1a\x00\x01\x00\x00\x00\x01"]
)
def test_broken_exif_does_not_hide_whole_pixels(tmp_path: Path, broken: bytes) -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x011A] = 6, 72.0
    photo = tmp_path / "photos/photo.jpg"
    photo.parent.mkdir()
    Image.new("RGB", (4, 8)).save(photo, exif=exif)
    data = photo.read_bytes()
    resolution = b"\x01\x1a\x00\x05\x00\x00\x00\x01"  # one fraction
    assert resolution in data
    photo.write_bytes(data.replace(resolution, broken))
    image = ImageReader(images="photos").execute(FakeContext(tmp_path))["image"].to_numpy()[0]
    assert image.shape == (4, 8, 3)
