"""A process that computes one key unless another does: ``store_claimant.py FOLDER KEY SECONDS``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from store_writer import BYTES, no_layer

from flowengine.store import Record, Store


def main(folder: Path, key: str, seconds: float) -> None:
    """Print ``claimed`` and ``computed``, or ``found`` where another process was first."""
    with Store(folder, no_layer) as store:
        while True:
            claimed = store.claim(key)
            if store.lookup([key]):
                print("found", flush=True)
                return
            if claimed:
                break
            time.sleep(0.01)
        print("claimed", flush=True)
        time.sleep(seconds)
        store.save(Record(key, key, "test.bytes"), {"out": (BYTES, b"value")})
        print("computed", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
