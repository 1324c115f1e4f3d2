"""Values of this process, least recently used first out."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any

MISSING = object()
"""What ``get`` gives for a value that is not there; ``None`` may be a value."""


class ValueMemory:
    """Holds values up to a limit of bytes. Threads may share it.

    Args:
        limit: Bytes; what was used longest ago goes first.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._values: OrderedDict[tuple[str, str], tuple[Any, int]] = OrderedDict()
        self._ports: dict[str, set[str]] = {}
        self._bytes = 0

    @property
    def bytes(self) -> int:
        """Bytes held now."""
        return self._bytes

    def put(self, key: str, port: str, value: Any, size: int) -> None:
        """Hold a value; one that is larger than the limit is not held at all."""
        with self._lock:
            self._discard(key, port)
            if size > self.limit:
                return
            self._values[key, port] = (value, size)
            self._ports.setdefault(key, set()).add(port)
            self._bytes += size
            while self._bytes > self.limit:
                self._discard(*next(iter(self._values)))

    def get(self, key: str, port: str) -> Any:
        """Return a value, now the most recently used, or ``MISSING``."""
        with self._lock:
            item = self._values.get((key, port))
            if item is None:
                return MISSING
            self._values.move_to_end((key, port))
            return item[0]

    def has(self, key: str, port: str) -> bool:
        """Return whether a value is held."""
        with self._lock:
            return (key, port) in self._values

    def drop(self, key: str) -> None:
        """Let go of all values of a key."""
        if key not in self._ports:
            return
        with self._lock:
            for port in tuple(self._ports.get(key, ())):
                self._discard(key, port)

    def clear(self) -> None:
        """Let go of everything."""
        with self._lock:
            self._values.clear()
            self._ports.clear()
            self._bytes = 0

    def _discard(self, key: str, port: str) -> None:
        item = self._values.pop((key, port), None)
        if item is None:
            return
        self._bytes -= item[1]
        ports = self._ports[key]
        ports.discard(port)
        if not ports:
            del self._ports[key]
