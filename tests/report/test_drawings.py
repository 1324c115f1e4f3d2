"""Axes, lines and coloured fields."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import polars as pl
import pytest

from flowengine.report.axes import axis, number
from flowengine.report.charts import static_chart
from flowengine.report.curves import learning_curves
from flowengine.report.heat import heat_map
from flowengine.report.lines import MOST_POINTS, Series, line_chart
from flowengine.report.markup import Markup
from flowengine.report.scales import GREYS, coloured
from flowengine.report.tables import table_head
from flowengine.values import Chart


def texts(drawn: Markup, tag: str = "text") -> list[str]:
    # Without a closing slash images are no XML.
    tree = ElementTree.fromstring(re.sub(r"<img[^>]*>", "", f"<div>{drawn}</div>"))
    return ["".join(item.itertext()) for item in tree.iter(tag)]


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (0.0, 937.0, [0.0, 200.0, 400.0, 600.0, 800.0]),
        (-2.5, 2.5, [-2.0, -1.0, 0.0, 1.0, 2.0]),
    ],
    ids=["one", "steps", "both signs"],
)
def test_ticks_are_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert axis([low, high], 0, 100).ticks() == pytest.approx(ticks)


def test_axis_has_room_where_all_values_are_the_same() -> None:
    found = axis([3.0, 3.0], 0, 100)
    assert found.place(3.0) == 50


def test_axis_of_nothing_is_no_error() -> None:
    assert axis([float("nan")], 0, 1).ticks()


def test_numbers_stand_short_at_ticks() -> None:
    assert [number(value) for value in (0.0, 0.5, 20000.0, 1e-5, 3e9)] == [
        "0",
        "0.5",
        "20,000",
        "1e-05",
        "3e+09",
    ]


def test_line_is_thinned_to_what_can_be_seen() -> None:
    drawn = line_chart([Series("a", [(x, x) for x in range(10_000)])], x="step", y="loss")
    path = re.search(r'd="M([^"]*)"', drawn)
    assert path is not None
    assert 100 < len(path[1].split("L")) <= MOST_POINTS


def test_gaps_are_left_out() -> None:
    points = [(0.0, 1.0), (1.0, float("nan")), (2.0, 3.0)]
    assert "nan" not in line_chart([Series("a", points)], x="x", y="y")


def test_metric_and_its_validation_are_one_chart() -> None:
    points = [(1.0, 1.0), (2.0, 0.5)]
    drawn = learning_curves({"loss": points, "val_loss": points, "accuracy": points})
    assert drawn.count("<figure>") == 2
    assert "validation loss" in drawn


def test_few_fields_have_numbers() -> None:
    drawn = heat_map([[1.0, 2.0], [None, 4.0]], ["a", "b"], ["c", "d"])
    assert texts(drawn) == ["c", "d", "a", "b", "1", "2", "4"]


def test_many_fields_are_a_picture() -> None:
    names = [str(number) for number in range(30)]
    drawn = heat_map([[1.0] * 30] * 30, names, names)
    assert "data:image/png;base64," in drawn
    assert "<text" not in drawn


def test_middle_of_a_scale_can_be_given() -> None:
    assert coloured([[-1.0, 0.0, 3.0]], GREYS, 0.0)[0][1] == (127, 127, 127)


def chart(specification: dict[str, object], **columns: list[object]) -> Markup | None:
    return static_chart(Chart(specification, pl.DataFrame(columns)))


ENCODING = {
    "x": {"field": "x", "type": "quantitative"},
    "y": {"field": "y", "type": "quantitative"},
}


@pytest.mark.parametrize("mark", ["line", "bar", {"type": "point"}], ids=str)
def test_simple_charts_are_drawn(mark: object) -> None:
    drawn = chart({"mark": mark, "encoding": ENCODING}, x=[1, 2], y=[3, 4])
    assert drawn is not None
    assert "<svg" in drawn


def test_colour_makes_a_line_for_each_group() -> None:
    encoding = {**ENCODING, "color": {"field": "kind"}}
    drawn = chart({"mark": "line", "encoding": encoding}, x=[1, 2], y=[3, 4], kind=["a", "b"])
    assert drawn is not None
    assert texts(drawn, "span") == ["a", "b"]


def test_facets_are_pictures_side_by_side() -> None:
    inner = {"mark": "rect", "encoding": {**ENCODING, "color": {"field": "v"}}}
    drawn = chart(
        {"facet": {"field": "kind"}, "spec": inner}, x=[1, 1], y=[2, 2], v=[5, 6], kind=["a", "b"]
    )
    assert drawn is not None
    assert texts(drawn, "strong") == ["a", "b"]


def test_colours_that_a_chart_gives_are_taken() -> None:
    rows = pl.DataFrame({"x": [1, 2, 3], "y": [1, 1, 1], "tone": [-1.0, 0.0, 1.0]})
    channel = {"x": {"field": "x"}, "y": {"field": "y"}}
    scale = {"domain": [-1, 0, 1], "range": ["#ff0000", "#ffffff", "#0000ff"]}
    colour = {"color": {"field": "tone", "scale": scale}}
    drawn = str(static_chart(Chart({"mark": "rect", "encoding": channel | colour}, rows)))
    # white is the page itself, which is dark for some
    assert "fill:rgb(255, 0, 0);fill-opacity:1.00" in drawn
    assert "fill:rgb(0, 0, 255);fill-opacity:1.00" in drawn
    assert "fill-opacity:0.00" in drawn


def test_other_charts_are_left_to_their_table() -> None:
    assert chart({"mark": "geoshape"}, x=[1]) is None
    assert chart({"hconcat": []}, x=[1]) is None


def test_table_shows_its_first_rows() -> None:
    drawn = table_head(pl.DataFrame({"n": range(100), "t": ["<b>"] * 100}))
    assert "and 88 more rows" in drawn
    assert "&lt;b&gt;" in drawn
    assert "<b>" not in drawn


def test_table_of_pairs_is_coloured_and_whole() -> None:
    names = [str(number) for number in range(15)]
    table = pl.DataFrame({"truth": names, **{name: [1] * 15 for name in names}})
    drawn = table_head(table)
    assert drawn.count("color-mix") == 225
    assert "more rows" not in drawn
