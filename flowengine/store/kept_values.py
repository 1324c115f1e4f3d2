"""Values on their way into the store and out of it: where each goes, and how it is read back."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Literal

from flowengine.errors import FlowEngineError, StoreError
from flowengine.network import Network
from flowengine.ports import LoadContext, PortType
from flowengine.store.files import ValueFiles
from flowengine.store.record import Place, Record

INLINE_BYTES = 64 * 1024
"""Encoded values up to this size stand in the database."""

Keep = Literal["auto", "always"]

_DISK_BYTES_PER_SECOND = 500e6
_DISK_SECONDS = 0.01


class Values:
    """Encodes values into the database or files, and decodes them.

    Args:
        files: The large ones.
        context: What port types need to read values.
        memory_limit: Bytes that memory can hold; a larger value needs a file.
    """

    def __init__(self, files: ValueFiles, context: LoadContext, memory_limit: int) -> None:
        self._files = files
        self._context = context
        self._memory_limit = memory_limit

    def put(
        self, record: Record, port: str, port_type: PortType, value: Any, keep: Keep
    ) -> tuple[Place, bytes | None]:
        """Put one value where it belongs; return its place, and its bytes if that is inline.

        Raises:
            StoreError: The value is not what the port type takes, or cannot be written.
        """
        if not port_type.accepts(type(value)):
            raise StoreError(
                f'node "{record.node}" gave a {type(value).__module__}.{type(value).__qualname__} '
                f'at its port "{port}"; expected a {port_type.id}'
            )
        try:
            if is_lazy(value):
                return self._put_lazy(port_type, value)
            return self._put(record, port_type, value, keep)
        except FlowEngineError:
            raise
        except Exception as error:  # what a node gives can fail to be written in any way
            raise StoreError(
                f'the value of node "{record.node}" at its port "{port}" cannot be stored as '
                f"a {port_type.id}: {error}"
            ) from error

    def read(
        self, record: Record, port: str, port_type: PortType, place: Place, inline: bytes | None
    ) -> Any:
        """Return the value at a place.

        Raises:
            StoreError: It is damaged.
            FileNotFoundError: Its file is missing.
        """
        try:
            if place.kind == "file":
                return port_type.read(self._files.checked(place), self._context)
            if inline is None:
                raise FileNotFoundError(port)
            return port_type.read(inline, self._context)
        except (FlowEngineError, FileNotFoundError):
            raise
        except Exception as error:  # damaged data can fail in any way
            raise StoreError(damaged(record, port, str(error))) from error

    def _put(
        self, record: Record, port_type: PortType, value: Any, keep: Keep
    ) -> tuple[Place, bytes | None]:
        size = port_type.size(value)
        # Sizes in memory are estimates: what is not far above the limit is tried.
        if size <= 4 * INLINE_BYTES:
            buffer = io.BytesIO()
            port_type.write(value, buffer)
            data = buffer.getvalue()
            if len(data) <= INLINE_BYTES:
                return Place("inline", len(data)), data
        cost = _DISK_SECONDS + size / _DISK_BYTES_PER_SECOND
        if keep == "always" or record.seconds > cost or size > self._memory_limit:
            return self._files.write(port_type.id, lambda file: port_type.write(value, file)), None
        return Place("memory"), None

    def _put_lazy(self, port_type: PortType, value: Any) -> tuple[Place, bytes | None]:
        place = self._files.write_path(
            port_type.id, lambda path: value.sink_ipc(path, compression="uncompressed")
        )
        if place.size > INLINE_BYTES:
            return place, None
        data = self._files.path(place.name).read_bytes()
        self._files.remove([place.name])
        return Place("inline", len(data)), data


def is_lazy(value: Any) -> bool:
    """Return whether a value is a ``polars.LazyFrame``."""
    return type(value).__module__.startswith("polars.") and type(value).__name__ == "LazyFrame"


def blobs_of(values: Mapping[str, tuple[PortType, Any]]) -> tuple[str, ...]:
    """Return the digests of the weight files that values refer to."""
    networks = [value for _, value in values.values() if isinstance(value, Network)]
    if not networks:
        return ()
    return tuple(sorted({blob for network in networks for blob in network.weights.values()}))


def damaged(record: Record, port: str, why: str) -> str:
    """Return the sentence for a value that cannot be read."""
    return (
        f'the stored value of node "{record.node}" at its port "{port}" cannot be read ({why}); '
        f"run again with --fresh to compute it anew"
    )
