"""What a node gives or tells that no file can hold fails only that node, in one sentence."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from support.engine import flow, write_node

import flowengine as fe
from flowengine.strict_json import unkept

HALF = "half of a character"
FAULTS = {
    "text": ("str", "return chr(0xD800)", f"the value holds {HALF}"),
    "long": ("int", "return 2**70", "the value is too large to be kept; whole numbers go up to"),
    "nan": ("float", 'return float("nan")', "the value is nan, which JSON cannot hold"),
    "key": ("dict", "return {1: 2}", "the value has the key 1; keys are text"),
    "deep": ("dict", 'return {"a": [chr(0xDFFF)]}', f'an item of "a" of the value holds {HALF}'),
    "kind": ("Model", "return Model(chr(0xD800))", f'"kind" of the model holds {HALF}'),
    "named": ("Model", 'return Model("k", {"a": object()})', "is an object, which JSON does not"),
    "drawn": ("Chart", 'return Chart({"m": chr(0xD800)}, pl.DataFrame())', f"holds {HALF}"),
    "bare": ("Chart", 'return Chart({}, {"a": 1})', "must be a polars.DataFrame, not a builtins"),
    "column": ("pl.DataFrame", 'return pl.DataFrame({"a": [chr(0xD800)]})', "surrogates not"),
    "things": (
        "pl.DataFrame",
        'return pl.DataFrame({"a": [object()]})',
        "holds Python objects, which",
    ),
    "point": ("int", 'ctx.metric("loss", 1, object())\n        return 1', "not 'object'"),
    "raised": ("int", "raise DataError(chr(0xD800))", r"\ud800"),
}


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nodes")
    for name, (kind, body, _) in {**FAULTS, "good": ("int", "return 2**63 - 1", "")}.items():
        write_node(
            folder,
            name,
            f'''
@node(title="{name}")
class {name.title()}(Node):
    """Give something."""

    def execute(self, ctx: Context) -> {kind}:
        {body}
''',
        )
    return folder


@pytest.mark.parametrize("workers", [0, 1])
def test_only_the_node_fails(faulty: Path, tmp_path: Path, workers: int) -> None:
    names = [*FAULTS, "good"]
    result = fe.run(
        flow({name: f"local.{name}" for name in names}),
        nodes=[faulty],
        workspace=tmp_path,
        workers=workers,
        check=False,
    )
    assert result["good"].out == 2**63 - 1
    told = {name: result.nodes[name].error or "" for name in names if name != "good"}
    assert {name: FAULTS[name][2] in text for name, text in told.items()} == dict.fromkeys(
        FAULTS, True
    ), told
    assert all("\n" not in text and text.isprintable() for text in told.values())


def test_what_json_keeps_is_kept() -> None:
    value = {"a": [1, 2.5, None, True, "ü", (3,)], "b": {"c": -(2**63) + 1}}
    assert unkept(value, "it") == ""
    assert unkept([value, -(2**63)], "it") != ""
    nested: list[object] = []
    nested.append(nested)
    assert "deeper than" in unkept(nested, "it")


def test_odd_words_of_progress_do_not_end_the_run(tmp_path: Path) -> None:
    write_node(
        tmp_path,
        "odd",
        '''
        import numpy as np


        @node(title="Odd")
        class Odd(Node):
            """Tell odd things."""

            def execute(self, ctx: Context) -> pl.DataFrame:
                ctx.progress(0.5, ValueError("x"))
                ctx.metric("loss", np.int64(1), np.float32(0.5))
                ctx.metric("loss", 2, float("nan"))
                return pl.DataFrame({"a": ["\\U0001f600"]})
        ''',
    )
    events: list[fe.Event] = []
    result = fe.run(
        flow({"o": "local.odd"}), nodes=[tmp_path], workspace=tmp_path, on_event=events.append
    )
    assert result["o"].out.equals(pl.DataFrame({"a": ["\U0001f600"]}))
    points = [event.data for event in events if event.kind == "metric"]
    assert points[0] == {"name": "loss", "step": 1, "value": 0.5}


def test_whole_numbers_beyond_64_bits_pass_in_a_table(tmp_path: Path) -> None:
    write_node(
        tmp_path / "nodes",
        "huge",
        """
@node(title="Huge")
class Huge(Node):
    def execute(self) -> pl.DataFrame:
        return pl.DataFrame({"a": pl.Series([2**100], dtype=pl.Int128), "b": [1]})
""",
    )
    for _ in range(2):
        result = fe.run(flow({"h": "local.huge"}), nodes=[tmp_path / "nodes"], workspace=tmp_path)
        assert result["h"].out["a"].to_list() == [2**100]
        assert result.nodes["h"].outputs["out"]["rows"] == [{"b": 1}]
