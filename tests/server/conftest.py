"""A running server on a workspace of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.client import Client
from support.engine import NODES, document
from support.ui import Server

PAUSE = {"wait": ("local.pause", {"seconds": 0.2}), "table": "local.table"}
ENDLESS = {"wait": ("local.pause", {"seconds": 300.0})}
TRAIN = {"train": ("local.train", {"epochs": 40, "seconds": 0.1})}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an empty workspace."""
    made = tmp_path / "work"
    made.mkdir()
    return made


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    """Return a server on the workspace, with the nodes of the tests."""
    server = Server(folder, "--nodes", str(NODES))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def client(server: Server) -> Client:
    """Return somebody with the token."""
    return Client(server)


@pytest.fixture
def put(folder: Path) -> Any:
    """Put a workflow into the workspace."""

    def write(name: str, nodes: Any, connections: Any = (), **rest: Any) -> Path:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document(nodes, connections, **rest)))
        return path

    return write
