"""Speed of the store, by processor time, guarded at ten times the bar."""

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
        begin = time.process_time()
        for item in records:
            store.save(item, {"out": (VARIABLE, 1)})
        store.flush()
        saving = time.process_time() - begin
    store = open_store()
    begin = time.process_time()
    found = store.lookup([item.key for item in records])
    finding = time.process_time() - begin
    assert len(found) == 1000
    # Ten times the bar of 0.1 ms a row and 20 ms in all.
    assert saving < 1.0
    assert finding < 0.2
