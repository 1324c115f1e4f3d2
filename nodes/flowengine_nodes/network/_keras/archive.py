"""Files of Keras, opened with care: ``.keras`` archives and whole models in ``.h5``."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flowengine import DataError
from flowengine.nn.foreign import HDF5, KERAS, foreign_sentence
from flowengine.tensor import Weight

CONFIG, METADATA, WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
OUTPUTS = "output_names"
"""Key of the metadata under which the Keras Writer notes what Keras has no place for."""
LARGEST_CONFIG = 64 << 20
"""Bytes; a configuration that claims to be longer is not read."""
LARGEST_RATIO = 1000
"""A part that claims to be so many times larger than what is stored of it is not read."""
SPARE = 1 << 20
SIGNATURE = b"\x89HDF\r\n\x1a\n"


@dataclass(frozen=True)
class KerasFile:
    """An opened file.

    Args:
        name: Its name, for sentences.
        config: The model's configuration.
        keras2: Whether Keras 2 wrote it.
        legacy: Whether weights are filed by layer names (``.h5``) or by place (``.keras``).
        outputs: Names that the Keras Writer noted for the outputs; ``None`` for one that is called
            like its tensor, empty where there are none.
        root: Group of the weights; ``None`` where only the configuration was asked for.
    """

    name: str
    config: dict[str, Any]
    keras2: bool
    legacy: bool
    outputs: tuple[str | None, ...] = ()
    root: Any = None


@contextmanager
def open_keras(path: Path, *, weights: bool = True) -> Iterator[KerasFile]:
    """Open a file that Keras wrote.

    Args:
        path: The file.
        weights: Whether the weights are needed.

    Raises:
        DataError: It is no such file, or damaged.
    """
    told = foreign_sentence(path, own=(KERAS, HDF5))
    if told is not None:
        raise DataError(told)
    try:
        with path.open("rb") as file:
            start = file.read(len(SIGNATURE))
        if start == SIGNATURE:
            with _open_h5(path, path.name) as root:
                yield _legacy(root, path.name)
            return
        if start[:2] != b"PK":
            raise DataError(
                f'"{path.name}" is no model of Keras; expected a .keras file or a whole model in '
                f"an .h5 file"
            )
        with zipfile.ZipFile(path) as archive:
            opened = _archived(archive, path.name)
            if not weights:
                yield opened
                return
            data = io.BytesIO(_part(archive, WEIGHTS, path.name))
        with _open_h5(data, path.name) as root:
            yield replace(opened, root=root)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, UnicodeDecodeError) as error:
        raise DataError(f'"{path.name}" is damaged: {error}') from None
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f'"{path.name}" cannot be read: {error}') from None
    except RuntimeError as error:
        # So h5py tells of an inner structure that cannot be.
        raise DataError(f'"{path.name}" is damaged: {error}') from None
    except KeyError as error:
        raise DataError(
            f'the description in "{path.name}" is damaged: no {error} is there'
        ) from None
    except (TypeError, AttributeError, IndexError):
        raise DataError(
            f'the description in "{path.name}" is damaged: a part of it is no such thing as Keras '
            f"writes there; save the model again"
        ) from None


def _archived(archive: zipfile.ZipFile, name: str) -> KerasFile:
    config = _object(_part(archive, CONFIG, name, LARGEST_CONFIG), name)
    metadata = _object(_part(archive, METADATA, name, LARGEST_CONFIG), name)
    version = str(metadata.get("keras_version", "3"))
    outputs = _noted(metadata.get(OUTPUTS))
    return KerasFile(name, config, version.startswith("2"), legacy=False, outputs=outputs)


def _noted(names: Any) -> tuple[str | None, ...]:
    """Return names of outputs, none where they are not what the Keras Writer notes."""
    is_list = isinstance(names, list) and all(isinstance(name, str | None) for name in names)
    return tuple(names) if is_list else ()


def _legacy(root: Any, name: str) -> KerasFile:
    config = root.attrs.get("model_config")
    if config is None:
        raise DataError(
            f'"{name}" holds weights alone, without the model they belong to; save the whole '
            f'model: model.save("model.keras")'
        )
    version = _text(root.attrs.get("keras_version", "2"))
    if version.startswith("1"):
        raise DataError(
            f'"{name}" was written by Keras {version}, whose layers have other settings; load it '
            f"with Keras 2 and save it again"
        )
    keras2 = version.startswith("2")
    described = _object(_text(config).encode(), name)
    return KerasFile(name, described, keras2=keras2, legacy=True, root=root)


def _part(archive: zipfile.ZipFile, part: str, name: str, largest: int | None = None) -> bytes:
    try:
        info = archive.getinfo(part)
    except KeyError:
        raise DataError(f'"{name}" is no model of Keras: it holds no "{part}"') from None
    allowed = info.compress_size * LARGEST_RATIO + SPARE
    if info.file_size > min(allowed, largest or allowed):
        raise DataError(f'"{part}" in "{name}" claims to be {info.file_size:,} bytes; not read')
    return archive.read(info)


def _object(data: bytes, name: str) -> dict[str, Any]:
    value = json.loads(data)
    if not isinstance(value, dict):
        raise DataError(f'the description in "{name}" is no object')
    return value


@contextmanager
def _open_h5(source: Path | io.BytesIO, name: str) -> Iterator[Any]:
    import h5py

    try:
        opened = h5py.File(source, "r")
    except OSError as error:
        raise DataError(f'"{name}" is damaged: {error}') from None
    with opened as root:
        yield root


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def group_of(root: Any, path: str) -> Any:
    """Return a group (or dataset) below another one; ``None`` where there is none.

    Links to other files are not followed.
    """
    import h5py

    found = root
    for part in path.split("/"):
        link = found.get(part, getlink=True) if isinstance(found, h5py.Group) else None
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise DataError(f'"{path}" is a link, which is not followed')
        found = found[part]
    return found


def array_of(root: Any, path: str, weight: Weight) -> Any:
    """Return an array from a file, if it is what a weight needs.

    Raises:
        DataError: It is missing, has another shape, or is not stored in this file.
    """
    import h5py
    import numpy as np

    dataset = group_of(root, path)
    if not isinstance(dataset, h5py.Dataset):
        raise DataError(f'the file has no weight "{path}"')
    if dataset.shape != weight.shape:
        raise DataError(f'"{path}" has the shape {dataset.shape}; the layer needs {weight.shape}')
    stored = dataset.id.get_storage_size()
    if dataset.external or dataset.is_virtual or dataset.nbytes > stored * LARGEST_RATIO + SPARE:
        raise DataError(f'the values of "{path}" are not stored in the file')
    array = np.asarray(dataset[()])
    if dataset.dtype.str == "|V2":
        # A bfloat16, which numpy does not know: the upper half of a float32.
        array = (array.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    if array.dtype.kind not in ("f" if "float" in weight.dtype else "iu"):
        raise DataError(f'"{path}" holds {array.dtype}, not numbers as {weight.dtype}')
    return array.astype(weight.dtype)
