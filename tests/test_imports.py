"""Imports go down only, the engine knows no concrete node, and nothing heavy is loaded early."""

from __future__ import annotations

import ast
import fnmatch
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

import flowengine

ROOT = Path(flowengine.__file__).parent

ROWS = (
    ("errors", "events", "markers", "tensor", "context", "values"),
    (
        "family",
        "blobs",
        "cache",
        "delay",
        "pause",
        "pictures",
        "wording",
        "strict_json",
        "binding",
        "network",
        "network_surgery",
        "network_division",
        "node",
    ),
    ("layer", "ports", "diagram*"),
    ("signature", "info"),
    (
        "packs",
        "fingerprint",
        "known_types",
        "registry",
        "nested",
        "migrate",
        "document",
        "canonical",
        "workflow",
    ),
    ("data", "paths", "store_folder"),
    ("planning",),
    ("store",),
    ("process",),
    ("running",),
    ("nn",),
    ("testing",),
    ("writers",),
    ("api",),
    ("cli", "server", "report"),
    ("__main__",),
)
"""A module imports from its own row and from those above, never from those below."""


def modules() -> dict[str, Path]:
    """Return the file of every module by its name below ``flowengine``."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts != ("__init__",):
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


MODULES = modules()
every_module = pytest.mark.parametrize("module", MODULES)


def imports(path: Path, *, only_top: bool = False) -> set[str]:
    """Return the modules a file imports, without those it imports for the type checker only."""
    tree = ast.parse(path.read_bytes())
    found: set[str] = set()
    pending: list[ast.AST] = [tree]
    while pending:
        item = pending.pop()
        if isinstance(item, ast.If) and "TYPE_CHECKING" in ast.dump(item.test):
            pending += item.orelse
            continue
        if only_top and isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(item, ast.Import):
            found |= {name.name for name in item.names}
        elif isinstance(item, ast.ImportFrom):
            assert item.level == 0, f"{path}: imports are absolute"
            found.add(str(item.module))
            found |= {f"{item.module}.{name.name}" for name in item.names}
        pending += ast.iter_child_nodes(item)
    return found


def row_of(module: str) -> int:
    top = module.partition(".")[0]
    for number, patterns in enumerate(ROWS):
        if any(fnmatch.fnmatchcase(top, pattern) for pattern in patterns):
            return number
    raise AssertionError(f'"{top}" stands in no row; add it to ROWS where its imports allow')


@every_module
def test_imports_go_down_only(module: str) -> None:
    for target in imports(MODULES[module]):
        name = target.removeprefix("flowengine.")
        if target.startswith("flowengine.") and name in MODULES:
            assert row_of(name) <= row_of(module), f"{module} imports {name}, which is above it"


def test_no_module_needs_itself() -> None:
    graph = nx.DiGraph()
    for module, path in MODULES.items():
        for target in imports(path, only_top=True):
            name = target.removeprefix("flowengine.")
            is_own_package = module.startswith(f"{name}.")
            if target.startswith("flowengine.") and name in MODULES and not is_own_package:
                graph.add_edge(module, name)
    cycles = list(nx.simple_cycles(graph))
    assert not cycles, " → ".join(cycles[0])


@every_module
def test_engine_knows_no_concrete_node(module: str) -> None:
    assert not [name for name in imports(MODULES[module]) if name.startswith("flowengine_nodes")]


@every_module
def test_torch_is_imported_late(module: str) -> None:
    # What is written to test layers may begin with what it tests them with.
    if not module.startswith("nn.") and not module.startswith("testing."):
        tops = {name.partition(".")[0] for name in imports(MODULES[module], only_top=True)}
        heavy = {"torch", "pyarrow", "keras", "h5py"}
        # the command line imports the server when it is asked to serve
        assert not tops & (heavy if module.startswith("server.") else {*heavy, "starlette"})


@pytest.mark.parametrize(
    "program",
    [
        "import flowengine",
        "from flowengine.api import run",
        "from flowengine.registry import Registry; r = Registry.default(); "
        "[r.load(name) for name in r.types()]",
    ],
    ids=["the package", "the api", "every node"],
)
def test_importing_loads_nothing_heavy(program: str) -> None:
    heavy = ("torch", "pyarrow", "h5py", "keras", "starlette", "uvicorn", "rich", "sklearn")
    done = subprocess.run(
        [sys.executable, "-c", f"{program}; import sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert not set(heavy) & set(done.stdout.split())
