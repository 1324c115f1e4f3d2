"""Write the generated pages: the node reference, one page a pack, and the command reference.

``python docs/generate.py`` writes them, ``--check`` only says which are out of date.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from flowengine.cli.describe import default_text, schema_text
from flowengine.cli.main import build_parser
from flowengine.info import NodeInfo, PortInfo
from flowengine.packs import installed_packs
from flowengine.registry import Registry

DOCS = Path(__file__).parent
NOTE = "<!-- Written by docs/generate.py from the code. Change the docstrings there. -->\n"
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
        DOCS / "nodes" / f"{prefix}.md": _pack_page(prefix, infos)
        for prefix, infos in by_pack.items()
    }
    written[DOCS / "nodes" / "README.md"] = _index(by_pack)
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
    return "\n".join(lines)


def _pack_page(prefix: str, infos: list[NodeInfo]) -> str:
    lines = [f"# {prefix}", "", NOTE]
    for info in infos:
        lines += _node(info)
    return "\n".join(lines)


def _node(info: NodeInfo) -> Iterator[str]:
    yield from (f'<a id="{_anchor(info)}"></a>', f"## {info.title}", "")
    group = f" · group {info.group}" if info.group else ""
    version = f" · version {info.version}" if info.version > 1 else ""
    yield from (f"`{info.type}`{group}{version}", "", info.summary, "")
    if info.description:
        yield from (info.description, "")
    ports = [*_ports("in", info.inputs), *_ports("out", info.outputs)]
    if ports:
        yield from ("| port | | type | |", "|---|---|---|---|", *ports, "")
    if info.settings:
        yield from ("| setting | default | takes | |", "|---|---|---|---|")
        for item in info.settings:
            takes = schema_text(item.json_schema, info.definitions)
            default = default_text(item)
            default = default if item.required else f"`{default}`"
            yield f"| `{item.id}` | {_cell(default)} | {_cell(takes)} | {_cell(item.help)} |"
        yield ""


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
