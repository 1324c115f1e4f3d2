"""What the store keeps of a node run: its record, and where the value of each port lies."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import orjson

LENIENT = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS
"""How orjson writes what nodes report: numpy's numbers are numbers, NaN becomes null."""


@dataclass(slots=True)
class Record:
    """One finished node run. Everything in it is JSON data for people and tools.

    Nobody changes one; it is not frozen, as making it would then take three times as long.

    Args:
        key: Key of the run: equal keys mean equal results.
        node: Path of the node.
        type: Type id of the node.
        state: ``done``, or ``stopped`` where a person ended it early and kept what there was.
        seconds: How long ``execute`` took.
        spec: Port to its spec, described.
        summary: Port to a few facts about its value.
        preview: Port to a first look at its value.
        warnings: What the node warned about.
        files: Path in the workspace to digest of the files that the node wrote.
        provenance: Device, threads, versions of libraries.
        created: Seconds since the epoch.
    """

    key: str
    node: str
    type: str
    state: Literal["done", "stopped"] = "done"
    seconds: float = 0.0
    spec: Mapping[str, Any] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    preview: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    created: float = field(default_factory=time.time)

    def to_json(self) -> bytes:
        """Return it as JSON; the key is not in it, as the row has it already."""
        return orjson.dumps(_facts(self), option=LENIENT)

    @staticmethod
    def from_json(key: str, data: bytes) -> Record:
        """Return the record that ``to_json`` described."""
        facts = orjson.loads(data)
        facts[_WARNINGS] = tuple(facts[_WARNINGS])
        return Record(key, *facts)


_FIELDS = tuple(name for name in Record.__dataclass_fields__ if name != "key")
_WARNINGS = _FIELDS.index("warnings")
_facts = attrgetter(*_FIELDS)


class Place(NamedTuple):
    """Where the value of one port lies.

    Args:
        kind: ``inline`` in the database, in a ``file``, or only in the ``memory`` of the process
            that computed it.
        size: Bytes of the encoded value; 0 for one in memory.
        name: Name of the value file.
        digest: SHA-256 of a small value file, empty for a large one.
    """

    kind: Literal["inline", "file", "memory"]
    size: int = 0
    name: str = ""
    digest: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the value is found again after a restart."""
        return self.kind != "memory"


class Row(NamedTuple):
    """A record with the places of its values, as one row of the database.

    Args:
        record: The record.
        places: Port to where its value lies.
        blobs: Digests of the weight files its values refer to.
    """

    record: Record
    places: Mapping[str, Place]
    blobs: tuple[str, ...] = ()

    @property
    def files(self) -> list[str]:
        """Names of its value files."""
        return [place.name for place in self.places.values() if place.kind == "file"]


def places_to_json(places: Mapping[str, Place]) -> bytes:
    """Return the places of a row as JSON; ``places_from_json`` reads it."""
    return orjson.dumps({port: list(at) for port, at in places.items()})


def places_from_json(data: bytes) -> dict[str, Place]:
    """Return the places that ``places_to_json`` described."""
    return {port: Place(*item) for port, item in orjson.loads(data).items()}


def kept_ports(places: Mapping[str, Place]) -> frozenset[str]:
    """Return the ports whose values are found again after a restart."""
    return frozenset(port for port, place in places.items() if place.is_kept)
