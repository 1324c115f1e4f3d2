"""A node class's ports, read from the signature of its ``execute``."""

from __future__ import annotations

import inspect
import types
import typing
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from flowengine.errors import NodeDefinitionError
from flowengine.markers import Port
from flowengine.node import Node
from flowengine.ports import PortType, port_type_of


@dataclass(frozen=True)
class InputPort:
    """An input: its type, whether it may stay unconnected, and whether it takes many."""

    id: str
    type: PortType
    optional: bool = False
    many: bool = False
    lazy: bool = False
    help: str = ""


@dataclass(frozen=True)
class OutputPort:
    """An output and its type."""

    id: str
    type: PortType
    help: str = ""


@dataclass(frozen=True)
class Signature:
    """All the engine needs to call a node class.

    Args:
        inputs: Input port by id, in order.
        outputs: Output port by id, in order; one output is ``out``.
        single: Whether ``execute`` returns the one value itself, not a tuple.
        configure_ctx: Whether ``configure`` takes ``ctx``.
        execute_ctx: Whether ``execute`` takes ``ctx``.
        configure_ports: The inputs ``configure`` takes.
    """

    inputs: dict[str, InputPort]
    outputs: dict[str, OutputPort]
    single: bool
    configure_ctx: bool
    execute_ctx: bool
    configure_ports: tuple[str, ...]


@lru_cache(maxsize=4096)
def signature_of(cls: type[Node]) -> Signature:
    """Return the ports of a node class.

    Raises:
        NodeDefinitionError: A parameter has no hint, or one that is no port type.
    """
    execute = cls.execute  # type: ignore[attr-defined]  # checked by @node
    try:
        hints = get_type_hints(execute, include_extras=True)
    except NameError as error:
        raise NodeDefinitionError(
            f"{cls.__name__}.execute: the type hint {error.name!r} is not known in its module; "
            f"import it at the top of the file"
        ) from error
    inputs: dict[str, InputPort] = {}
    parameters = inspect.signature(execute).parameters
    names = list(parameters)
    for name in names:
        if name in ("self", "ctx"):
            continue
        _check_parameter(cls, parameters[name])
        if name not in hints:
            raise NodeDefinitionError(
                f'{cls.__name__}.execute: the port "{name}" needs a type hint, '
                f"such as {name}: pl.DataFrame"
            )
        inputs[name] = port = _input(cls, name, hints[name])
        if parameters[name].default not in ((inspect.Parameter.empty, None)[: 1 + port.optional]):
            raise NodeDefinitionError(
                f'{cls.__name__}.execute: the port "{name}" cannot have the default '
                f"{parameters[name].default!r}; what people set is a field of the class, and an "
                f"input that may stay unconnected is {name}: … | None = None"
            )
    single, outputs = _outputs(cls, hints.get("return", inspect.Signature.empty))
    configure = getattr(cls, "configure", None)
    taken = list(inspect.signature(configure).parameters) if configure else []
    return Signature(
        inputs=inputs,
        outputs=outputs,
        single=single,
        configure_ctx="ctx" in taken,
        execute_ctx="ctx" in names,
        configure_ports=tuple(name for name in taken if name in inputs),
    )


def _check_parameter(cls: type[Node], parameter: inspect.Parameter) -> None:
    if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
        raise NodeDefinitionError(
            f'{cls.__name__}.execute: "{parameter.name}" is no port; ports are named one by one, '
            f"and one that takes many connections is tables: list[pl.DataFrame]"
        )


def _input(cls: type[Node], name: str, hint: Any) -> InputPort:
    hint, text = _unwrap(hint)
    optional = many = False
    if get_origin(hint) in (Union, types.UnionType):
        rest = [arg for arg in get_args(hint) if arg is not type(None)]
        optional = len(rest) < len(get_args(hint))
        if len(rest) != 1:
            raise NodeDefinitionError(
                f'{cls.__name__}.execute: the port "{name}" must have one type, not {hint}'
            )
        hint, inner = _unwrap(rest[0])
        text = text or inner
    if get_origin(hint) is list:
        many, (hint,) = True, get_args(hint)
    port = _port_type(cls, f'port "{name}"', hint)
    lazy = hint.__name__ == "LazyFrame"
    return InputPort(name, port, optional=optional, many=many, lazy=lazy, help=text)


def _outputs(cls: type[Node], hint: Any) -> tuple[bool, dict[str, OutputPort]]:
    if hint is inspect.Signature.empty:
        raise NodeDefinitionError(
            f"{cls.__name__}.execute needs a return hint, such as -> pl.DataFrame (or -> None)"
        )
    hint, text = _unwrap(hint)
    if hint is type(None) or hint is None:
        return True, {}
    if isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields"):
        fields = get_type_hints(hint, include_extras=True)
        ports = {}
        for name in hint._fields:
            inner, help_text = _unwrap(fields[name])
            port = _port_type(cls, f'output "{name}"', inner)
            ports[name] = OutputPort(name, port, help_text)
        return False, ports
    return True, {"out": OutputPort("out", _port_type(cls, "the result", hint), text)}


def _unwrap(hint: Any) -> tuple[Any, str]:
    if get_origin(hint) is not Annotated:
        return hint, ""
    base, *marks = get_args(hint)
    return base, next((mark.help for mark in marks if isinstance(mark, Port)), "")


def _port_type(cls: type[Node], what: str, hint: Any) -> PortType:
    plain = typing.get_origin(hint) or hint
    port = port_type_of(plain) if isinstance(plain, type) else None
    if port is None:
        remedy = (
            "several outputs are a NamedTuple with a field for each"
            if plain in (tuple, list) and what == "the result"
            else "use pl.DataFrame, Network, Model, Chart or a plain scalar"
        )
        shown = hint.__name__ if isinstance(hint, type) and hint is plain else hint
        raise NodeDefinitionError(
            f"{cls.__name__}.execute: {what} has the hint {shown}, which is no port type; {remedy}"
        )
    return port
