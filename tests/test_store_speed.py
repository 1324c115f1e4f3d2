"""Speed of the store, guarded at ten times the bar because the machine may be busy."""

from __future__ import annotations

import time

from support.store_cases import (
    VARIABLE,
    Open,
    record,
)

pytest_plugins = ["support.store_fixtures"]


def test_a_thousand_records_are_saved_and_found_quickly(open_store: Open) -> None:
    records = [record(f"{number:064x}", summary={"out": {"rows": 1}}) for number in range(1000)]
    with open_store() as store:
        begin = time.perf_counter()
        for item in records:
            store.save(item, {"out": (VARIABLE, 1)})
        store.flush()
        saving = time.perf_counter() - begin
    store = open_store()
    begin = time.perf_counter()
    found = store.lookup([item.key for item in records])
    finding = time.perf_counter() - begin
    assert len(found) == 1000
    # Ten times the bar of 0.1 ms a row and 20 ms in all: the machine may be busy.
    assert saving < 1.0
    assert finding < 0.2
