"""What every test relies on: caches of its own, never those of the person who runs the tests."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from flowengine.data.cache import data_root


@pytest.fixture(scope="session", autouse=True)
def own_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        # fetched data is public and large: tests share it with everybody
        patch.setenv("FLOWENGINE_DATA", os.environ.get("FLOWENGINE_DATA") or str(data_root()))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
