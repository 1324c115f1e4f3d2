"""``Node``, the base of every node type, and ``@node``, the mark that makes a class one.

The decorator only marks; a registry collects. A node class *is* the frozen pydantic model of its
settings, its ports come from the signature of ``execute``.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar, get_args, get_origin

from pydantic import BaseModel, ConfigDict, ValidationError

from flowengine.errors import NodeDefinitionError, listing, suggest
from flowengine.markers import Column, File, marked_settings, types_in

NodeClass = TypeVar("NodeClass", bound="type[Node]")


@dataclass(frozen=True)
class NodeMark:
    """What ``@node`` says of a class."""

    title: str
    version: int = 1
    was: tuple[str, ...] = ()
    was_ports: Mapping[str, str] = field(default_factory=dict)
    random: bool = False
    exclusive: bool = False
    resume_without: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()


class Specs(dict[str, Any]):
    """What ``configure`` returns for a node with several outputs: ``Specs(first=…, second=…)``."""

    def __init__(self, **ports: Any) -> None:
        super().__init__(ports)


class Node(BaseModel):
    """Base of all node types: settings as fields, then ``configure``, then ``execute``.

    An author overrides:

    * fields with defaults: the settings; the attribute docstring below each is its help;
    * ``configure(self, <port>, …) -> spec``: gets the spec of each input (``None`` for an
      unconnected optional one), is pure and quick, returns the spec of the output, ``Specs`` for
      several, or ``None`` where it is known only after running. Raises ``ConfigureError``. May take
      ``ctx`` (a ``ConfigureContext``);
    * ``execute(self, <port>, …) -> value``: does the work. May take ``ctx`` (a ``Context``).
      Several outputs are a ``NamedTuple`` whose fields are the ports;
    * ``upgrade(cls, settings, version) -> settings``: turns settings saved by an older version
      into today's; pure.
    """

    # Built by whoever uses a class, so that bases which only hand on their fields cost nothing.
    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, allow_inf_nan=False, defer_build=True
    )

    __node__: ClassVar[NodeMark]
    __type_id__: ClassVar[str] = ""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # Runs before pydantic collects the fields, so that the author reads our sentence.
        for name in inspect.get_annotations(cls):
            if name.startswith("_"):
                continue
            if name in ("ctx", "id") or name.startswith("model_") or hasattr(BaseModel, name):
                raise NodeDefinitionError(
                    f'{cls.__name__}: a setting cannot be called "{name}", which the engine or '
                    f"pydantic uses itself; choose another name"
                )
            if callable(inspect.getattr_static(Node, name, None)) or name in _METHODS:
                raise NodeDefinitionError(
                    f'{cls.__name__}: a setting cannot be called "{name}", which is a method of '
                    f"every node; choose another name"
                )
        super().__init_subclass__(**kwargs)

    @classmethod
    def _check_class(cls) -> None:
        """Refuse a class that lacks what its kind of node needs; called by ``@node``."""

    @classmethod
    def upgrade(cls, settings: dict[str, Any], version: int) -> dict[str, Any]:
        """Return ``settings`` as saved by ``version`` in the form of today's version."""
        return settings


_METHODS = ("configure", "execute", "upgrade")


def node(
    title: str,
    *,
    version: int = 1,
    was: tuple[str, ...] = (),
    was_ports: Mapping[str, str] | None = None,
    random: bool = False,
    exclusive: bool = False,
    resume_without: tuple[str, ...] = (),
    keywords: tuple[str, ...] = (),
) -> Callable[[NodeClass], NodeClass]:
    """Mark a class as a node type.

    Args:
        title: What people read, in Title Case.
        version: Raise it when a setting or a default changes; ``upgrade`` then reads old files.
        was: Type ids this type had before.
        was_ports: Old port name to new port name.
        random: The result depends on the node's seed (``ctx.seed``).
        exclusive: Trains, or uses torch's random state: one at a time in a process.
        resume_without: Settings that may change without making the node's checkpoints useless;
            ``ctx.resume`` is there for nodes that name some.
        keywords: Other words by which people search for it.

    Raises:
        NodeDefinitionError: ``execute`` is missing, a name is used twice, or a default is not what
            its setting takes.
    """
    if not isinstance(title, str):
        raise NodeDefinitionError('@node needs a title, @node(title="…")')
    for name, words in (("was", was), ("resume_without", resume_without), ("keywords", keywords)):
        if isinstance(words, str):
            raise NodeDefinitionError(f'@node: {name} is a tuple, such as ("{words}",), not a text')

    def mark(cls: NodeClass) -> NodeClass:
        cls._check_class()
        _check_names(cls)
        _check_defaults(cls)
        cls.__node__ = NodeMark(
            title=title,
            version=version,
            was=was,
            was_ports=dict(was_ports or {}),
            random=random,
            exclusive=exclusive,
            resume_without=resume_without,
            keywords=keywords,
        )
        return cls

    return mark


