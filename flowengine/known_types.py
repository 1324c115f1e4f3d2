"""What is kept of node types between processes: the metadata of those that have not changed.

Describing a type needs its class, and all classes together take seconds to import. An entry stands
while no file of its pack and of the engine has changed. After a change of some files, the types
that import none of them stand all the same; after one of the engine's words, no type does.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from functools import cached_property
from pathlib import Path
from typing import Any

import pydantic

import flowengine
from flowengine.cache import read_cache, write_cache
from flowengine.fingerprint import code_reader
from flowengine.packs import LOCAL, Pack, python_files, stamp_of

CATALOGUE = "catalogue.json"

_ENGINE = Path(flowengine.__file__).parent
_WORDS = ("flowengine.info", "flowengine.layer")
"""What describes a type, and what a type's class is made of: on these modules all depend."""


class KnownTypes:
    """The metadata kept by earlier processes, pack by pack."""

    def __init__(self) -> None:
        self._cached = read_cache(CATALOGUE)
        self._engine = {"pydantic": pydantic.VERSION, **_stamps(python_files(_ENGINE))}
        self._changed = _differences(self._cached.get("engine"), self._engine)
        known = self._cached.get("packs")
        self._packs: dict[str, Any] = known if isinstance(known, dict) else {}
        self._fresh: dict[str, Any] = {}

    def entry(self, pack: Pack) -> dict[str, Any] | None:
        """Return ``infos`` and ``problems`` of a pack, ``None`` where anything has changed."""
        entry = self._packs.get(pack.prefix)
        # a loose folder is somebody's work in progress: never keep it
        if entry is None or pack.prefix == LOCAL or self._changed != set():
            return None
        return dict(entry) if entry["stamps"] == _stamps(pack.sources()) else None

    def unchanged(self, pack: Pack) -> dict[str, dict[str, Any]]:
        """Return the metadata that stands, by type, of a pack that has changed."""
        entry = self._packs.get(pack.prefix)
        if entry is None or pack.prefix == LOCAL or self._has_new_words:
            return {}
        changed = _differences(entry["stamps"], _stamps(pack.sources()))
        if changed is None or self._changed is None:
            return {}
        changed |= self._changed
        modules = {f"{pack.prefix}.{stem}": file.module for stem, file in pack.files.items()}
        return {
            info["type"]: info
            for info in entry["infos"]
            if info["type"] in modules and not _takes(modules[info["type"]], changed)
        }

    def keep(self, pack: Pack, infos: list[dict[str, Any]], problems: list[str]) -> None:
        """Keep what was found for the next process."""
        if pack.prefix != LOCAL:
            stamps = _stamps(pack.sources())
            self._fresh[pack.prefix] = {"stamps": stamps, "infos": infos, "problems": problems}

    def save(self) -> None:
        """Write what is new. Entries of packs that were not looked at go if the engine is new."""
        if self._fresh:
            others = self._packs if self._changed == set() else {}
            packs = {**others, **self._fresh}
            write_cache(CATALOGUE, {"engine": self._engine, "packs": packs})
            code_reader().save()

    @cached_property
    def _has_new_words(self) -> bool:
        changed = self._changed
        if changed is None or "pydantic" in changed:
            return True
        return bool(changed) and any(_takes(word, changed) for word in _WORDS)


def _takes(module: str, files: Set[str]) -> bool:
    """Return whether a module, or anything that it imports, is one of these files."""
    try:
        return not files.isdisjoint(map(str, code_reader().sources(module)))
    except (OSError, SyntaxError, ValueError):  # a file that cannot be read has changed
        return True


def _stamps(paths: Iterable[Path]) -> dict[str, str]:
    return {str(path): stamp_of(path) for path in paths}


def _differences(before: Any, now: dict[str, str]) -> set[str] | None:
    """Return the files that are new or have changed, ``None`` where nothing can be said.

    Where a file is gone, nobody can tell any more who has imported it.
    """
    if not isinstance(before, dict) or before.keys() - now.keys():
        return None
    return {path for path, stamp in now.items() if before.get(path) != stamp}
