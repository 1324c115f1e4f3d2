"""What every test relies on: caches of its own, never those of the person who runs the tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from support.engine import NODES, flow
from support.runs import Run

import flowengine as fe
from flowengine.data.cache import data_root
from flowengine.running.result import Result

# A machine that does ten other things makes cases slow; that is no fault of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def own_caches(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        # fetched data is public and large: tests share it with everybody
        patch.setenv("FLOWENGINE_DATA", os.environ.get("FLOWENGINE_DATA") or str(data_root()))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(params=[0, 2], ids=["here", "workers"])
def run(request: pytest.FixtureRequest, tmp_path: Path) -> Run:
    """Run a workflow in the test's folder, on each executor."""

    def go(work: dict[str, Any], wires: Sequence[str] = (), **options: Any) -> Result:
        rest = {key: options.pop(key) for key in ("written", "seed") if key in options}
        if "written" in rest:
            rest["variables"] = rest.pop("written")
        options = {"workers": request.param, "workspace": tmp_path, "nodes": [NODES]} | options
        return fe.run(flow(work, wires, **rest), **options)

    return go


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Return what was executed since the last call."""
    path = tmp_path / "log.txt"
    monkeypatch.setenv("FLOWENGINE_TEST_LOG", str(path))

    def take() -> list[str]:
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        return lines

    return take


def pytest_make_parametrize_id(val: object) -> str | None:
    """Keep bytes out of names: gzip writes the time into them, and all workers need one name."""
    return "bytes" if isinstance(val, bytes) else None
