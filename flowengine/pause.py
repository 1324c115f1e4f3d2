"""Sparing Python's search for reference cycles what cannot be garbage.

A plan is hundreds of thousands of objects that all stay. Searching them again and again takes more
time than making them, and more than scheduling their nodes.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused_collection() -> Iterator[None]:
    """Make many objects that stay; the search goes on afterwards, if it was on before.

    What was made is then as old to it as everything that has lasted. As young objects the first
    search would go through all of them, far from the processor's cache: 30 µs a node of a plan.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if gc.get_freeze_count() == 0:
                gc.freeze()
                gc.unfreeze()
            gc.enable()


@contextmanager
def settled_objects() -> Iterator[None]:
    """Leave all objects that are there now out of the search; new ones are searched as ever.

    Where a program has settled its own objects, nothing is done: undoing it would undo theirs too.
    """
    is_mine = gc.get_freeze_count() == 0
    if is_mine:
        gc.freeze()
    try:
        yield
    finally:
        if is_mine:
            gc.unfreeze()
