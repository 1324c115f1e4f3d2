"""The base of all messages, and what several share."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

ColumnKind = Literal["number", "integer", "text", "category", "boolean", "image", "list", "other"]
RunStatus = Literal["running", "done", "failed", "cancelled", "interrupted"]


class Wire(BaseModel):
    """Base of all messages."""

    # built where the first one is made: half of them would hold up the server's start
    model_config = ConfigDict(frozen=True, defer_build=True)
