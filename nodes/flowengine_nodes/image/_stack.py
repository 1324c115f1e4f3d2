"""Many image files to one array, several at a time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from flowengine import Context, DataError
from flowengine_nodes.image._decode import as_array, decode, target_of
from flowengine_nodes.image._files import ImageFile
from flowengine_nodes.image._target import Channels, Shape, Target

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def find_target(
    files: Sequence[ImageFile],
    size: tuple[int, int] | None,
    channels: Channels,
    *,
    lenient: bool,
) -> Target:
    """Return what the first image (``lenient``: the first that can be read) asks of all others.

    Raises:
        DataError: It cannot be read.
    """
    for file in files:
        try:
            return target_of(_bytes(file), file.name, size, channels)
        except DataError:
            if not lenient:
                raise
    raise DataError(f"none of {len(files):,} files is an image that can be read")


def decode_all(
    files: Sequence[ImageFile], target: Target, ctx: Context, *, lenient: bool
) -> tuple[npt.NDArray[np.uint8], list[int]]:
    """Return the images as one array, and the positions of the files they come from.

    Raises:
        DataError: One cannot be read (``lenient``: it is left out with a warning).
        ConfigureError: One has another size or other channels.
    """
    images = empty(len(files), target.shape)

    def decode_one(position: int) -> DataError | None:
        file = files[position]
        try:
            images[position] = decode(_bytes(file), file.name, target)
        except DataError as error:
            return error
        return None

    kept: list[int] = []
    failures: list[DataError] = []
    pool = ThreadPoolExecutor(max_workers=max(1, ctx.threads))
    try:
        results = pool.map(decode_one, range(len(files)))
        for position in ctx.track(range(len(files)), "reading images"):
            failure = next(results)
            if failure is None:
                kept.append(position)
            elif lenient:
                failures.append(failure)
            else:
                raise failure
    finally:
        pool.shutdown(cancel_futures=True)
    if failures:
        ctx.warn(f"{len(failures):,} of {len(files):,} files left out: {failures[0]}")
        images = images[kept]
    return images, kept


def convert_all(pixels: npt.NDArray[np.uint8], shape: Shape, ctx: Context) -> npt.NDArray[np.uint8]:
    """Return images (rows × height × width × channels), each in another shape.

    Raises:
        DataError: There is not so much memory.
    """
    from PIL import Image

    converted = empty(len(pixels), shape)
    for place in ctx.track(range(len(pixels)), "converting images"):
        one = pixels[place] if pixels.shape[3] > 1 else pixels[place, :, :, 0]
        converted[place] = as_array(Image.fromarray(one), shape)
    return converted


def empty(count: int, shape: Shape) -> npt.NDArray[np.uint8]:
    """Return room for ``count`` images.

    Raises:
        DataError: There is not so much memory.
    """
    import numpy as np

    try:
        return np.empty((count, *shape), dtype=np.uint8)
    except MemoryError:
        sizes = "×".join(map(str, shape))
        raise DataError(
            f"{count:,} images of {sizes} do not fit into memory; set a smaller size"
        ) from None


def _bytes(file: ImageFile) -> bytes:
    try:
        return file.read()
    except OSError as error:
        raise DataError(f'"{file.name}" cannot be read: {error.strerror or error}') from None
