"""Build the editor: ``web/`` becomes ``flowengine/server/static``.

Called by the build hook, and by hand (``make ui``). A stamp of what the build was made from tells
whether it still holds, so that installing twice runs npm once.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WEB = ROOT / "web"
STATIC = ROOT / "flowengine" / "server" / "static"
STAMP = STATIC / ".stamp"
OLDEST_NODE = (20, 19)
MODES = ("auto", "skip", "require")


class NoEditor(Exception):
    """Why the editor could not be built, in one sentence."""


def mode() -> str:
    """Return what FLOWENGINE_UI wants: auto (if it can be built), skip, or require."""
    wanted = os.environ.get("FLOWENGINE_UI", "auto")
    if wanted not in MODES:
        raise NoEditor(f'FLOWENGINE_UI is "{wanted}"; it may be {", ".join(MODES)}.')
    return wanted


def sources() -> list[Path]:
    """Return the files that the build is made from."""
    return sorted(
        path
        for path in WEB.rglob("*")
        if path.is_file()
        and "node_modules" not in path.parts
        and not path.name.startswith(".")
        and ".test." not in path.name
    )


def stamp() -> str:
    """Return a digest of all sources."""
    digest = hashlib.sha256()
    for path in sources():
        digest.update(path.relative_to(WEB).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def is_built() -> bool:
    """Return whether there is an editor, of whatever age."""
    return (STATIC / "index.html").exists()


def is_current() -> bool:
    """Return whether the editor was built from the sources as they are."""
    return is_built() and STAMP.exists() and STAMP.read_text() == stamp()


def find_npm() -> str:
    """Return the npm to build with; the editor's tools want a Node.js that is not too old."""
    npm, node = shutil.which("npm"), shutil.which("node")
    least = ".".join(map(str, OLDEST_NODE))
    if npm is None or node is None:
        raise NoEditor(f"the editor is built with Node.js {least} or newer, and there is no npm")
    said = subprocess.run([node, "--version"], capture_output=True, text=True).stdout.strip()
    found = re.match(r"v(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < OLDEST_NODE:
        raise NoEditor(f"the editor is built with Node.js {least} or newer; here is {said or node}")
    return npm


def run(*command: str) -> None:
    """Run a command in ``web/``; what it said is shown only if it fails."""
    done = subprocess.run(
        command,
        cwd=WEB,
        env={**os.environ, "NO_COLOR": "1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        print(done.stdout[-4000:], file=sys.stderr)
        raise NoEditor(f'"{" ".join(("npm", *command[1:]))}" failed in web/, as shown above')


def install(npm: str) -> None:
    """Install the editor's tools unless those of its lock file are there."""
    lock, installed = WEB / "package-lock.json", WEB / "node_modules" / ".package-lock.json"
    if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
        # not "npm ci": it wants the tools' binaries for every platform in the lock file, and a
        # registry that serves only some platforms leaves the others out of it
        run(npm, "install", "--no-save", "--no-audit", "--no-fund")


def build() -> None:
    """Build the editor from its sources."""
    npm = find_npm()
    install(npm)
    now = stamp()
    run(npm, "run", "build")
    STAMP.write_text(now)


def ensure() -> str:
    """Build the editor if it is wanted, stale and can be built.

    Returns:
        What to warn of, or nothing.

    Raises:
        NoEditor: Where it is required and cannot be built.
    """
    wanted = mode()
    if wanted == "skip" or is_current():
        return ""
    try:
        build()
    except NoEditor as problem:
        if wanted == "require":
            raise
        if is_built():
            return f"flowengine takes the editor as it was built before: {problem}."
        return f"flowengine is installed without its editor: {problem}."
    return ""


if __name__ == "__main__":
    try:
        warning = ensure()
    except NoEditor as problem:
        sys.exit(f"flowengine: {problem}.")
    print(warning or "✓ editor")
