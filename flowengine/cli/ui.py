"""``flowengine ui``: the editor in the browser."""

from __future__ import annotations

import argparse
import threading
from pathlib import Path

from flowengine.cli.options import CallError, add_nodes_option, node_folders
from flowengine.store_folder import STORE, make_store_folder

NAME = "ui"
HELP = "open a workspace in the browser: wire, train and look inside"

LOCAL = ("127.0.0.1", "localhost", "::1")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "place",
        metavar="FILE|FOLDER",
        type=Path,
        nargs="?",
        default=Path(),
        help="a workflow, or the folder of a workspace (default: this one)",
    )
    parser.add_argument(
        "--port",
        type=_port,
        metavar="PORT",
        help="port to listen on (default: 8765, or a free one)",
    )
    parser.add_argument(
        "--host",
        metavar="ADDRESS",
        default=LOCAL[0],
        help="address to listen on; one that others reach needs --allow-remote",
    )
    parser.add_argument(
        "--allow-remote",
        action="store_true",
        help="let others in who have the token; they may do all that you may do",
    )
    parser.add_argument(
        "--allow-host",
        metavar="NAME",
        action="append",
        default=[],
        help="answer to this host name too, such as that of a proxy (repeatable)",
    )
    add_nodes_option(parser)
    parser.add_argument(
        "--reload", action="store_true", help="look at edited nodes of --nodes at once"
    )
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")
    parser.add_argument(
        "--new-token", action="store_true", help="make a new token; the old one no longer works"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Run the command."""
    if arguments.host not in LOCAL and not arguments.allow_remote:
        raise CallError(
            f"--host: {arguments.host} can be reached by others, who could do all that you may "
            f"do if they learn the token; say --allow-remote if you mean it"
        )
    folders = node_folders(arguments)
    from flowengine.server.door import address, listen, workspace_of
    from flowengine.server.token import read_token

    folder, workflow = workspace_of(arguments.place)
    door = listen(arguments.host, arguments.port)
    make_store_folder(folder / STORE)
    token = read_token(folder / STORE, new=arguments.new_token)
    url = address(arguments.host, door.getsockname()[1], token, workflow)
    print(f"{folder}\n  open {url}\n  stop with Ctrl-C; runs go on", flush=True)
    if not arguments.no_browser:
        threading.Thread(target=_open_browser, args=[url], daemon=True).start()
    # the browser starts meanwhile, and waits at the door
    from flowengine.server.serving import serve
    from flowengine.server.site import Site

    serve(
        Site(folder, nodes=folders),
        door,
        host=arguments.host,
        names=arguments.allow_host,
        reload=arguments.reload,
    )
    return 0


def _open_browser(url: str) -> None:
    import webbrowser

    webbrowser.open(url)


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f'"{text}" is no port; expected 0 to 65535')
    return int(text)
