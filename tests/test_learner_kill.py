"""A learner killed with -9 and run again ends with the weights of one that was left alone."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SUPPORT = Path(__file__).parent / "support"
KILLS = int(os.environ.get("FLOWENGINE_SOAK_LEARNER_KILLS", "3"))
EPOCHS = 12 * (KILLS + 1)


def start(child: str, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(SUPPORT / child), str(folder), str(EPOCHS)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def finish(child: str, folder: Path) -> Any:
    output, _ = start(child, folder).communicate()
    return json.loads(output.splitlines()[-1])


def kill_while_training(name: str, folder: Path, seconds: float) -> bool:
    """Kill a learner some time after its training began; return whether it was still at work."""
    child = start(name, folder)
    assert child.stdout is not None
    child.stdout.readline()
    time.sleep(seconds)
    child.kill()
    child.communicate()
    return child.returncode == -9


@pytest.mark.slow
@pytest.mark.timeout(120 + 30 * KILLS)
@pytest.mark.parametrize("child", ["learner_child.py", "gan_child.py"])
def test_a_killed_learner_ends_with_the_weights_of_one_left_alone(
    tmp_path: Path, child: str
) -> None:
    expected = finish(child, tmp_path / "whole")
    rng = random.Random()
    moments = [rng.uniform(0.0, 1.0) for _ in range(KILLS)]
    killed = [kill_while_training(child, tmp_path / "killed", moment) for moment in moments]
    assert all(killed), f"only {sum(killed)} of {KILLS} were still at work"
    assert finish(child, tmp_path / "killed") == expected, f"killed after {moments} seconds"
    assert not list((tmp_path / "killed" / "checkpoints").glob(".writing-*"))
