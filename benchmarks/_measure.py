"""What the benchmarks share: processes of their own, interleaved turns, medians with ranges."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FLOWENGINE = str(Path(sys.executable).with_name("flowengine"))

_SETTINGS_OF_OTHERS = ("OMP_", "GOMP_", "KMP_", "MKL_", "MALLOC_", "PYTHONDONTWRITEBYTECODE")
_SAMPLE_SECONDS = 0.02
_KINDS = {"RssAnon": "anonymous", "RssFile": "file"}


@dataclass(frozen=True)
class Turn:
    """One process from its start to its end.

    Args:
        seconds: By the clock.
        cpu: Seconds of processor time.
        peak: Largest resident set in MB, as the system counted it.
        parts: Largest ``anonymous`` and ``file`` part of it in MB, sampled every 20 ms.
        output: What it printed.
    """

    seconds: float
    cpu: float
    peak: float
    parts: Mapping[str, float]
    output: str


@dataclass
class _Sampler:
    """Looks at the memory of a process until it ends. Linux only; elsewhere it sees nothing."""

    pid: int
    parts: dict[str, float] = field(default_factory=lambda: dict.fromkeys(_KINDS.values(), 0.0))

    def watch(self, has_ended: threading.Event) -> None:
        while not has_ended.wait(_SAMPLE_SECONDS):
            try:
                lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
            except OSError:
                return
            for line in lines:
                if part := _KINDS.get(line.partition(":")[0]):
                    self.parts[part] = max(self.parts[part], int(line.split()[1]) / 1024)


def take_turn(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Turn:
    """Run a command in an environment without anybody's settings and measure it.

    Raises:
        RuntimeError: It failed.
    """
    own = {k: v for k, v in os.environ.items() if not k.startswith(_SETTINGS_OF_OTHERS)}
    has_ended = threading.Event()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        started = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, env={**own, **(environment or {})}, stdout=out, stderr=complaints
        )
        sampler = _Sampler(process.pid)
        watcher = threading.Thread(target=sampler.watch, args=(has_ended,))
        watcher.start()
        # wait4 and not communicate(): it alone tells what this one process has used.
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        has_ended.set()
        watcher.join()
        out.seek(0)
        complaints.seek(0)
        if process.returncode:
            raise RuntimeError(f"{command} failed:\n{complaints.read().decode()[-2000:]}")
        return Turn(
            seconds, usage.ru_utime + usage.ru_stime, _megabytes(usage), sampler.parts,
            out.read().decode(),
        )  # fmt: skip


def interleaved(
    sides: Mapping[str, Callable[[], Turn]], turns: int, *, say: bool = True
) -> dict[str, list[Turn]]:
    """Let the sides take turns, A B A B …, and return the turns of each."""
    taken: dict[str, list[Turn]] = {name: [] for name in sides}
    for number in range(turns):
        for name, side in sides.items():
            turn = side()
            taken[name].append(turn)
            if say:
                print(
                    f"turn {number + 1}: {name} {turn.seconds:.2f} s, {turn.peak:.0f} MB",
                    file=sys.stderr,
                )
    return taken


def spread(values: Iterable[float], unit: str, digits: int = 3) -> str:
    """Return the median and the range as text."""
    values = list(values)
    low, middle, high = (
        f"{value:.{digits}g}" if abs(value) < 10 ** (digits - 1) else f"{value:.0f}"
        for value in (min(values), statistics.median(values), max(values))
    )
    return f"{middle} {unit} ({low}–{high})"


def verdict(*, met: bool) -> str:
    """Return what is said of a bar."""
    return "met" if met else "MISSED"


def machine() -> str:
    """Return the machine in words."""
    model = "unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{os.cpu_count()} cores, {model}, Python {sys.version.split()[0]}{load}"


def _megabytes(usage: resource.struct_rusage) -> float:
    # Linux counts kilobytes, macOS bytes.
    return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
