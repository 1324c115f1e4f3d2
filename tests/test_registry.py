"""The registry: names to node classes, importing no more than what is used."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.engine import NODES, write_node

from flowengine import delay
from flowengine.errors import ConfigureError, UnknownTypeError
from flowengine.planning.schema import workflow_schema
from flowengine.registry import Registry
from flowengine.testing import check_definition


@pytest.fixture(scope="module")
def registry() -> Registry:
    return Registry.default([NODES])


def test_every_registered_node_is_documented(registry: Registry) -> None:
    for type_id in registry.types():
        if not type_id.startswith("local."):
            check_definition(registry.load(type_id))


def test_the_types_of_all_packs_load(registry: Registry) -> None:
    assert list(registry.catalogue()) != []
    assert {name for name in registry.types()} == set(registry.catalogue())


def test_whoever_asks_at_once_gets_the_whole_catalogue() -> None:
    registry = Registry.default([NODES])
    with ThreadPoolExecutor(4) as threads:
        sizes = set(threads.map(lambda _: len(registry.catalogue()), range(4)))
    assert sizes == {len(registry.types())}


def test_a_class_knows_its_type(registry: Registry) -> None:
    assert registry.load("layer.dense").__type_id__ == "layer.dense"
    assert registry.load("layer.dense") is registry.load("layer.dense")


def test_an_old_name_leads_to_today_s(registry: Registry) -> None:
    assert registry.current_name("local.times") == "local.scale"
    assert registry.current_name("local.scale") == "local.scale"
    assert registry.current_name("local.nothing") == "local.nothing"


def test_a_failure_is_told_again_the_same_way(tmp_path: Path) -> None:
    write_node(tmp_path, "bad", "1 / 0")
    registry = Registry.default([tmp_path])
    texts = []
    for _ in range(2):
        with pytest.raises(UnknownTypeError) as caught:
            registry.load("local.bad")
        texts.append(str(caught.value))
    assert texts[0] == texts[1]
    assert len(registry.packs["local"].problems) == 1


def test_a_file_that_is_long_in_coming_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(delay, "SECONDS", 0.05)
    for name, pause in (("quick", "0"), ("slow", "0.5")):
        write_node(
            tmp_path,
            name,
            f"""
import time

time.sleep({pause})


@node(title="{name}")
class {name.title()}(Node):
    def execute(self) -> int:
        return 1
""",
        )
    registry = Registry.default([tmp_path])
    registry.load("local.quick")
    assert not caplog.messages
    registry.load("local.slow")
    (told,) = caplog.messages
    assert told.startswith(f'"{tmp_path / "slow.py"}" is still being imported;')


def test_layers_are_made_from_what_networks_on_disk_hold(registry: Registry) -> None:
    layer = registry.load_layer("layer.dense", 1, {"units": 3, "kernel_initializer": "zeros"})
    assert layer.model_dump()["units"] == 3
    with pytest.raises(ConfigureError, match="is not a layer"):
        registry.load_layer("table.row_filter", 1, {})
    with pytest.raises(ConfigureError) as caught:
        registry.load_layer("layer.dense", 1, {"units": "3"})
    expected = '"layer.dense", setting "units": expected a whole number, got "3"'
    assert str(caught.value) == expected
    with pytest.raises(UnknownTypeError):
        registry.load_layer("layer.gone", 1, {})


def test_using_one_type_imports_one_file() -> None:
    program = """
import sys
from flowengine.registry import Registry
Registry.default().load("layer.dense")
names = [name for name in sys.modules if name.startswith("flowengine_nodes.layer.")]
print("flowengine_nodes.layer.core.dense" in names, "flowengine_nodes.layer.core.flatten" in names)
print("torch" in sys.modules, "pyarrow" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False", "False", "False"], done.stderr


def test_the_schema_knows_every_type_and_its_settings(registry: Registry) -> None:
    schema = workflow_schema(registry)
    assert json.loads(json.dumps(schema)) == schema
    dense = schema["$defs"]["settings.layer.dense"]
    assert dense["properties"]["units"]["anyOf"][0]["type"] == "integer"
    assert "layer.dense" in schema["$defs"]["NodeEntry"]["properties"]["type"]["examples"]


def test_every_reference_of_the_schema_leads_somewhere(registry: Registry) -> None:
    schema = workflow_schema(registry)
    pending, found = [schema], 0
    while pending:
        item = pending.pop()
        if isinstance(item, list):
            pending += item
        elif isinstance(item, dict):
            pending += item.values()
            reference = item.get("$ref")
            if isinstance(reference, str):
                found += 1
                assert reference.removeprefix("#/$defs/") in schema["$defs"], reference
    assert found > 10
