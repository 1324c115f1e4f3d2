"""Settings of a process that will train: memory and threads. Call it before torch is imported."""

from __future__ import annotations

import ctypes
import os
import sys

_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


def prepare_process(*, threads: int | None = None, busy: bool | None = None) -> None:
    """Make this process train fast; only for processes we start ourselves.

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
    """Return whether others have used more than half of the cores in the last minute."""
    if not hasattr(os, "getloadavg"):
        return False
    return os.getloadavg()[0] > 0.5 * (os.cpu_count() or 1)


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
