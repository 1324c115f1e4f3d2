"""``check_node``: hold a node to what every node keeps, built-in or a plugin's."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Collection, Mapping
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from flowengine.errors import Cancelled, listing
from flowengine.info import describe, setting_docs
from flowengine.node import Node
from flowengine.planning.configure import check_columns
from flowengine.ports import PortType
from flowengine.signature import Signature, signature_of
from flowengine.testing.context import FakeContext
from flowengine.wording import kind_of_value, setting_problems


def check_definition(cls: type[Node]) -> None:
    """Check what can be checked of a node type without running it: documentation and schema.

    Raises:
        AssertionError: Names the class and what is missing.
    """
    name = cls.__name__
    _expect(bool(cls.__node__.title.strip()), f"{name}: @node needs a title")
    summary, _, rest = (cls.__doc__ or "").strip().partition("\n")
    _expect(
        summary.endswith(".") and (not rest or rest.startswith("\n")),
        f"{name}: the docstring's first line is the tooltip: one sentence with a full stop, "
        f"then an empty line",
    )
    docs = setting_docs(cls)
    bare = [field for field in cls.model_fields if not docs.get(field)]
    _expect(not bare, f"{name}: settings without a docstring below them: {listing(bare)}")
    info = describe(cls, f"test.{name.lower()}")
    text = json.dumps(info.model_dump(mode="json"), allow_nan=False)
    _expect(bool(json.loads(text)), f"{name}: its metadata is no JSON")
    ids = {setting.id for setting in info.settings}
    _expect(ids == set(cls.model_fields), f"{name}: the JSON Schema lacks some of its settings")


def check_node(
    cls: type[Node],
    *,
    folder: Path,
    settings: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Any] | None = None,
    varying: Collection[str] = (),
    context: Callable[..., FakeContext] = FakeContext,
    **options: Any,
) -> dict[str, Any]:
    """Run a node alone and check that it keeps every promise the engine relies on.

    The definition is documented, settings survive JSON, ``configure`` agrees with the result, the
    inputs stay as they were, nothing is printed, the same seed gives the same result twice, and a
    run that is cancelled at its first cancellation point leaves nothing but ``Cancelled``. Columns
    named by settings are looked for as the engine does.

    Args:
        cls: The node class.
        folder: An empty folder: paths in settings start here.
        settings: Its settings, as they would stand in a workflow file.
        inputs: Value by input port; a list where the port takes many. Tables may be given as
            ``DataFrame`` even where the node takes a ``LazyFrame``.
        varying: Outputs (``history``) or columns (``history.seconds``) that may differ between
            runs, such as a time.
        context: Makes the context; give a subclass of ``FakeContext`` where a node needs more.
        options: Passed on to ``context``, such as ``seed=7``.

    Returns:
        Output by port; tables as ``DataFrame``.

    Raises:
        AssertionError: Names the class and the promise it broke.
        ConfigureError: A column that a setting names is not there, or ``configure`` says so.
    """
    check_definition(cls)
    signature = signature_of(cls)
    node = _check_settings(cls, dict(settings or {}))
    given = dict(inputs or {})
    missing = [p.id for p in signature.inputs.values() if not p.optional and p.id not in given]
    _expect(not missing, f"{cls.__name__}: this check needs the inputs {listing(missing)}")
    before = _prints(signature, given)

    promised = configure(node, given, context(folder, **options))
    with redirect_stdout(io.StringIO()) as printed:
        outputs = execute(node, given, context(folder, **options))
    text = printed.getvalue().strip()
    _expect(not text, f"{cls.__name__} prints {text[:60]!r}; what people should know goes by ctx")
    _check_outputs(cls, signature, promised, outputs)
    after = _prints(signature, given)
    changed = [port for port in before if before[port] != after[port]]
    _expect(not changed, f"{cls.__name__}.execute changed its inputs {listing(changed)}")

    again = execute(node, given, context(folder, **options))
    for port, output in signature.outputs.items():
        one = _print(output.type, _without(outputs[port], port, varying))
        two = _print(output.type, _without(again[port], port, varying))
        _expect(
            port in varying or one == two,
            f'{cls.__name__}: two runs with one seed gave different results at "{port}"',
        )
    _check_cancel(node, given, context(folder, **options, cancel_after=1))
    return outputs


def configure(node: Node, inputs: Mapping[str, Any], ctx: FakeContext) -> dict[str, Any]:
    """Return what a node's ``configure`` promises, by output port, for the specs of ``inputs``."""
    signature = signature_of(type(node))
    specs: dict[str, Any] = {}
    for name, port in signature.inputs.items():
        value = inputs.get(name)
        if isinstance(value, list):
            specs[name] = [port.type.spec_of(one) for one in value]
        else:
            specs[name] = None if value is None else port.type.spec_of(value)
    check_columns(node, specs)
    method = getattr(node, "configure", None)
    if method is None:
        return dict.fromkeys(signature.outputs)
    taken = {name: specs[name] for name in signature.configure_ports}
    result = method(**taken, **({"ctx": ctx} if signature.configure_ctx else {}))
    return _by_port(signature, result)


