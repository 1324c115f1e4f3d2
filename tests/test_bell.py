from __future__ import annotations

import subprocess
import sys
import threading

from flowengine.running.bell import Bell


def test_waiting_ends_when_it_rings() -> None:
    bell = Bell()
    assert not bell.wait(0.01)
    threading.Timer(0.05, bell.set).start()
    assert bell.wait(10)
    bell.set()
    assert bell.is_set() and bell.wait(0)


def test_an_interrupt_at_any_moment_leaves_it_working() -> None:
    code = """
import random, signal
from flowengine.running.bell import Bell

def interrupt(*_):
    raise KeyboardInterrupt

signal.signal(signal.SIGALRM, interrupt)
for _ in range(500):
    bell = Bell()
    try:
        signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0001, 0.002))
        while True:
            bell.wait(0.0001)
    except KeyboardInterrupt:
        bell.set()
        assert bell.wait(0)
print("whole")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "whole", done.stderr
