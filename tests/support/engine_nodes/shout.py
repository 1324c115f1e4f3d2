from __future__ import annotations

import os
import subprocess
import sys

from flowengine import Node, node


@node(title="Shout")
class Shout(Node):
    """Print, warn and log in every way there is."""

    def execute(self) -> int:
        print("printed by a node")
        print("an error of a node", file=sys.stderr)
        os.write(1, b"written by a node\n")
        subprocess.run([sys.executable, "-c", "print('printed by a child')"], check=True)
        return 1
