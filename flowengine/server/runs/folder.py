"""The folder of a run: what was wished for, the workflow as it was, orders on the way, the log."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from flowengine.blobs import write_atomically
from flowengine.store_folder import DOCUMENT

REQUEST, CONTROL, LOG = "request.json", "control", "log"
CANCEL, STOP = "cancel", "stop"

RUN_ID = re.compile(r"[0-9a-f]{32}")


class Order(BaseModel):
    """What a run is to do.

    Args:
        workflow: The workflow's own file, where its relative paths start.
        workspace: Folder of the workspace.
        nodes: Loose folders of nodes.
        until: Nodes to run until; empty: everything.
        keep: Nodes whose values must be there afterwards.
        fresh: Whether to compute everything anew.
        queued: Nodes that have to run, as far as was known when it was wished for.
    """

    model_config = ConfigDict(frozen=True)

    workflow: str
    workspace: str
    nodes: tuple[str, ...] = ()
    until: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    fresh: bool = False
    queued: tuple[str, ...] = ()


class RunFolder:
    """The folder of one run.

    Args:
        path: The folder; its name is the run's id.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def id(self) -> str:
        """Id of the run."""
        return self.path.name

    @property
    def document(self) -> Path:
        """The workflow as it was."""
        return self.path / DOCUMENT

    @property
    def log(self) -> Path:
        """What the process printed."""
        return self.path / LOG

    def make(self, order: Order, document: bytes) -> None:
        """Make the folder of a new run."""
        self.path.mkdir(mode=0o700, parents=True)
        self.document.write_bytes(document)
        write_atomically(self.path / REQUEST, order.model_dump_json().encode())

    def order(self) -> Order:
        """Return what the run is to do."""
        return Order.model_validate_json((self.path / REQUEST).read_bytes())

    @property
    def is_ours(self) -> bool:
        """Whether a run of the editor has this folder, so that it hears orders."""
        return (self.path / REQUEST).is_file()

    def tell(self, *words: str) -> None:
        """Add an order for the process."""
        with (self.path / CONTROL).open("a", encoding="utf-8") as file:
            file.write(f"{' '.join(words)}\n")

    def orders(self, seen: int) -> Iterator[list[str]]:
        """Yield the orders after the first ``seen``, as words; a line half written is none yet."""
        try:
            text = (self.path / CONTROL).read_text("utf-8")
        except FileNotFoundError:
            return
        for line in text.split("\n")[:-1][seen:]:
            yield line.split(" ", 1)
