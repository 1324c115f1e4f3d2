"""What a route is: a plain function from a workspace and a request that was read to an answer.

Nothing here knows the web framework, so that what the routes do can be called from tests as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ValidationError

from flowengine.errors import FlowEngineError
from flowengine.server.site import Site
from flowengine.server.wire import Fault, Wire
from flowengine.strict_json import JsonError, read_json
from flowengine.wording import problems_of

Model = TypeVar("Model", bound=BaseModel)

SMALL = 1 << 20
"""Bytes that a wish may have."""


class Refused(FlowEngineError):
    """Raised when a request is refused.

    Args:
        message: One clear sentence.
        status: The HTTP status.
        faults: Problems of the workflow, where they are the reason.
    """

    def __init__(self, message: str, *, status: int = 400, faults: tuple[Fault, ...] = ()) -> None:
        self.message = message
        self.status = status
        self.faults = faults
        super().__init__(message)


class Nothing(Wire):
    """A wish without words, and its answer."""


@dataclass(frozen=True)
class Call:
    """A request.

    Args:
        places: What stands for the names in the route's path, decoded once.
        query: The query's values by name.
        headers: Headers by name in small letters.
        body: The body, where the route takes JSON.
        file: Where the body lies, where the route takes a file.
    """

    places: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    file: Path | None = None

    @property
    def path(self) -> str:
        """The path in the workspace that the request is about."""
        return self.places["path"]

    def needed(self, name: str) -> str:
        """Return a value of the query.

        Raises:
            Refused: It is not there.
        """
        if name not in self.query:
            raise Refused(f'the request needs "{name}="')
        return self.query[name]

    def number(self, name: str, default: int, *, most: int | None = None) -> int:
        """Return a whole number of the query, 0 or more.

        Raises:
            Refused: It is none.
        """
        text = self.query.get(name, str(default))
        if not text.isascii() or not text.isdecimal() or len(text) > 15:
            raise Refused(f'"{name}={text[:40]}": expected a whole number, 0 or more')
        return min(int(text), most) if most is not None else int(text)

    def read(self, model: type[Model]) -> Model:
        """Return the body as a model.

        Raises:
            Refused: It does not fit.
        """
        try:
            data, _ = read_json(self.body.decode())
            return model.model_validate_json(self.body, strict=True)
        except UnicodeDecodeError:
            raise Refused("the body is not UTF-8 text") from None
        except JsonError as error:
            raise Refused(f"the body is no JSON: {error.problems[0].message}") from None
        except ValidationError as error:
            problems = problems_of(
                error, "", data, known=lambda _: list(model.model_fields), noun="key"
            )
            raise Refused(f"{problems[0].pointer or 'the body'}: {problems[0].message}") from None


@dataclass(frozen=True)
class Answer:
    """An answer that is no model: text, a picture, a file to be kept."""

    body: bytes
    media_type: str = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def download(body: bytes, name: str, media_type: str = "application/octet-stream") -> Answer:
        """Return a file that the browser keeps and never shows."""
        safe = "".join(letter if letter.isalnum() or letter in "-_. " else "_" for letter in name)
        plain = safe.encode("ascii", "replace").decode().replace("?", "_")
        return Answer(
            body, media_type, headers={"content-disposition": f'attachment; filename="{plain}"'}
        )


Handler = Callable[[Site, Call], Wire | list[Wire] | Answer]


@dataclass(frozen=True)
class Endpoint:
    """A route.

    Args:
        method: Its method; all but GET change something.
        path: Its path without the first slash; ``{path:path}`` is a path in the workspace.
        handle: What it does.
        body: What it takes: ``json``, or a ``file`` as raw bytes.
        limit: Bytes that the body may have.
        room: Whose threads it runs in: those of answers that may take seconds, of looks inside,
            which wait for each other, or of all that is quick.
    """

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    handle: Handler
    body: Literal["none", "json", "file"] = "none"
    limit: int = SMALL
    room: Literal["quick", "slow", "looks"] = "quick"
