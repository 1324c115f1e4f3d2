"""A process that writes values derived from their keys until it is killed, or ``COUNT`` of them.

``python store_writer.py FOLDER PREFIX [COUNT]`` prints a line when it begins to write. It stores a
port type of its own, so that it needs neither polars nor torch and starts quickly.
"""

from __future__ import annotations

import hashlib
import random
import sys
import time
from pathlib import Path
from typing import Any, BinaryIO

from flowengine.ports import LoadContext, PortType
from flowengine.store import Record, Store


class BytesPort(PortType):
    """Plain bytes."""

    id, shape, colour = "bytes", "square", "#000000"

    def accepts(self, hint: type) -> bool:
        return hint is bytes

    def size(self, value: bytes) -> int:
        return len(value)

    def write(self, value: bytes, target: BinaryIO) -> None:
        # With a pause in the middle, so that many a kill finds a file half written.
        half = len(value) // 2
        target.write(value[:half])
        target.flush()
        if half > 32_768:
            time.sleep(0.005)
        target.write(value[half:])

    def read(self, source: Path | bytes, context: LoadContext) -> bytes:
        return source if isinstance(source, bytes) else source.read_bytes()

    def summary(self, value: bytes) -> dict[str, Any]:
        return {"bytes": len(value)}


BYTES = BytesPort()


def values_of(key: str) -> dict[str, bytes]:
    """Return what belongs to a key: one to three values of 8 bytes to 1.5 MB.

    Each begins with its length, so that a file tells whether it is complete.
    """
    dice = random.Random(key)
    seed = hashlib.sha256(key.encode()).digest()
    sizes = [int(10 ** dice.uniform(1, 6.2)) for _ in range(dice.randint(1, 3))]
    return {
        f"out_{number}": size.to_bytes(8, "little") + (seed * (size // 32 + 1))[: size - 8]
        for number, size in enumerate(sizes)
    }


def no_layer(type_id: str, version: int, settings: dict[str, Any]) -> Any:
    raise AssertionError(f"no layer {type_id} is needed here")


def main(folder: Path, prefix: str, count: int = sys.maxsize) -> None:
    """Write; every third key is one that was written before."""
    store = Store(folder, no_layer)
    print("writing", flush=True)
    for number in range(count):
        key = f"{prefix}_{number}" if number % 3 else f"again_{number % 20}"
        values = {port: (BYTES, value) for port, value in values_of(key).items()}
        store.claim(key)
        store.save(Record(key, key, "test.bytes"), values, keep="always")
    store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
