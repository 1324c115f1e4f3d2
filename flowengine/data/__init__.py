"""Public data sets by name: where they come from, and the user's cache that keeps them.

Fetching is in ``flowengine.data.fetch``, so that knowing names and paths costs nothing.
"""

from __future__ import annotations

from flowengine.data.cache import data_path, data_root, verify
from flowengine.data.catalogue import CATALOGUE, DataSet, find, members

__all__ = [
    "CATALOGUE",
    "DataSet",
    "data_path",
    "data_root",
    "find",
    "members",
    "verify",
]
