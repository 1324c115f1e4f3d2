"""Files of other programs: what one is, told from its first bytes, and what helps.

Imports no torch; of a file no more than its beginning is read, of a zip its list of names.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from flowengine.errors import listing

SAVED_MODEL = "saved_model.pb"
SAFETENSORS_HEADER = 8
START = 512
"""Bytes that tell what a file is."""

KERAS_PARTS = ("config.json", "model.weights.h5")
SAVE_KERAS = 'load it where it was made and save it as one file: model.save("model.keras")'
SAVE_ORIGIN = 'save the model that it was made from: model.save("model.keras")'
SAVE_STATE = 'there save weights alone: torch.save(module.state_dict(), "weights.pt")'
UNPACK = "unpack it and name the file in it"

Told = tuple[str, str]
"""What a file is, and what helps."""

KERAS: Told = ("a model of Keras", 'the node "Keras Reader" reads it')
HDF5: Told = ("an HDF5 file, as Keras writes them", 'the node "Keras Reader" reads models in them')
OWN: Told = ("a network of flowengine", 'the node "Network Reader" reads it')
WEIGHTS: Told = (
    "a file of weights without the layers that they belong to",
    'the node "State Dict Reader" fills a network with them',
)
PYTORCH: Told = (
    "a file of PyTorch, whose layers are code",
    'build them of nodes, and the node "State Dict Reader" fills them with what '
    'torch.save(module.state_dict(), "weights.pt") saved',
)
TORCHSCRIPT: Told = ("a program of TorchScript, and code in files is never executed", SAVE_STATE)
PICKLE: Told = (
    "a pickle of Python, which is code, and code in files is never executed",
    "save the model in its library's own format, such as .keras or .safetensors",
)
SAVED: Told = ("a SavedModel of TensorFlow, which is a folder with a program in it", SAVE_KERAS)
UNZIPPED: Told = ("a folder of Keras (zipped=False)", SAVE_KERAS)
FOLDER: Told = ("a folder, no file", "name a file in it")
PART: Told = (f"part of {SAVED[0]}", SAVE_KERAS)
GRAPH: Told = ("a graph of TensorFlow, which is a program", SAVE_ORIGIN)
CHECKPOINT: Told = (
    "part of a checkpoint of TensorFlow, which holds weights without the model they belong to",
    SAVE_KERAS,
)
ONNX: Told = (
    "a model in ONNX, which is written here and not read",
    f'{SAVE_ORIGIN} (PyTorch: torch.save(module.state_dict(), "weights.pt"))',
)
DESCRIPTION: Told = ("the description of a model, without its weights", SAVE_ORIGIN)

SIGNS: tuple[tuple[int, bytes, Told], ...] = (
    (0, b"\x89HDF\r\n\x1a\n", HDF5),
    (4, b"TFL3", ("a model of TensorFlow Lite, which only runs", SAVE_ORIGIN)),
    (0, b"GGUF", ("a language model for llama.cpp", "no node here reads those")),
    (0, b"\x80\x02\x8a\x0al\xfc\x9c\x46", PYTORCH),
    (0, b"\x93NUMPY", ("an array of numpy", "the layers it belongs to are not in it")),
    (0, b"\x1f\x8b", ("a packed file (gzip)", UNPACK)),
    (0, b"BZh", ("a packed file (bzip2)", UNPACK)),
    (0, b"\xfd7zXZ", ("a packed file (xz)", UNPACK)),
    (0, b"7z\xbc\xaf", ("a packed file (7z)", UNPACK)),
    (257, b"ustar", ("a packed file (tar)", UNPACK)),
    (
        0,
        b"version https://git-lfs",
        ("a note of Git that stands in place of the file", "fetch the file itself: git lfs pull"),
    ),
)
"""Where which bytes stand, and what they tell."""

PICKLED = re.compile(rb"\x80[\x02-\x05]")
PAGE = re.compile(rb"\s*<(!doctype html|html)", re.IGNORECASE)
CHECKPOINTS = re.compile(r".*\.(index|data-\d+-of-\d+|ckpt)|checkpoint")


def foreign_kind(path: Path) -> Told | None:
    """Return what a file or folder is and what helps, where another reader or program is meant.

    Raises:
        OSError: It cannot be read.
    """
    if path.is_dir():
        if all((path / part).exists() for part in KERAS_PARTS):
            return UNZIPPED
        return SAVED if (path / SAVED_MODEL).exists() else FOLDER
    with path.open("rb") as file:
        start = file.read(START)
    if not start:
        return "an empty file", "copy or download it again"
    for place, sign, told in SIGNS:
        if start[place : place + len(sign)] == sign:
            return told
    if start[:2] == b"PK":
        return _zipped(path)
    length = int.from_bytes(start[:SAFETENSORS_HEADER], "little")
    if start[SAFETENSORS_HEADER:][:1] == b"{" and length < path.stat().st_size:
        return OWN if b"flowengine.network" in start else WEIGHTS
    return _by_text(start) or _by_name(path) or (PICKLE if PICKLED.match(start) else None)


def _by_text(start: bytes) -> Told | None:
    if PAGE.match(start):
        return "a page of the web, and not the file that its address promised", "download it again"
    if start[:1] == b"{" and b'"modelTopology"' in start:
        return "a model of TensorFlow.js", SAVE_ORIGIN
    is_model = start[:1] == b"{" and b'"class_name"' in start
    return DESCRIPTION if is_model else None


def _by_name(path: Path) -> Told | None:
    if path.name == SAVED_MODEL:
        return PART
    if CHECKPOINTS.fullmatch(path.name):
        return CHECKPOINT
    return {".onnx": ONNX, ".pb": GRAPH}.get(path.suffix)


def _zipped(path: Path) -> Told | None:
    """Return what a zip file is; ``None`` where it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    ends = [name.rpartition("/")[2] for name in names]
    if any(part in names for part in KERAS_PARTS):
        return KERAS
    if "data.pkl" in ends:
        return TORCHSCRIPT if any("/code/" in name for name in names) else PYTORCH
    if all(part in ends for part in KERAS_PARTS):
        what = "a Keras file that was packed again, with a folder around its parts"
        return what, f"put {listing(KERAS_PARTS)} and the rest into a zip file without a folder"
    if names and all(name.endswith(".npy") for name in names):
        return "a file of numpy's arrays", "the layers they belong to are not in it"
    models = [name for name in names if name.endswith((".keras", ".h5", ".safetensors"))]
    if models:
        return f'a zip file with "{models[0]}" in it', UNPACK
    return f"a zip file with {listing(names)} in it" if names else "an empty zip file", UNPACK


def foreign_sentence(path: Path, *, own: tuple[Told, ...]) -> str | None:
    """Return what a file is and what helps, in a sentence; ``None`` where that is not known.

    Args:
        path: The file or folder.
        own: What the reader reads itself, so that such files are not sent elsewhere.
    """
    try:
        told = foreign_kind(path)
    except OSError:
        return None
    if told is None or told in own:
        return None
    return f'"{path.name}" is {told[0]}; {told[1]}'