def execute(node: Node, inputs: Mapping[str, Any], ctx: FakeContext) -> dict[str, Any]:
    """Return what a node's ``execute`` gives, by output port; lazy tables are collected."""
    signature = signature_of(type(node))
    values = {
        port: value.lazy() if signature.inputs[port].lazy and value is not None else value
        for port, value in inputs.items()
    }
    method: Callable[..., Any] = node.execute  # type: ignore[attr-defined]  # checked by @node
    result = method(**values, **({"ctx": ctx} if signature.execute_ctx else {}))
    return {port: _collected(value) for port, value in _by_port(signature, result).items()}


def _check_settings(cls: type[Node], settings: dict[str, Any]) -> Node:
    try:
        node = _read_settings(cls, json.dumps(settings))
    except ValidationError as error:
        problems = "; ".join(map(str, setting_problems(error, cls, settings, "")))
        raise AssertionError(f"{cls.__name__}, settings: {problems}") from None
    for short in (False, True):
        text = node.model_dump_json(exclude_defaults=short)
        try:
            again = _read_settings(cls, text)
        except ValidationError as error:
            problems = "; ".join(map(str, setting_problems(error, cls, json.loads(text), "")))
            what = "saved without what is at its default" if short else "saved"
            raise AssertionError(
                f"{cls.__name__}: its settings cannot be loaded once {what}: {problems} (a field "
                f"that tells the members of a union apart must have no default)"
            ) from None
        _expect(
            again == node,
            f"{cls.__name__}: its settings change when they are saved and loaded: {text}",
        )
    return node


def _read_settings(cls: type[Node], text: str) -> Node:
    return cls.model_validate_json(text, strict=True, extra="forbid")


def _check_outputs(
    cls: type[Node], signature: Signature, promised: dict[str, Any], outputs: dict[str, Any]
) -> None:
    for port, output in signature.outputs.items():
        value = outputs[port]
        _expect(
            output.type.accepts(type(value)),
            f'{cls.__name__}: "{port}" should be a {output.type.id}, not {kind_of_value(value)}',
        )
        if promised[port] is not None:
            conflict = output.type.conflict(promised[port], output.type.spec_of(value))
            _expect(not conflict, f'{cls.__name__}, output "{port}": {conflict}')


def _check_cancel(node: Node, inputs: Mapping[str, Any], ctx: FakeContext) -> None:
    try:
        execute(node, inputs, ctx)
    except Cancelled:
        return
    except Exception as error:
        raise AssertionError(
            f"{type(node).__name__}: cancelling it must raise Cancelled, not {error!r}"
        ) from error
    _expect(
        ctx.points == 0, f"{type(node).__name__} went on after it was cancelled: it must not catch"
    )


def _by_port(signature: Signature, result: Any) -> dict[str, Any]:
    names = list(signature.outputs)
    if not names:
        return {}
    if signature.single:
        return {names[0]: result}
    if result is None:
        return dict.fromkeys(names)
    _expect(
        isinstance(result, dict) or hasattr(result, "_asdict"),
        f"the outputs are a NamedTuple with {listing(names)}, not {kind_of_value(result)}",
    )
    found = dict(result) if isinstance(result, dict) else result._asdict()
    _expect(
        set(found) == set(names),
        f"the outputs are {listing(names)}, not {listing(map(str, found))}",
    )
    return {name: found[name] for name in names}


def _prints(signature: Signature, inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        port: [_print(signature.inputs[port].type, one) for one in _many(value)]
        for port, value in inputs.items()
    }


def _print(port_type: PortType, value: Any) -> bytes:
    if value is None:
        return b""
    target = io.BytesIO()
    port_type.write(_collected(value), target)
    return target.getvalue()


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _collected(value: Any) -> Any:
    return value.collect() if hasattr(value, "collect") else value


def _without(value: Any, port: str, varying: Collection[str]) -> Any:
    columns = [name.removeprefix(f"{port}.") for name in varying if name.startswith(f"{port}.")]
    return value.drop(columns) if columns else value


def _expect(condition: bool, sentence: str) -> None:  # noqa: FBT001
    if not condition:
        raise AssertionError(sentence)
