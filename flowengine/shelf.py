"""The values of a run that somebody still needs; the others are let go."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any

from flowengine.expansion import Source
from flowengine.plan import Plan
from flowengine.store import Store


class Shelf:
    """Holds a value from when it is made, or first asked for, until its last taker is done."""

    def __init__(self, plan: Plan, store: Store) -> None:
        self._plan = plan
        self._store = store
        self._values: dict[Source, Any] = {}
        self._takers: Counter[Source] = Counter()
        self._lock = threading.Lock()

    def expect(self, sources: Iterable[Source]) -> None:
        """Count one more taker for each of these values."""
        with self._lock:
            self._takers.update(sources)

    def takers(self, source: Source) -> int:
        """Return how many still need a value."""
        return self._takers[source]

    def put(self, source: Source, value: Any) -> None:
        """Hold a value if anybody needs it."""
        with self._lock:
            if self._takers[source] > 0:
                self._values[source] = value

    def get(self, source: Source) -> Any:
        """Return a value, from the store where it is not held."""
        with self._lock:
            if source in self._values:
                return self._values[source]
        planned = self._plan.nodes[source.path]
        port = planned.signature.outputs[source.port]
        value = self._store.load(planned.key or "", source.port, port.type)
        self.put(source, value)
        return value

    def let_go(self, source: Source) -> None:
        """Count one taker less; the last one takes the value from memory."""
        with self._lock:
            self._takers[source] -= 1
            if self._takers[source] > 0:
                return
            self._values.pop(source, None)
            planned = self._plan.nodes[source.path]
            others = (Source(source.path, port) for port in planned.signature.outputs)
            if planned.key is not None and all(self._takers[item] <= 0 for item in others):
                self._store.release(planned.key)

    def lacks(self, path: str) -> bool:
        """Return whether a value of a node is needed that the store does not have."""
        planned = self._plan.nodes[path]
        return any(
            self._takers[Source(path, port)] > 0
            and not self._store.has_value(planned.key or "", port)
            for port in planned.signature.outputs
        )
