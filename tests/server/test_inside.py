"""The inside of networks: where it can be seen, and what there is to see for a row."""

from __future__ import annotations

import base64
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from support.engine import document, write
from support.samples import copy, edit

import flowengine as fe
from flowengine.binding import Binding, Feed
from flowengine.network import Network, NetworkSpec
from flowengine.nn.inspection import Seen
from flowengine.server.endpoint import Call, Refused
from flowengine.server.inside import looker
from flowengine.server.inside.child import _part as part_of
from flowengine.server.inside.looker import CannotLook, Looker
from flowengine.server.inside.places import feeds
from flowengine.server.inside.routes import ENDPOINTS
from flowengine.server.inside.steps import steps_of
from flowengine.server.site import Site
from flowengine.server.values.lookup import place_of
from flowengine.server.wire import Inside, InsidePart, InsidePlaces
from flowengine.tensor import TensorSpec

PLACES, LOOK, CANCEL = (one.handle for one in ENDPOINTS)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Return a workspace in which iris.json ran."""
    folder = tmp_path_factory.mktemp("inside")
    copy(folder, "iris.json", "data/iris.csv")
    fe.run(folder / "iris.json", variables={"epochs": 1}, workspace=folder)
    edit(folder / "iris.json", lambda data: data["variables"].update(epochs=1))
    site = Site(folder)
    yield site
    site.close()


def places(site: Site, node: str) -> InsidePlaces:
    found = PLACES(site, Call({"path": "iris.json"}, {"node": node}))
    assert isinstance(found, InsidePlaces)
    return found


def look(site: Site, **query: Any) -> Inside:
    words = {"node": "learner", "port": "network", "layer": "hidden", "table": "partitioning"}
    words |= {"table_port": "second", **{name: str(value) for name, value in query.items()}}
    chosen = {name: value for name, value in words.items() if value}
    found = LOOK(site, Call({"path": "iris.json"}, chosen))
    assert isinstance(found, Inside)
    return found


def numbers(part: InsidePart) -> list[float]:
    return list(np.frombuffer(base64.b64decode(part.values), "<f4"))


def test_layer_is_seen_in_the_network_that_was_trained_with_it(trained: Site) -> None:
    [network] = places(trained, "hidden").networks
    assert (network.node, network.port) == ("learner", "network")
    assert [(one.name, one.title, one.shape) for one in network.layers] == [
        ("hidden", "Dense", "16")
    ]


def test_tables_it_is_applied_to_come_before_those_it_was_trained_on(trained: Site) -> None:
    [network] = places(trained, "hidden").networks
    assert [(one.node, one.port, one.rows) for one in network.tables] == [
        ("partitioning", "second", 45),
        ("partitioning", "first", 105),
    ]


def test_learner_shows_all_layers(trained: Site) -> None:
    [network] = places(trained, "learner").networks
    assert [one.name for one in network.layers] == ["hidden", "output"]


def test_input_has_no_inside(trained: Site) -> None:
    found = places(trained, "input")
    assert (found.networks, found.run) == ((), "")
    assert "adds no layer" in found.reason


def test_what_was_not_trained_says_what_to_run(tmp_path: Path) -> None:
    copy(tmp_path, "iris.json", "data/iris.csv")
    site = Site(tmp_path)
    found = places(site, "hidden")
    site.close()
    assert (found.networks, found.run) == ((), "learner")
    assert found.reason == 'Run "learner" to see what happens inside.'


def test_what_cannot_be_trained_yet_says_what_to_configure(tmp_path: Path) -> None:
    copy(tmp_path, "iris.json", "data/iris.csv")
    edit(tmp_path / "iris.json", lambda data: data["nodes"]["hidden"]["settings"].update(units=0))
    site = Site(tmp_path)
    found = places(site, "output")
    site.close()
    assert (found.networks, found.run, found.node) == ((), "", "hidden")
    assert found.reason == '"output" waits for "hidden", which is not configured'


def test_layer_without_a_learner_says_so(tmp_path: Path) -> None:
    nodes = {"input": ("layer.input", {"shape": [4]}), "dense": ("layer.dense", {"units": 3})}
    write(tmp_path / "iris.json", document(nodes, ["input.out dense.network"]))
    site = Site(tmp_path)
    found = places(site, "dense")
    site.close()
    assert found.run == ""
    assert "connect a learner" in found.reason


def test_row_goes_through_the_layer(trained: Site) -> None:
    first, other = look(trained, row=0), look(trained, row=1)
    [part] = first.parts
    assert (part.layer, part.kind, part.shape) == ("hidden", "activation", (16,))
    assert min(numbers(part)) >= 0
    assert max(numbers(part)) == pytest.approx(part.high)
    assert numbers(part) != numbers(other.parts[0])


def test_weights_are_told_in_numbers(trained: Site) -> None:
    kernel, bias = look(trained).weights
    assert (kernel.name, kernel.shape, sum(kernel.bins)) == ("kernel", (4, 16), 64)
    assert (bias.name, bias.shape) == ("bias", (16,))
    assert kernel.low < kernel.mean < kernel.high


def test_units_of_the_output_are_named_after_classes(trained: Site) -> None:
    found = look(trained, layer="output")
    assert found.classes["output"] == ("setosa", "versicolor", "virginica")
    assert sum(numbers(found.parts[0])) == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("kind", "shape", "shown"),
    [
        ("kernel", (2, 3, 3, 1, 4), (3, 3, 1, 4)),
        ("activation", (2, 5, 5, 4), (5, 5, 4)),
        ("cell_state", (7, 2, 5, 5, 4), (5, 5, 4)),
    ],
)
def test_of_volumes_and_films_a_page_gets_the_last_picture(
    kind: str, shape: tuple[int, ...], shown: tuple[int, ...]
) -> None:
    values = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    sent = part_of(Seen("conv", kind, values))
    assert sent.shape == sent.shown == shown
    assert numbers(sent)[-1] == values.size - 1


def test_a_kernel_tells_which_channel_each_unit_reads() -> None:
    sent = part_of(Seen("conv", "kernel", np.zeros((3, 3, 1, 2), np.float32), (0, 1)))
    assert sent.first == (0, 1)


def test_without_a_table_it_sees_random_numbers(trained: Site) -> None:
    first, other = (look(trained, table="", row=row) for row in (0, 1))
    assert numbers(first.parts[0]) != numbers(other.parts[0])
    assert numbers(look(trained, table="", row=0).parts[0]) == numbers(first.parts[0])
    assert [weight.name for weight in first.weights] == ["kernel", "bias"]


def test_table_that_does_not_fit_an_input_is_not_offered() -> None:
    spec = NetworkSpec.input("noise", TensorSpec((64,)))
    pictures = pl.Schema({"image": pl.Array(pl.UInt8, (28, 28, 1))})
    assert not feeds(Network(spec), pictures)
    assert feeds(Network(spec), pl.Schema({"code": pl.Array(pl.Float32, 64)}))


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"layer": "hiden"}, 'no layer "hiden"'),
        ({"node": "lerner"}, 'Did you mean "learner"'),
        ({"node": "scorer", "port": "chart"}, "is a chart; expected a network"),
        ({"table": "scorer", "table_port": "chart"}, "is a chart; expected a table"),
        ({"row": 45}, "there is no row 45; the table has 45 rows"),
        ({"row": "x"}, "expected a whole number"),
        (
            {"table": "scorer", "table_port": "statistics"},
            "lacks what feeds the network: .sepal_length",
        ),
        ({"layer": ""}, 'the request needs "layer="'),
    ],
)
def test_what_is_not_there_is_refused_in_words(
    trained: Site, query: dict[str, Any], reason: str
) -> None:
    with pytest.raises(Refused, match=reason):
        look(trained, **query)


def asking(program: str, tmp_path: Path) -> Looker:
    made = Looker(tmp_path)
    made._command = [sys.executable, "-c", program]
    return made


def test_process_that_dies_is_told_and_started_anew(tmp_path: Path) -> None:
    flag = tmp_path / "died"
    again = 'input(); print(\'{"refused": "no"}\', flush=True); input()'
    program = f"import os, pathlib; p = pathlib.Path({str(flag)!r})\n"
    program += f"if not p.exists(): p.touch(); os._exit(1)\n{again}"
    ask = asking(program, tmp_path)
    with pytest.raises(CannotLook, match="died"):
        ask.look({})
    with pytest.raises(CannotLook, match="no"):
        ask.look({})
    ask.close()


def test_what_lies_in_the_current_folder_is_no_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "base64.py").write_text("raise SystemExit\n")
    monkeypatch.chdir(tmp_path)
    ask = Looker(tmp_path / ".flowengine")
    question = {"network": ["k", "out", "x"], "table": None, "row": 0, "layers": {}}
    with pytest.raises(CannotLook, match="the store has no record of k"):
        ask.look(question)
    ask.close()


def test_look_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looker, "PATIENCE_SECONDS", 0.3)
    ask = asking("import time; time.sleep(60)", tmp_path)
    with pytest.raises(CannotLook, match=r"took longer than 0\.3 s"):
        ask.look({})
    assert ask._process is None


def looking(ask: Looker, asker: str, words: list[str]) -> threading.Thread:
    """Begin a look in a thread, and note the words with which it is refused."""

    def look() -> None:
        with pytest.raises(CannotLook) as caught:
            ask.look({"asker": asker}, asker)
        words.append(str(caught.value))

    thread = threading.Thread(target=look)
    thread.start()
    return thread


def at_work(tmp_path: Path, words: list[str]) -> tuple[Looker, threading.Thread]:
    """Return a looker whose process is at work on the look of ``first``, and that look's thread."""
    flag = tmp_path / "asked"
    program = f"import pathlib; input(); pathlib.Path({str(flag)!r}).touch(); input()"
    ask = asking(program, tmp_path)
    first = looking(ask, "first", words)
    while not flag.exists():
        time.sleep(0.01)
    return ask, first


