"""``flowengine nodes``: find node types and read what they do."""

from __future__ import annotations

import argparse
import json
import textwrap
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flowengine.cli.aside import Aside
from flowengine.cli.describe import default_text, models_in, schema_text
from flowengine.cli.options import CallError, add_nodes_option, open_registry
from flowengine.cli.output import columns, count, print_json, print_lines
from flowengine.errors import listing, suggest

if TYPE_CHECKING:
    from flowengine.info import NodeInfo, PortInfo, SettingInfo

NAME = "nodes"
HELP = 'list node types ("nodes pool"), or show one ("nodes show layer.dense")'


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument(
        "words",
        metavar="QUERY",
        nargs="*",
        help='words to search for; "show TYPE" prints the whole help of one type, '
        '"show TYPE SETTING" what a setting takes',
    )
    add_nodes_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON value")


def execute(arguments: argparse.Namespace) -> int:
    """Run the command."""
    registry = open_registry(arguments)
    with Aside(wanted=arguments.json):
        catalogue = registry.catalogue()
    words = [word.casefold() for word in arguments.words]
    if words[:1] == ["show"]:
        return _show(catalogue, arguments.words[1:], as_json=arguments.json)
    found = [info for info in catalogue.values() if _matches(info, words)]
    if arguments.json:
        print_json([info.model_dump(mode="json") for info in found])
        return 0
    if not found:
        text = " ".join(arguments.words)
        names = [*catalogue, *(info.title for info in catalogue.values())]
        raise CallError(f'no node type fits "{text}".{suggest(text, names)}')
    print_lines(columns([(info.type, info.title, info.summary) for info in found], indent=0))
    broken = sum(len(pack.problems) for pack in registry.packs.values())
    if broken:
        print(f'\n{count(broken, "problem")} with packs; see "flowengine packs"')
    return 0


def _matches(info: NodeInfo, words: list[str]) -> bool:
    text = " ".join((info.type, info.title, info.summary, *info.keywords)).casefold()
    return all(word in text for word in words)


def _show(catalogue: dict[str, NodeInfo], names: list[str], *, as_json: bool) -> int:
    if len(names) not in (1, 2):
        raise CallError(
            'name one type, such as "flowengine nodes show layer.dense", and behind it perhaps one '
            "of its settings"
        )
    by_stem: dict[str, list[str]] = {}
    for type_id in catalogue:
        by_stem.setdefault(type_id.partition(".")[2], []).append(type_id)
    found = [names[0]] if names[0] in catalogue else by_stem.get(names[0], [])
    if len(found) != 1:
        hint = (
            f" It is one of {listing(found)}"
            if found
            else suggest(names[0], [*catalogue, *by_stem])
        )
        raise CallError(f'there is no node type "{names[0]}".{hint}')
    info = catalogue[found[0]]
    if len(names) == 2:
        return _show_setting(info, names[1], as_json=as_json)
    if as_json:
        print_json(info.model_dump(mode="json"))
    else:
        print_lines(_page(info))
    return 0


def _page(info: NodeInfo) -> Iterable[str]:
    version = f", version {info.version}" if info.version > 1 else ""
    yield f"{info.title}  ({info.type}{version})"
    yield ""
    yield info.summary
    if info.description:
        yield ""
        yield from info.description.splitlines()
    for title, ports in (("Inputs", info.inputs), ("Outputs", info.outputs)):
        if ports:
            yield ""
            yield title
            yield from columns([(port.id, port_text(port), port.help) for port in ports])
    if info.settings:
        yield ""
        yield "Settings"
        for setting in info.settings:
            yield f"  {setting.id}  ({default_text(setting)})"
            yield f"      {schema_text(setting.json_schema, info.definitions)}"
            yield from _wrapped(setting.help, 6)
        nested = [item.id for item in info.settings if _models(info, item)]
        if nested:
            yield ""
            yield from _wrapped(
                f"What {', '.join(nested)} may hold: flowengine nodes show {info.type} SETTING", 0
            )


def _show_setting(info: NodeInfo, name: str, *, as_json: bool) -> int:
    known = {setting.id: setting for setting in info.settings}
    if name not in known:
        raise CallError(
            f'"{info.type}" has no setting "{name}".{suggest(name, known)} It has {listing(known)}'
        )
    if as_json:
        print_json(known[name].model_dump(mode="json"))
    else:
        print_lines(_setting_page(info, known[name]))
    return 0


def _setting_page(info: NodeInfo, setting: SettingInfo) -> Iterable[str]:
    yield f"{setting.id} of {info.title}  ({default_text(setting)})"
    yield from _wrapped(setting.help, 2)
    models = _models(info, setting)
    if not models:
        yield f"  {schema_text(setting.json_schema, info.definitions)}"
    for name, schema in models:
        yield ""
        yield from _wrapped(" – ".join(filter(None, [name, _first_line(schema)])), 0)
        required = schema.get("required", ())
        for inner, item in schema["properties"].items():
            if inner != "type":
                default = json.dumps(item.get("default"), ensure_ascii=False)
                yield f"  {inner}  ({'required' if inner in required else default})"
                yield from _wrapped(schema_text(item, info.definitions), 6)
                yield from _wrapped(item.get("description", ""), 6)


def _models(info: NodeInfo, setting: SettingInfo) -> list[tuple[str, Mapping[str, Any]]]:
    return list(models_in(setting.json_schema, info.definitions))


def _first_line(schema: Mapping[str, Any]) -> str:
    return " ".join(str(schema.get("description", "")).partition("\n\n")[0].split())


def _wrapped(text: str, indent: int) -> list[str]:
    blank = " " * indent
    return textwrap.wrap(text, 100 - indent, initial_indent=blank, subsequent_indent=blank)


def port_text(port: PortInfo) -> str:
    """Return a port's type in words."""
    many = "many: " if port.many else ""
    return f"{many}{port.type}{' (optional)' if port.optional else ''}"
