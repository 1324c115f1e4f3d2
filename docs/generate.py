"""Write the generated pages: the node reference, one page a pack, and the command reference.

``python docs/generate.py`` writes them, ``--check`` only says which are out of date.
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from flowengine.cli.describe import default_text, models_in, schema_text
from flowengine.cli.main import build_parser
from flowengine.errors import ConfigureError
from flowengine.family import Choice, names_of
from flowengine.info import NodeInfo, PortInfo, SettingInfo, settings_of
from flowengine.layer import BaseLayer
from flowengine.nn.constraints import ConstraintSetting
from flowengine.nn.initializers import InitializerSetting
from flowengine.nn.losses.family import LossSetting
from flowengine.nn.metrics.family import MetricSetting
from flowengine.nn.optimizers.family import OptimizerSetting
from flowengine.nn.regularizers import RegularizerSetting
from flowengine.nn.schedules import ScheduleSetting
from flowengine.packs import installed_packs
from flowengine.registry import Registry
from flowengine.tensor import TensorSpec
from flowengine.workflow import Workflow

DOCS = Path(__file__).parent
NOTE = "<!-- Written by docs/generate.py from the code. Change the docstrings there. -->\n"
EXAMPLE_SETTINGS: dict[str, Any] = {
    "activation": "relu",
    "axes": -1,
    "dims": [2, 1],
    "equation": "ab,bc->ac",
    "exponent": 2.0,
    "factor": 0.1,
    "filters": 16,
    "function": "mean",
    "head_dim": 8,
    "height": 24,
    "height_factor": 0.1,
    "input_dim": 1000,
    "kernel_size": 3,
    "key_dim": 16,
    "layer": {"type": "layer.dense", "units": 16},
    "n": 10,
    "num_classes": 50,
    "num_heads": 4,
    "num_key_value_heads": 2,
    "num_query_heads": 4,
    "num_tokens": 50,
    "output_dim": 16,
    "output_shape": 16,
    "output_size": 4,
    "pool_size": 2,
    "rate": 0.5,
    "scale": 0.00392156862745098,
    "stddev": 0.1,
    "target_shape": [8, 8],
    "units": 16,
    "width": 24,
    "width_factor": 0.1,
}
"""What an example gives for settings that a layer requires."""
EXAMPLE_SHAPES = ([64], [20, 8], [32, 32, 3], [8, 32, 32, 3], [4, 8, 32, 32, 3])
"""Shapes that are tried as the input of an example, in this order."""
EXAMPLES: dict[str, dict[str, Any]] = {
    "layer.bidirectional": {"settings": {"layer": {"type": "layer.lstm", "units": 16}}},
    "layer.category_encoding": {"input": {"shape": [20], "dtype": "uint8"}},
    "layer.clip": {"settings": {"minimum": 0.0, "maximum": 1.0}},
    "layer.discretization": {"settings": {"bin_boundaries": [-1.0, 0.0, 1.0]}},
    "layer.einsum": {"settings": {"equation": "bi,bj->bij"}},
    "layer.embedding": {"input": {"shape": [20], "dtype": "int32"}},
    "layer.function": {"settings": {"function": "sqrt"}},
    "layer.masking": {"input": {"shape": [20, 8]}},
    "layer.mel_spectrogram": {"input": {"shape": [16000]}},
    "layer.one_hot": {"input": {"shape": [20], "dtype": "uint8"}},
    "layer.random_posterization": {"settings": {"factor": 4}},
    "layer.reduce": {"input": {"shape": [32, 32, 3]}},
    "layer.rescaling": {"input": {"shape": [32, 32, 3], "dtype": "uint8"}},
    "layer.reversible_embedding": {"input": {"shape": [20], "dtype": "int32"}},
    "layer.slice": {"input": {"shape": [20, 8]}, "settings": {"axis": 1, "start": -1}},
    "layer.stft_spectrogram": {"input": {"shape": [16000, 1]}},
}
"""Where an example of a layer is another one."""
FAMILIES: tuple[Any, ...] = (
    OptimizerSetting,
    ScheduleSetting,
    LossSetting,
    MetricSetting,
    InitializerSetting,
    RegularizerSetting,
    ConstraintSetting,
)
"""Settings whose members have settings of their own; they share a page."""
OWN = "flowengine"
"""Distribution whose packs are described; what else is installed has pages of its own."""


def pages() -> dict[Path, str]:
    """Return the text of every generated page."""
    registry = Registry([pack for pack in installed_packs() if pack.origin == OWN])
    catalogue = registry.catalogue()
    for pack in registry.packs.values():
        if pack.problems:
            raise SystemExit(f"{pack.prefix}: {pack.problems[0]}")
    by_pack: dict[str, list[NodeInfo]] = {}
    for info in sorted(catalogue.values(), key=lambda info: info.type):
        by_pack.setdefault(info.type.partition(".")[0], []).append(info)
    written = {
        DOCS / "nodes" / f"{prefix}.md": _pack_page(prefix, infos, registry)
        for prefix, infos in by_pack.items()
    }
    written[DOCS / "nodes" / "README.md"] = _index(by_pack)
    written[DOCS / "nodes" / "choices.md"] = "\n".join(_choices())
    written[DOCS / "commands.md"] = _commands()
    return written


def _index(by_pack: dict[str, list[NodeInfo]]) -> str:
    lines = ["# Nodes", "", NOTE]
    for prefix, infos in by_pack.items():
        lines += [f"## [{prefix}]({prefix}.md)", ""]
        lines += ["| type | name | what it does |", "|---|---|---|"]
        for info in infos:
            link = f"[`{info.type}`]({prefix}.md#{_anchor(info)})"
            lines.append(f"| {link} | {info.title} | {_cell(info.summary)} |")
        lines.append("")
    names = ", ".join(_family(setting).family for setting in FAMILIES)
    lines += [f"What stands behind {names} in a setting: [choices](choices.md).", ""]
    return "\n".join(lines)


def _pack_page(prefix: str, infos: list[NodeInfo], registry: Registry) -> str:
    lines = [f"# {prefix}", "", NOTE]
    for info in infos:
        lines += [*_node(info, registry), *_example(info, registry)]
    return "\n".join(lines)


def _node(info: NodeInfo, registry: Registry) -> Iterator[str]:
    yield from (f'<a id="{_anchor(info)}"></a>', f"## {info.title}", "")
    group = f" · group {info.group}" if info.group else ""
    version = f" · version {info.version}" if info.version > 1 else ""
    prefix, _, stem = info.type.partition(".")
    code = registry.packs[prefix].files[stem].path.relative_to(DOCS.parent)
    yield from (f"`{info.type}`{group}{version} · [code](../../{code})", "", info.summary, "")
    if info.description:
        yield from (info.description, "")
    ports = [*_ports("in", info.inputs), *_ports("out", info.outputs)]
    if ports:
        yield from ("| port | | type | |", "|---|---|---|---|", *ports, "")
    if info.settings:
        yield from _settings(info.settings, info.definitions)
    for item in info.settings:
        for _, schema in models_in(_linked(item.json_schema), info.definitions):
            yield from (f"`{item.id}` holds:", "")
            yield from _settings(_inner_settings(schema), info.definitions)


def _settings(settings: Iterable[SettingInfo], definitions: dict[str, Any]) -> Iterator[str]:
    yield from ("| setting | default | takes | |", "|---|---|---|---|")
    for item in settings:
        takes = schema_text(_linked(item.json_schema), definitions)
        default = _short_default(item)
        default = default if item.required else f"`{default}`"
        yield f"| `{item.id}` | {_cell(default)} | {_cell(takes)} | {_cell(item.help)} |"
    yield ""


def _inner_settings(schema: Mapping[str, Any]) -> Iterator[SettingInfo]:
    required = schema.get("required", ())
    for name, item in schema["properties"].items():
        yield SettingInfo(
            id=name,
            help=item.get("description", ""),
            json_schema=item,
            required=name in required,
            default=item.get("default"),
        )


def _short_default(item: SettingInfo) -> str:
    """Return a default as it may stand in a file: of a choice only what differs from its own."""
    if item.required or "family" not in item.json_schema:
        return default_text(item)
    family = next(
        choice for choice in map(_family, FAMILIES) if choice.family == item.json_schema["family"]
    )
    member = next(one for one in family.members if names_of((one,))[0] == item.default["type"])
    plain = member().model_dump(mode="json")
    rest = {name: value for name, value in item.default.items() if plain[name] != value}
    shown = {"type": plain["type"], **rest} if rest else plain["type"]
    return json.dumps(shown, ensure_ascii=False)


def _linked(schema: Any) -> Any:
    """Return a schema in which every family is a link to its members."""
    if isinstance(schema, dict):
        if "family" in schema:
            return {"widget": f"[{schema['family']}](choices.md#{schema['family']})"}
        return {key: _linked(value) for key, value in schema.items()}
    return [_linked(value) for value in schema] if isinstance(schema, list) else schema


def _family(setting: Any) -> Choice:
    mark = setting.__metadata__[0]
    assert isinstance(mark, Choice)  # noqa: S101  # for mypy
    return mark


def _choices() -> Iterator[str]:
    yield from ("# Choices", "", NOTE)
    yield (
        "Some settings take one of several things that have settings of their own. In a file such "
        'a choice is its name, `"adam"`, or an object, `{"type": "adam", "learning_rate": 0.01}`.'
    )
    yield ""
    for setting in FAMILIES:
        family = _family(setting)
        yield from (f'<a id="{family.family}"></a>', f"## {family.family.capitalize()}", "")
        for member in family.members:
            [name] = names_of((member,))
            also = ", ".join(f"`{alias}`" for alias in member.aliases)
            text = inspect.cleandoc(member.__doc__ or "")
            text = re.split(r"\n\s*\n(?:Args|Attributes|Source)", text)[0]
            yield from (
                f"### `{name}`",
                "",
                text + (f"\n\nAlso called {also}." if also else ""),
                "",
            )
            settings, definitions = settings_of(member)
            own = [item for item in settings if item.id != "type"]
            if own:
                yield from _settings(own, definitions)


def _example(info: NodeInfo, registry: Registry) -> Iterator[str]:
    """Yield a workflow of an input and a layer; nothing of what is no layer behind an input."""
    ports = [port for port in info.inputs if not port.optional]
    cls = registry.load(info.type)
    if not ports or not issubclass(cls, BaseLayer):
        return
    own = EXAMPLES.get(info.type, {})
    required = {item.id: EXAMPLE_SETTINGS[item.id] for item in info.settings if item.required}
    settings = {**required, **own.get("settings", {})}
    layer = cls.model_validate_json(json.dumps(settings))
    for shape in EXAMPLE_SHAPES:
        start = own.get("input", {"shape": shape})
        tensor = TensorSpec(tuple(start["shape"]), start.get("dtype", "float32"))
        taken = [tensor] * (2 if ports[0].many else len(ports))
        with suppress(ConfigureError):
            made = layer.output_specs(*taken)[0]
            parameters = sum(weight.size for weight in layer.weights(*taken).values())
            break
    else:
        raise SystemExit(f"{info.type}: no input of an example fits; add it to EXAMPLES")
    flow = Workflow(info.title)
    source = flow.add("layer.input", id="input", **start)
    connected = {port.id: [source.out] * 2 if port.many else source.out for port in ports}
    flow.add(info.type, id=info.type.partition(".")[2], **settings, **connected)
    count = f"{parameters:,} parameters" if parameters else "no parameters"
    yield from (f"Example: makes {made} of {tensor}, with {count}.", "")
    yield from ("```json", flow.dumps().rstrip(), "```", "")


def _ports(direction: str, ports: tuple[PortInfo, ...]) -> Iterator[str]:
    for port in ports:
        traits = [
            word for word, holds in (("optional", port.optional), ("many", port.many)) if holds
        ]
        kind = ", ".join([port.type, *traits])
        yield f"| `{port.id}` | {direction} | {kind} | {_cell(port.help)} |"


def _commands() -> str:
    lines = ["# Commands", "", NOTE]
    parser = build_parser()
    lines += [
        "Exit codes: 0 done · 1 a node failed · 2 the workflow or the call is wrong · "
        "130 cancelled.",
        "",
    ]
    lines += _parser_lines("flowengine", parser)
    return "\n".join(lines)


def _parser_lines(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    commands = [item for item in parser._actions if isinstance(item, argparse._SubParsersAction)]
    if not commands:
        yield from (f"## {name}", "", f"{_sentence(parser.description or '')}", "")
        yield from ("| | |", "|---|---|")
        for action in parser._actions:
            if not isinstance(action, argparse._HelpAction):
                yield f"| `{_usage(action)}` | {_cell(action.help or '')} |"
        yield ""
    for action in commands:
        for sub, command in action.choices.items():
            yield from _parser_lines(f"{name} {sub}", command)


def _usage(action: argparse.Action) -> str:
    metavar = str(action.metavar or action.dest.upper())
    if not action.option_strings:
        return metavar
    return (
        action.option_strings[-1] if action.nargs == 0 else f"{action.option_strings[-1]} {metavar}"
    )


def _anchor(info: NodeInfo) -> str:
    return info.type.replace(".", "-")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def main() -> int:
    """Write or check the pages; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing")
    arguments = parser.parse_args()
    written = pages()
    stale = [
        path
        for path, text in written.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    left_over = sorted(set((DOCS / "nodes").glob("*.md")) - set(written))
    for path in stale:
        if not arguments.check:
            path.parent.mkdir(exist_ok=True)
            path.write_text(written[path], encoding="utf-8")
            print(f"wrote {path.relative_to(DOCS.parent)}")
    for path in left_over:
        if not arguments.check:
            path.unlink()
            print(f"removed {path.relative_to(DOCS.parent)}")
    if arguments.check and (stale or left_over):
        names = ", ".join(str(path.relative_to(DOCS.parent)) for path in [*stale, *left_over])
        print(f"out of date: {names}; run: make docs", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