def test_look_is_cancelled_also_while_it_waits_for_its_turn(tmp_path: Path) -> None:
    words: list[str] = []
    ask, first = at_work(tmp_path, words)
    second = looking(ask, "second", words)
    ask.cancel("second")
    ask.cancel("nobody")
    assert first.is_alive()
    ask.cancel("first")
    first.join(20)
    second.join(20)
    assert words == ["the look inside was cancelled"] * 2
    assert ask._process is None


def test_look_is_cancelled_also_before_it_comes_and_while_its_process_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask = asking("input(); input()", tmp_path)
    ask.cancel("early")
    with pytest.raises(CannotLook, match="the look inside was cancelled"):
        ask.look({}, "early")
    assert ask._process is None
    process = looker._Process

    def starts(command: list[str]) -> looker._Process:
        ask.cancel("late")
        return process(command)

    monkeypatch.setattr(looker, "_Process", starts)
    with pytest.raises(CannotLook, match="the look inside was cancelled"):
        ask.look({}, "late")
    assert ask._process is None


def test_look_ends_with_the_server_and_no_other_begins(tmp_path: Path) -> None:
    words: list[str] = []
    ask, first = at_work(tmp_path, words)
    ask.end()
    first.join(20)
    with pytest.raises(CannotLook, match="nobody waits"):
        ask.look({})
    assert (len(words), ask._process) == (1, None)


