"""Checkpoints: all a training needs to continue, in one safetensors file, complete or absent."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowengine.blobs import write_atomically

if TYPE_CHECKING:
    from torch import Tensor

KEEP = 2
"""Checkpoints that stay: the newest, and one before it in case that is damaged."""

SHARE = 0.02
"""Part of the time that writing checkpoints may take."""

PAUSE = 2.0
"""Seconds between two checkpoints, at least."""


@dataclass(frozen=True)
class Checkpoint:
    """Tensors and JSON facts of a training at one moment."""

    tensors: dict[str, Tensor]
    facts: dict[str, Any]

    def part(self, prefix: str) -> dict[str, Tensor]:
        """Return the tensors below ``prefix/``, without it."""
        start = f"{prefix}/"
        return {
            name.removeprefix(start): tensor
            for name, tensor in self.tensors.items()
            if name.startswith(start)
        }


class Checkpoints:
    """The checkpoints of one training, in a folder.

    Args:
        folder: Where they lie; ``None`` keeps none.
        clock: Tells the time in seconds.
    """

    def __init__(self, folder: Path | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self._clock = clock
        self._written = clock()
        self._cost = 0.0

    def newest_first(self, warn: Callable[[str], None]) -> Iterator[Checkpoint]:
        """Yield the checkpoints; damaged ones are left aside with a warning.

        What a killed process had only begun to write is removed.
        """
        for path in self.folder.glob(".writing-*") if self.folder else ():
            path.unlink(missing_ok=True)
        for path in reversed(self._files()):
            checkpoint = _read(path)
            if checkpoint is None:
                warn(f"the checkpoint {path.name} is damaged and was left aside")
            else:
                yield checkpoint

    def is_due(self, *, soon: bool = False) -> bool:
        """Return whether it is time for the next one.

        Args:
            soon: This is a good moment (the end of an epoch); only the cost is looked at.
        """
        if self.folder is None:
            return False
        pause = self._cost / SHARE
        return self._clock() - self._written >= (pause if soon else max(pause, PAUSE))

    @property
    def is_cheap(self) -> bool:
        """Whether one more can be written while a person waits for the training to end."""
        return self._cost < 0.2

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint and remove old ones."""
        if self.folder is None:
            return
        from flowengine.nn.tensor_file import tensor_parts

        start = self._clock()
        parts = tensor_parts(checkpoint.tensors, {"checkpoint": json.dumps(checkpoint.facts)})
        files = self._files()
        number = int(files[-1].name.partition("-")[0]) + 1 if files else 1
        path = self.folder / f"{number:08d}-{_digest(*parts)}.safetensors"
        try:
            write_atomically(path, *parts)
        except FileNotFoundError:
            # another process goes on from the same folder: it took this for left behind by a kill
            write_atomically(path, *parts)
        for path in files[: len(files) - KEEP + 1]:
            path.unlink(missing_ok=True)
        self._written = self._clock()
        self._cost = self._written - start

    def _files(self) -> list[Path]:
        if self.folder is None or not self.folder.is_dir():
            return []
        # The number comes first in the name and has a fixed width, so names sort by age.
        return sorted(self.folder.glob("[0-9]*-*.safetensors"))


def _read(path: Path) -> Checkpoint | None:
    from safetensors import SafetensorError
    from safetensors.torch import load

    try:
        data = path.read_bytes()
        if path.stem.partition("-")[2] != _digest(data):
            return None
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        return Checkpoint(load(data), json.loads(header["__metadata__"]["checkpoint"]))
    except (OSError, ValueError, KeyError, TypeError, SafetensorError):
        return None


def _digest(*parts: bytes | memoryview) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()[:16]
