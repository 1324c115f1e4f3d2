"""Arrays as PNG pictures."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from flowengine.pictures import data_uri, is_picture, png


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_bytes_are_colours_as_they_stand() -> None:
    array = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    image = opened(png(array))
    assert (image.mode, image.size) == ("RGB", (3, 2))
    assert np.array_equal(np.asarray(image), array)


@pytest.mark.parametrize(
    ("shape", "mode"),
    [((2, 3), "L"), ((2, 3, 1), "L"), ((2, 3, 2), "LA"), ((2, 3, 4), "RGBA")],
    ids=["no channel", "one", "two", "four"],
)
def test_mode_follows_the_channels(shape: tuple[int, ...], mode: str) -> None:
    assert opened(png(np.zeros(shape, np.uint8))).mode == mode


def test_other_numbers_go_from_black_to_white() -> None:
    image = opened(png(np.array([[-1.0, 0.0], [1.0, np.nan]])))
    assert np.asarray(image).tolist() == [[0, 128], [255, 0]]


def test_infinite_numbers_are_the_ends() -> None:
    image = opened(png(np.array([[0.0, 1.0], [np.inf, -np.inf]])))
    assert np.asarray(image).tolist() == [[0, 255], [255, 0]]


def test_equal_numbers_are_black() -> None:
    assert not np.asarray(opened(png(np.full((2, 2), 7.0)))).any()


def test_true_and_false_are_white_and_black() -> None:
    assert np.asarray(opened(png(np.array([[True, False]])))).tolist() == [[255, 0]]


def test_large_picture_becomes_a_thumbnail_of_the_same_form() -> None:
    assert opened(png(np.zeros((50, 200, 3), np.uint8), largest=96)).size == (96, 24)


def test_small_picture_keeps_its_size() -> None:
    assert opened(png(np.zeros((28, 28, 1), np.uint8), largest=96)).size == (28, 28)


def test_other_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="this is 4×4×7"):
        png(np.zeros((4, 4, 7), np.uint8))


def test_an_empty_array_is_no_picture() -> None:
    assert not is_picture((0, 5))
    assert not is_picture(())
    assert not is_picture((None, 5))


def test_address_holds_the_picture() -> None:
    assert data_uri(b"\x89PNG") == "data:image/png;base64,iVBORw=="
