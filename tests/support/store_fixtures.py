"""The fixture that tests of the store use: ``pytest_plugins = ["support.store_fixtures"]``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.store_cases import Open, no_layer

from flowengine.store import Store


@pytest.fixture
def open_store(tmp_path: Path) -> Iterator[Open]:
    """Open stores on one folder, as often as a test likes, and close them after it."""
    stores: list[Store] = []

    def open_one(**options: Any) -> Store:
        stores.append(Store(tmp_path / ".flowengine", no_layer, **options))
        return stores[-1]

    yield open_one
    for store in stores:
        store.close()
