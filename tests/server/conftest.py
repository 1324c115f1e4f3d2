"""A running server on a workspace that every test finds empty."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.client import Client
from support.engine import NODES, document
from support.ui import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server on a workspace, with the nodes of the tests."""
    server = Server(tmp_path_factory.mktemp("work"), "--nodes", str(NODES))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def folder(server: Server) -> Path:
    """Return the workspace, emptied; only the store stays."""
    for path in server.workspace.iterdir():
        if path.is_dir() and path.name != ".flowengine":
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    shutil.rmtree(server.workspace / ".flowengine/trash", ignore_errors=True)
    return server.workspace


@pytest.fixture
def client(server: Server, folder: Path) -> Client:
    """Return somebody with the token."""
    return Client(server)


@pytest.fixture
def put(folder: Path) -> Callable[..., Path]:
    """Put a workflow into the workspace: file, nodes, connections and the rest."""

    def write(file: str, nodes: Any, connections: Any = (), **rest: Any) -> Path:
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document(nodes, connections, **rest)))
        return path

    return write
