"""The one socket: snapshot first, then whatever changes, to all who have a workflow open."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import anyio.to_thread
from starlette.websockets import WebSocket, WebSocketDisconnect

from flowengine.errors import FlowEngineError
from flowengine.packs import python_files
from flowengine.server.documents.used_files import Stamp, stamps
from flowengine.server.documents.watch import Told, Watch
from flowengine.server.site import Site
from flowengine.server.wire import CatalogueChanged

TICK_SECONDS = 0.06
"""How often runs in progress are looked at."""
LOOK_SECONDS = 0.5
"""How often files on disk are."""
MOST_WAITING = 1000
"""Messages that wait for a slow browser; it is let go then, and gets a snapshot when it returns."""

MOST_REASON = 120
"""Bytes of the sentence with which a socket ends; the protocol has room for three more."""

GONE, SPOKE, SLOW = 4404, 1008, 1013


class Line:
    """An open socket: the messages on their way to it."""

    def __init__(self, told: Told, first: str) -> None:
        self.told = told
        self.messages: asyncio.Queue[str | None] = asyncio.Queue()
        self.messages.put_nowait(first)

    def put(self, message: str) -> None:
        """Send a message; who does not keep up gets ``None`` as the last one."""
        if self.messages.qsize() < MOST_WAITING:
            self.messages.put_nowait(message)
            return
        while not self.messages.empty():
            self.messages.get_nowait()
        self.messages.put_nowait(None)


class Hub:
    """Tells open editors what happens.

    Args:
        site: The workspace.
        reload: Whether edited nodes of loose folders are looked at.
    """

    def __init__(self, site: Site, *, reload: bool = False) -> None:
        self.site = site
        self.reload = reload
        self._lines: dict[Line, Watch] = {}
        self._seen = site.changes
        self._looked = 0.0
        self._code = self._code_stamps() if reload else ()

    @asynccontextmanager
    async def lifespan(self, app: object) -> AsyncIterator[None]:
        """Watch as long as the server runs."""
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def serve(self, socket: WebSocket) -> None:
        """Tell one editor about one workflow until it leaves."""
        await socket.accept()
        name = socket.query_params.get("workflow", "")
        try:
            self.site.require(socket.query_params.get("workspace", ""))
            watch, line = await anyio.to_thread.run_sync(self._open, name)
        except FlowEngineError as error:
            await socket.close(GONE, _reason(error))
            return
        self._lines[line] = watch
        listening = asyncio.create_task(_listen(socket))
        sending = asyncio.create_task(_send(socket, line))
        try:
            await asyncio.wait((listening, sending), return_when=asyncio.FIRST_COMPLETED)
        finally:
            del self._lines[line]
            for task in (listening, sending):
                task.cancel()
                with suppress(asyncio.CancelledError, WebSocketDisconnect, RuntimeError):
                    await task

    def _open(self, name: str) -> tuple[Watch, Line]:
        if not self.site.place(name).is_file():
            raise FlowEngineError(f'there is no workflow "{name}"')
        watch = next((item for item in dict(self._lines).values() if item.name == name), None)
        if watch is None:
            watch = Watch(self.site, name)
        else:
            watch.look(closely=True)
        snapshot, told = watch.snapshot()
        return watch, Line(told, snapshot.model_dump_json())

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            lines = dict(self._lines)
            if not lines:
                continue
            try:
                found = await anyio.to_thread.run_sync(self._news, lines)
            except Exception:  # what fails once, such as a busy disk, may go on the next time
                traceback.print_exc()
                continue
            for line, message in found:
                line.put(message)

    def _news(self, lines: dict[Line, Watch]) -> list[tuple[Line, str]]:
        closely = self.site.changes != self._seen
        self._seen = self.site.changes
        watches = set(lines.values())
        found: list[tuple[Line, str]] = []
        if closely or time.monotonic() - self._looked >= LOOK_SECONDS:
            self._looked = time.monotonic()
            if self.reload and self._reload():
                message = CatalogueChanged().model_dump_json()
                found += [(line, message) for line in lines]
                closely = True
            for watch in watches:
                if closely:
                    watch.refresh()
                watch.look(closely=True)
        else:
            for watch in watches:
                watch.look(closely=False)
        for line, watch in lines.items():
            found += [(line, push.model_dump_json()) for push in watch.news(line.told)]
        return found

    def _reload(self) -> bool:
        code = self._code_stamps()
        if code == self._code:
            return False
        self._code = code
        self.site.reload()
        return True

    def _code_stamps(self) -> tuple[tuple[str, Stamp], ...]:
        paths = [path for folder in self.site.nodes for path in python_files(folder)]
        return tuple(zip(map(str, paths), stamps(tuple(paths)), strict=True))


def _reason(error: FlowEngineError) -> str:
    """Return as much of a sentence as the end of a socket can say."""
    return str(error).encode()[:MOST_REASON].decode(errors="ignore")


async def _listen(socket: WebSocket) -> None:
    """Wait for the end; an editor has nothing to say here."""
    message = await socket.receive()
    if message["type"] != "websocket.disconnect":
        await socket.close(SPOKE, "nothing is expected here")


async def _send(socket: WebSocket, line: Line) -> None:
    while True:
        message = await line.messages.get()
        if message is None:
            await socket.close(SLOW, "too slow; connect again")
            return
        await socket.send_text(message)
