"""``flow.component``."""

from __future__ import annotations

from typing import Annotated, Any

from flowengine import File, Node, node


@node(title="Component", keywords=("subflow", "metanode", "block", "group"))
class Component(Node):
    """Use a workflow as a node.

    The workflow is held in line (keys ``nodes`` and ``connections`` beside ``type``) or in a file
    of its own (setting ``path``). Its ports are the ``flow.input`` and ``flow.output`` nodes
    inside, under their ids. A component whose ports are networks is a block of layers.
    """

    path: Annotated[str, File("read", suffixes=(".json",))] | None = None
    """File of the workflow, relative to this one; empty when it is held in line."""
    variables: dict[str, Any] = {}  # noqa: RUF012  # pydantic copies defaults
    """Values for variables of the workflow, in place of its own."""

    def execute(self) -> None:
        """Never called: the engine runs the nodes inside."""
