"""Ctrl-C while the command line is still being imported."""

from __future__ import annotations

import subprocess
import sys
from textwrap import dedent

import pytest

from flowengine.cli.interrupt import CANCELLED

PRESSED = """
import os, signal, sys

class Press:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Press())
{before}
import flowengine_command
sys.argv[1:] = ["packs"]
sys.exit(flowengine_command.main())
"""


def press(name: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run a short command; Ctrl-C comes when a module of that name is looked for."""
    program = dedent(PRESSED).format(name=name, before=before)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)


@pytest.mark.parametrize("name", ["flowengine", "pydantic", "flowengine.cli.main"])
def test_the_command_ends_quietly(name: str) -> None:
    done = press(name)
    assert (done.returncode, done.stdout, done.stderr) == (CANCELLED, "", "")


def test_later_it_is_the_commands_own_business() -> None:
    done = press("polars")
    assert done.returncode in (0, CANCELLED)
    assert "Traceback" not in done.stderr


def test_a_command_in_the_background_goes_on_ignoring_it() -> None:
    done = press("pydantic", "signal.signal(signal.SIGINT, signal.SIG_IGN)")
    assert done.returncode == 0, done.stderr
    assert "built in" in done.stdout or done.stdout