def test_steps_are_the_words_of_the_sentence(tmp_path: Path) -> None:
    (tmp_path / "text.csv").write_text("line\nto be or not to be\n")
    flow = document(
        {
            "reader": ("io.file_reader", {"path": "text.csv"}),
            "words": ("text.tokenizer", {"column": "line", "level": "word"}),
            "dictionary": ("text.dictionary", {"column": "token"}),
            "encoder": ("text.encoder", {"column": "token"}),
            "windows": (
                "text.windows",
                {"column": "token", "length": 3, "target": "sequence", "stride": 1},
            ),
        },
        [
            "reader.out words.table",
            "words.out dictionary.table",
            "words.out encoder.table",
            "dictionary.dictionary encoder.dictionary",
            "encoder.out windows.table",
        ],
    )
    fe.run(write(tmp_path / "flow.json", flow), workspace=tmp_path)
    site = Site(tmp_path)
    plan = site.study("flow.json").plan
    table = site.values.find(site.store, place_of(plan, "windows", "out")).value
    column = table.columns[0]
    network = Network(NetworkSpec(), binding=Binding({"x": Feed((column,), "list")}))
    found = steps_of(site.values, site.store, plan, network, "windows", table.slice(0, 1))
    site.close()
    assert found == ("to", "be", "or")
