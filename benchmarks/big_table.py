"""A CSV file of 6 GB through read, filter and write, with at most 1 GB of anonymous memory.

The workflow is ``io.file_reader`` → ``table.row_filter`` → ``io.csv_writer``; half the rows stay.
Anonymous memory is what the system cannot take back; it is sampled every 20 ms. The peer is polars
alone: ``scan_csv(…).filter(…).sink_csv(…)``. The file is made first and deleted at the end, with
what was written: 14 GB of disk are needed.

Run: ``python benchmarks/big_table.py [--gigabytes 6] [--turns 1] [--folder DIR]``.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from _measure import FLOWENGINE, Turn, interleaved, machine, spread, take_turn, verdict

BAR_MEGABYTES = 1000
BLOCK_ROWS = 500_000


def make(path: Path, size: int) -> int:
    """Write a CSV file of at least ``size`` bytes and return its number of rows."""
    import numpy as np
    import polars as pl

    rng = np.random.default_rng(0)
    names = pl.Series([f"customer {number:06}" for number in range(10_000)])
    rows = 0
    with path.open("wb") as file:
        while file.tell() < size:
            block = pl.DataFrame(
                {
                    "id": np.arange(rows, rows + BLOCK_ROWS),
                    "name": names.gather(rng.integers(0, len(names), BLOCK_ROWS)),
                    "amount": rng.normal(100, 20, BLOCK_ROWS),
                    "score": rng.random(BLOCK_ROWS),
                    "city": names.str.slice(9).gather(rng.integers(0, len(names), BLOCK_ROWS)),
                    "count": rng.integers(0, 1000, BLOCK_ROWS),
                    "day": np.datetime64("2020-01-01") + rng.integers(0, 2000, BLOCK_ROWS),
                }
            )
            block.write_csv(file, include_header=rows == 0)
            rows += BLOCK_ROWS
    return rows


def workflow() -> str:
    return json.dumps(
        {
            "flowengine": 1,
            "name": "A big table",
            "nodes": {
                "reader": {"type": "io.file_reader", "settings": {"path": "big.csv"}},
                "filter": {
                    "type": "table.row_filter",
                    "settings": {"column": "count", "operator": "<", "value": 500},
                },
                "writer": {"type": "io.csv_writer", "settings": {"path": "ours.csv"}},
            },
            "connections": [
                {"from": "reader.out", "to": "filter.table"},
                {"from": "filter.out", "to": "writer.table"},
            ],
        }
    )


def ours(folder: Path) -> Turn:
    shutil.rmtree(folder / ".flowengine", ignore_errors=True)
    command = [FLOWENGINE, "run", str(folder / "big.json"), "--workspace", str(folder), "--json"]
    return take_turn(command, cwd=folder)


def peer(folder: Path) -> Turn:
    code = (
        "import polars as pl; pl.scan_csv('big.csv', try_parse_dates=True)"
        ".filter(pl.col('count') < 500).sink_csv('theirs.csv')"
    )
    return take_turn([sys.executable, "-c", code], cwd=folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gigabytes", type=float, default=6)
    parser.add_argument("--turns", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary folder by default")
    options = parser.parse_args()
    with TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        rows = make(folder / "big.csv", int(options.gigabytes * 1e9))
        (folder / "big.json").write_text(workflow())
        taken = interleaved(
            {"flowengine": lambda: ours(folder), "polars": lambda: peer(folder)}, options.turns
        )
        written = {one: (folder / f"{one}.csv").stat().st_size for one in ("ours", "theirs")}
    print(
        f"{options.gigabytes:g} GB of CSV, {rows:,} rows, read → filter → write, "
        f"{options.turns} turn(s); {machine()}"
    )
    for side, turns in taken.items():
        parts = ", ".join(
            f"{part} {spread((turn.parts[part] for turn in turns), 'MB')}"
            for part in ("anonymous", "file")
        )
        print(f"  {side}: {spread((turn.seconds for turn in turns), 's')}; largest {parts}")
    print(f"  bytes written: {written['ours']:,} and {written['theirs']:,}")
    worst = max(turn.parts["anonymous"] for turn in taken["flowengine"])
    print(f"  bar {BAR_MEGABYTES:,} MB of anonymous memory {verdict(met=worst <= BAR_MEGABYTES)}")


if __name__ == "__main__":
    main()
