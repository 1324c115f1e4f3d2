"""Devices, threads and torch's global random state, borrowed and given back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowengine.errors import ConfigureError

if TYPE_CHECKING:
    import torch
    from torch import Tensor


def torch_device(name: str) -> torch.device:
    """Return the device of that name; ``auto`` is the fastest that is there.

    Raises:
        ConfigureError: This machine has no such device.
    """
    import torch

    if name == "auto":
        has_metal = torch.backends.mps.is_available()
        name = "cuda" if torch.cuda.is_available() else "mps" if has_metal else "cpu"
    if name == "cuda" and not torch.cuda.is_available():
        raise ConfigureError('there is no device "cuda" here; use "cpu"')
    if name == "mps" and not torch.backends.mps.is_available():
        raise ConfigureError('there is no device "mps" here; use "cpu"')
    return torch.device(name)


@contextmanager
def borrowed_torch(device: torch.device, *, threads: int, seed: int) -> Iterator[None]:
    """Set torch's threads and random state for a while; leave both as they were."""
    import torch

    forked = [device] if device.type == "cuda" else []
    with borrowed_threads(threads), torch.random.fork_rng(devices=forked):
        torch.manual_seed(seed)
        yield


@contextmanager
def borrowed_threads(threads: int) -> Iterator[None]:
    """Set the number of torch's threads for a while."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def random_state(device: torch.device) -> dict[str, Tensor]:
    """Return torch's random state, by the device it belongs to."""
    import torch

    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    return states


def restore_random_state(states: dict[str, Tensor], device: torch.device) -> None:
    """Set torch's random state to what ``random_state`` returned."""
    import torch

    torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)


def surroundings(device: torch.device) -> dict[str, Any]:
    """Return what, beside the data, decides the last bit of a result."""
    import torch

    return {
        "torch": torch.__version__,
        "device": device.type,
        "threads": torch.get_num_threads(),
    }


def free_memory(device: torch.device) -> int | None:
    """Return the bytes that are free on a device; ``None`` where that is not known."""
    import torch

    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(free)
    if device.type == "mps":
        return torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()
    return _free_main_memory()


def _free_main_memory() -> int | None:
    amounts = [_meminfo("MemAvailable"), _group_memory()]
    known = [amount for amount in amounts if amount is not None]
    return min(known, default=None)


def _meminfo(name: str) -> int | None:
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return None
    for line in text.splitlines():
        key, _, value = line.partition(":")
        if key == name:
            return int(value.split()[0]) * 1024
    return None


def _group_memory() -> int | None:
    """Return what a container's limit leaves free."""
    folder = Path("/sys/fs/cgroup")
    try:
        limit = int((folder / "memory.max").read_text(encoding="ascii"))
        used = int((folder / "memory.current").read_text(encoding="ascii"))
        facts = (folder / "memory.stat").read_text(encoding="ascii").split()
        # Pages of files are given back when memory is wanted.
        cached = int(facts[facts.index("inactive_file") + 1])
    except (OSError, ValueError):
        return None
    return limit - used + cached
