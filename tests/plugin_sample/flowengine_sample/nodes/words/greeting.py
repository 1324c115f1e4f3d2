"""``sample.greeting``."""

from __future__ import annotations

from flowengine import Node, node

from .._text import shout


@node(title="Greeting", keywords=("hello",))
class Greeting(Node):
    """Greet somebody.

    The greeting can be loud.
    """

    name: str = "world"
    """Who is greeted."""
    loud: bool = False
    """Whether it is written in capitals."""

    def configure(self) -> str:
        return "str"

    def execute(self) -> str:
        text = f"Hello, {self.name}!"
        return shout(text) if self.loud else text
