"""The store: a record of every node run and the values that are worth keeping."""

from flowengine.store.record import Record
from flowengine.store.runs import RunInfo
from flowengine.store.store import Store

__all__ = ["Record", "RunInfo", "Store"]
