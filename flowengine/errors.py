"""The one tree of errors: each keeps its data as attributes and builds its sentence from them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from flowengine.running.result import Result


def suggest(name: str, candidates: Iterable[str]) -> str:
    """Return ``' Did you mean "x"?'`` for the candidate nearest to ``name``, or an empty string."""
    near = difflib.get_close_matches(name, list(candidates), n=1, cutoff=0.6)
    return f' Did you mean "{near[0]}"?' if near else ""


def listing(names: Iterable[str], *, limit: int = 8) -> str:
    """Return names in quotes, separated by commas, shortened after ``limit``."""
    names = list(names)
    shown = ", ".join(f'"{name}"' for name in names[:limit])
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return f"{shown}{more}" if names else "none"


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with a workflow, at a place given by a JSON pointer."""

    pointer: str
    message: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}" if self.pointer else self.message


class FlowEngineError(Exception):
    """Base of every error that flowengine raises for something a user can mend.

    All of them pass between processes, as those of ``multiprocessing``. What a run gave
    (``error.result``) stays behind.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        # By its parts: an exception is otherwise made anew by calling it with its ``args``, which
        # fails for most of ours, and a pool of processes then waits for ever.
        facts = {name: item for name, item in vars(self).items() if name != "result"}
        return _made_again, (type(self), self.args, facts)


def _made_again(
    cls: type[FlowEngineError], args: tuple[Any, ...], facts: dict[str, Any]
) -> FlowEngineError:
    error = cls.__new__(cls, *args)
    error.__dict__.update(facts)
    return error


class WorkflowError(FlowEngineError):
    """Raised when a workflow file or object cannot be run; carries all its problems at once."""

    def __init__(self, problems: Sequence[Problem], *, name: str = "workflow") -> None:
        self.problems = tuple(problems)
        self.name = name
        super().__init__(name, self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        head = f"{self.name}: {count} problem{'s' if count != 1 else ''}"
        return "\n  ".join([head, *map(str, self.problems)])


class ConfigureError(FlowEngineError):
    """Raised by a node's ``configure`` when its settings do not fit what arrives at its ports.

    Args:
        message: The sentence: the value, what was expected, the alternatives.
        setting: Name of the setting that is at fault, where it is one.
    """

    def __init__(self, message: str, *, setting: str | None = None) -> None:
        self.message = message
        self.setting = setting
        super().__init__(message)


class UnknownTypeError(FlowEngineError):
    """Raised when no installed pack has a node type of that name."""

    def __init__(self, type_id: str, message: str) -> None:
        self.type_id = type_id
        super().__init__(message)


class NodeDefinitionError(FlowEngineError):
    """Raised when a node class is defined in a way the engine cannot use."""


class PathError(FlowEngineError):
    """Raised when a path in a setting leaves the workspace, is missing or is of the wrong kind."""


class DataError(FlowEngineError):
    """Raised when data is damaged or cannot be fetched."""


class StoreError(FlowEngineError):
    """Raised when the store cannot be opened or a value in it cannot be read."""


class NodeError(FlowEngineError):
    """Raised (and reported) when a node fails while it executes.

    Args:
        node: Path of the node, such as ``block_1/conv_1``.
        title: Title of its type.
        message: What the node said.
        detail: A traceback where the fault is the node's own code, else empty.
    """

    def __init__(self, node: str, title: str, message: str, *, detail: str = "") -> None:
        self.node = node
        self.title = title
        self.message = message
        self.detail = detail
        super().__init__(node, title, message)

    def __str__(self) -> str:
        return f'node "{self.node}" ({self.title}): {self.message}'


class RunError(FlowEngineError):
    """Raised by ``fe.run`` when a node failed; ``result`` holds what the other nodes computed."""

    result: Result = None  # type: ignore[assignment]  # which is so in another process

    def __init__(self, errors: Sequence[NodeError], result: Result) -> None:
        self.errors = tuple(errors)
        self.result = result
        super().__init__(self.errors)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


class RunCancelled(FlowEngineError):
    """Raised by ``fe.run`` when the run was cancelled; ``result`` holds what was done before."""

    result: Result = None  # type: ignore[assignment]  # which is so in another process

    def __init__(self, result: Result) -> None:
        self.result = result
        super().__init__("the run was cancelled")


class Cancelled(BaseException):
    """Raised inside a node at a cancellation point.

    Not an ``Exception``, so that a node's ``except Exception`` does not swallow it.
    """
