"""The server's door: the address it is found at, open before there is a server behind it.

Kept light: who starts the editor reads the address, and the browser is on its way, while the rest
is still imported.
"""

from __future__ import annotations

import socket
from pathlib import Path
from urllib.parse import quote

from flowengine.errors import FlowEngineError
from flowengine.paths import find_workspace

PORT = 8765
"""Tried first, where no port is asked for; another one if it is taken."""
LOCAL, ALL = "127.0.0.1", ("0.0.0.0", "::")  # noqa: S104  # compared with, never a default
WAITING = 2048
"""Connections that wait until the server stands, and later until it has time."""


def listen(host: str = LOCAL, port: int | None = None) -> socket.socket:
    """Return a socket at which whoever comes waits, instead of being turned away.

    Args:
        host: Address to listen on.
        port: Port; ``None``: the usual one, or a free one if that is taken.

    Raises:
        FlowEngineError: The address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for number in (PORT, 0) if port is None else (port,):
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, number))
            listener.listen(WAITING)
        except OSError as error:
            listener.close()
            reason = error.strerror
            continue
        return listener
    raise FlowEngineError(f"cannot listen on {host}:{port}: {reason}; choose another --port")


def address(host: str, port: int, token: str, workflow: str = "") -> str:
    """Return the address that opens the editor."""
    shown = LOCAL if host in ALL else host
    place = f"[{shown}]" if ":" in shown else shown
    anchor = f"#workflow={quote(workflow)}" if workflow else ""
    return f"http://{place}:{port}/?token={token}{anchor}"


def workspace_of(path: Path) -> tuple[Path, str]:
    """Return the workspace that a person means by a file or folder, and the workflow in it.

    Raises:
        FlowEngineError: There is nothing there.
    """
    if path.is_dir():
        return path.resolve(), ""
    if not path.is_file():
        raise FlowEngineError(f'there is no file or folder "{path}"')
    folder = find_workspace(path)
    return folder, path.resolve().relative_to(folder).as_posix()
