"""``flowengine new``: a node file or a whole pack to start from."""

from __future__ import annotations

import argparse
import keyword
import re
from pathlib import Path

from flowengine.cli import templates
from flowengine.cli.options import CallError
from flowengine.packs import LOCAL, installed_packs

NAME = "new"
HELP = "write a node file, or a pack with one node, its test and its project file"

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_EXAMPLE = "threshold"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    for kind, text in (
        ("node", "write NAME.py, a node that works"),
        ("pack", "write the folder NAME, a project with one node and its test"),
    ):
        command = kinds.add_parser(kind, help=text, description=text)
        command.add_argument("name", metavar="NAME", help="small letters, digits and _")
        command.add_argument(
            "--dir", metavar="DIR", type=Path, default=Path(), help="where (default: here)"
        )


def execute(arguments: argparse.Namespace) -> int:
    """Run the command."""
    name: str = arguments.name
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise CallError(
            f'"{name}" cannot be a name; expected small letters, digits and _, a letter first, '
            f"such as outlier_filter"
        )
    write = _write_node if arguments.kind == "node" else _write_pack
    for line in write(name, arguments.dir):
        print(line)
    return 0


def _write_node(name: str, folder: Path) -> list[str]:
    path = folder / f"{name}.py"
    _write({path: templates.NODE.format(title=_title(name), cls=_class(name))})
    return [f"Wrote {path}.", f"Try: flowengine nodes show local.{name} --nodes {folder}"]


def _write_pack(name: str, folder: Path) -> list[str]:
    taken = {pack.prefix: pack.origin for pack in installed_packs()} | {LOCAL: "loose folders"}
    if name in taken:
        raise CallError(
            f'the prefix "{name}" is taken by {taken[name]}, so no other pack with it would be '
            f"loaded; choose another name"
        )
    root, package = folder / name, f"{name}_nodes"
    words = {
        "name": name,
        "dashed": f"flowengine-{name.replace('_', '-')}",
        "package": package,
        "example": _EXAMPLE,
        "module": f"{package}.{_EXAMPLE}",
        "cls": _class(_EXAMPLE),
        "title": _title(_EXAMPLE),
    }
    _write(
        {
            root / "pyproject.toml": templates.PYPROJECT.format(**words),
            root / "README.md": templates.README.format(**words),
            root / package / "__init__.py": templates.INIT.format(**words),
            root / package / f"{_EXAMPLE}.py": templates.NODE.format(**words),
            root / "tests" / f"test_{_EXAMPLE}.py": templates.TEST.format(**words),
        }
    )
    return [f"Wrote {root}.", f"Try: pip install -e {root} && flowengine nodes {name}"]


def _write(files: dict[Path, str]) -> None:
    for path in files:
        if path.exists():
            raise CallError(f'"{path}" is there already; nothing was written')
    try:
        for path, text in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CallError(f"cannot write {error.filename}: {error.strerror}") from error


def _class(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _title(name: str) -> str:
    return " ".join(part.capitalize() for part in name.split("_") if part)
