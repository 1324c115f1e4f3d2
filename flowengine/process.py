"""Settings of a process that will train: memory and threads. Call it before torch is imported."""

from __future__ import annotations

import ctypes
import os
import sys
import time

LOOKS = 5

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


def prepare_process(*, threads: int | None = None, busy: bool | None = None) -> None:
    """Make this process train fast, as the command line does for its own: before torch is imported.

    ``fe.run`` never calls it: environment and memory of a process are its program's. A script that
    trains calls it first.

    Freed memory is kept, because each training step needs as much again: on Linux with glibc the
    activations of a step then cause no page faults. Elsewhere this does nothing.

    Args:
        threads: Number of threads for OpenMP; its own choice by default.
        busy: Whether other work wants the cores too; by default the machine is asked. Waiting
            threads then sleep instead of spinning, which is 1.4 times slower on a quiet machine
            and several times faster on a busy one.
    """
    _keep_freed_memory()
    if threads is not None:
        os.environ.setdefault("OMP_NUM_THREADS", str(threads))
    if is_machine_busy() if busy is None else busy:
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        os.environ.setdefault("GOMP_SPINCOUNT", "0")


def is_machine_busy() -> bool:
    """Return whether others want at least half of the cores at this moment.

    Asked several times within a few milliseconds. The load average would not do: it still counts
    the run that ended half a minute ago.
    """
    waiting = []
    for _ in range(LOOKS):
        waiting.append(_runnable_others())
        time.sleep(0.005)
    return sorted(waiting)[LOOKS // 2] >= 0.5 * (os.cpu_count() or 1)


def _runnable_others() -> int:
    """Return how many other threads of the machine run or wait for a core; 0 where none tells."""
    try:
        with open("/proc/loadavg") as file:
            return int(file.read().split()[3].partition("/")[0]) - 1
    except (OSError, ValueError, IndexError):
        return 0


def _keep_freed_memory() -> None:
    if sys.platform != "linux":
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    mallopt.argtypes = (ctypes.c_int, ctypes.c_int)
    mallopt(_M_MMAP_THRESHOLD, 1 << 30)
    mallopt(_M_TRIM_THRESHOLD, (1 << 31) - 1)
