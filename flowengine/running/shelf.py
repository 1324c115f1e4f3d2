"""The values of a run that somebody still needs; the others are let go."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from typing import Any

from flowengine.planning.expansion import Source
from flowengine.planning.plan import Plan
from flowengine.store import Store

Place = tuple[str, str]
"""Key and port: two nodes with the same key have the same values."""


class Shelf:
    """Holds a value from when it is made, or first asked for, until its last taker is done."""

    def __init__(self, plan: Plan, store: Store) -> None:
        self._nodes = plan.nodes
        self._store = store
        self._values: dict[Place, Any] = {}
        self._takers: Counter[Place] = Counter()
        self._lock = threading.Lock()

    def expect(self, sources: Iterable[Source]) -> None:
        """Count one more taker for each of these values."""
        with self._lock:
            for source in sources:
                self._takers[self._place(source)] += 1

    def takers(self, source: Source) -> int:
        """Return how many still need a value."""
        return self._takers[self._place(source)]

    def put(self, source: Source, value: Any) -> None:
        """Hold a value if anybody needs it."""
        place = self._place(source)
        with self._lock:
            if self._takers[place] > 0:
                self._values[place] = value

    def get(self, source: Source) -> Any:
        """Return a value, from the store where it is not held."""
        place = self._place(source)
        with self._lock:
            if place in self._values:
                return self._values[place]
        port = self._nodes[source.path].signature.outputs[source.port]
        value = self._store.load(*place, port.type)
        self.put(source, value)
        return value

    def held(self, paths: Iterable[str]) -> dict[Source, Any]:
        """Return the values of nodes that are held now."""
        found = {}
        for path in paths:
            for port in self._nodes[path].signature.outputs:
                place = self._place(source := Source(path, port))
                if place in self._values:
                    found[source] = self._values[place]
        return found

    def let_go(self, sources: Iterable[Source]) -> None:
        """Count one taker less for each value; the last one takes it from memory."""
        with self._lock:
            for source in sources:
                place = self._place(source)
                self._takers[place] -= 1
                if self._takers[place] > 0:
                    continue
                self._values.pop(place, None)
                key = place[0]
                ports = self._nodes[source.path].signature.outputs
                if len(ports) == 1 or all(self._takers[key, port] <= 0 for port in ports):
                    self._store.release(key)

    def lacks(self, path: str) -> bool:
        """Return whether a value of a node is needed that the store does not have."""
        return any(
            self._takers[self._place(Source(path, port))] > 0
            and not self._store.has_value(*self._place(Source(path, port)))
            for port in self._nodes[path].signature.outputs
        )

    def _place(self, source: Source) -> Place:
        return (self._nodes[source.path].key or "", source.port)
