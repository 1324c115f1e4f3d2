from __future__ import annotations

import os
import signal
import sys
from typing import Literal

from flowengine import Node, node


@node(title="Die")
class Die(Node):
    """End the process, or try to."""

    how: Literal["kill", "exit", "hard"] = "kill"
    """In which way."""

    def execute(self) -> int:
        if self.how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif self.how == "hard":
            os._exit(7)
        sys.exit(3)