def _check_names(cls: type[Node]) -> None:
    execute = getattr(cls, "execute", None)
    if execute is None:
        raise NodeDefinitionError(f"{cls.__name__}: a node needs a method execute(self, …)")
    if "__init__" in vars(cls):
        raise NodeDefinitionError(
            f"{cls.__name__}: a node has no __init__ of its own: its settings are its fields, and "
            f"what it needs beside them is made in execute"
        )
    for name in ("execute", "configure"):
        if name in vars(cls):
            _check_method(cls, name)
    ports = [name for name in inspect.signature(execute).parameters if name not in ("self", "ctx")]
    for name in ports:
        if name in cls.model_fields:
            raise NodeDefinitionError(
                f'{cls.__name__}: "{name}" is both a setting and an input port; rename one'
            )
    _check_settings(cls, ports)
    configure = getattr(cls, "configure", None)
    if configure is None:
        return
    known = {"self", "ctx", *ports}
    for name in inspect.signature(configure).parameters:
        if name not in known:
            raise NodeDefinitionError(
                f'{cls.__name__}.configure takes "{name}", which is no port of execute; '
                f"the ports are: {', '.join(ports) or 'none'}"
            )


def _check_settings(cls: type[Node], ports: list[str]) -> None:
    """Refuse settings that could not be found by their name, or whose mark does not fit them."""
    for name, info in cls.model_fields.items():
        if info.alias is not None:
            raise NodeDefinitionError(
                f'{cls.__name__}: the setting "{name}" has the alias "{info.alias}"; a setting '
                f"has one name, that of its attribute"
            )
    for name, mark in marked_settings(cls, Column):
        if mark.port not in ports:
            raise NodeDefinitionError(
                f'{cls.__name__}: the setting "{name}" picks a column of the port "{mark.port}", '
                f"which is none of execute's.{suggest(mark.port, ports)} Its ports are "
                f"{listing(ports)}"
            )
    for kind in (Column, File):
        for name, _ in marked_settings(cls, kind):
            hint = cls.model_fields[name].annotation
            if str not in types_in(hint) or (kind is File and _holds_several(hint)):
                raise NodeDefinitionError(
                    f'{cls.__name__}: the setting "{name}" is marked {kind.__name__}, so it is a '
                    f"str{', or a tuple[str, ...]' if kind is Column else ''}, not {hint}"
                )


def _holds_several(hint: Any) -> bool:
    """Return whether a hint is, or may be, a list or the like."""
    several = get_origin(hint) in (tuple, list, set, frozenset, dict)
    return several or any(map(_holds_several, get_args(hint)))


def _check_defaults(cls: type[Node]) -> None:
    """Refuse a default that its own setting would: pydantic itself takes defaults unseen."""
    defaults = {
        name: field.get_default(call_default_factory=True, validated_data={})
        for name, field in cls.model_fields.items()
        if not field.is_required()
    }
    try:
        cls.model_validate(defaults)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False):
            place = fault["loc"]
            if place and place[0] in defaults:
                raise NodeDefinitionError(
                    f'{cls.__name__}: the default of the setting "{place[0]}" is '
                    f"{defaults[place[0]]!r}, which the setting does not take: {fault['msg']}"
                ) from None


def _check_method(cls: type[Node], name: str) -> None:
    """Refuse a method that the engine cannot call, or whose result is none."""
    method = inspect.getattr_static(cls, name)
    if not inspect.isfunction(method) or not list(inspect.signature(method).parameters)[:1] == [
        "self"
    ]:
        raise NodeDefinitionError(
            f"{cls.__name__}.{name} must be a plain method, whose first parameter is self"
        )
    if inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method):
        raise NodeDefinitionError(
            f"{cls.__name__}.{name} cannot be async; a node runs in a thread of its own, in which "
            f"it may wait"
        )
    if inspect.isgeneratorfunction(method):
        raise NodeDefinitionError(
            f"{cls.__name__}.{name} must return its result, not yield it; a table in pieces is a "
            f"pl.LazyFrame"
        )
