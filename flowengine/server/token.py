"""The token of a workspace: whoever has it may do all that the editor can do."""

from __future__ import annotations

import hmac
import os
import re
import secrets
from pathlib import Path

from flowengine.errors import FlowEngineError

NAME = "token"

_FORM = re.compile(r"[A-Za-z0-9_-]{32,200}")


def read_token(folder: Path, *, new: bool = False) -> str:
    """Return the token kept in a ``.flowengine`` folder, made where there is none.

    Args:
        folder: The folder; it exists.
        new: Whether to make another one, so that nobody with the old one gets in.

    Raises:
        FlowEngineError: It cannot be kept.
    """
    path = folder / NAME
    try:
        if not new and path.is_file() and not path.is_symlink():
            text = path.read_text("ascii", "replace").strip()
            if _FORM.fullmatch(text):
                path.chmod(0o600)
                return text
        token = secrets.token_urlsafe(32)
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(f"{token}\n")
    except OSError as error:
        raise FlowEngineError(f"the token {path} cannot be kept: {error.strerror}") from error
    return token


def is_equal(given: str, token: str) -> bool:
    """Compare in a time that tells nothing."""
    return hmac.compare_digest(given.encode(), token.encode())
