"""What came out, looked at: fields of a matrix, layers of a network, curves, many rows."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect
from support.desk import Desk
from support.digits import IMAGES, LABELS, write_digits
from support.engine import document, write

OpenDesk = Callable[..., Desk]


@pytest.mark.slow
def test_a_field_of_the_confusion_matrix_shows_its_rows_and_curves_lie_over_earlier_ones(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.run_all()
    desk.select("scorer")
    desk.tab("Chart")
    chart = desk.results.locator(".fe-vega canvas")
    expect(chart).to_be_visible()
    expect(desk.results).to_contain_text("Click to see the rows behind")
    box = chart.bounding_box()
    assert box is not None
    rows = desk.results.get_by_role("grid")
    for share in (0.3, 0.4, 0.5):
        chart.click(position={"x": box["width"] * share, "y": box["height"] * 0.3})
        desk.page.wait_for_timeout(300)
        if rows.count():
            break
    expect(desk.results).to_contain_text("Rows with")
    desk.select("hidden")
    desk.set("Units", 8)
    desk.wait_saved()
    desk.run_all()
    desk.select("learner")
    desk.tab("Learning")
    expect(desk.results.get_by_role("checkbox", name="Earlier runs")).to_be_checked()


def saved(desk: Desk, what: str) -> bytes:
    """Return what is saved of the value that is shown, as one of the formats that are offered."""
    desk.results.get_by_role("button", name="Download").click()
    menu = desk.page.get_by_role("menu", name="Download as")
    with desk.page.expect_download() as download:
        menu.get_by_role("menuitem", name=what, exact=True).click()
    return Path(download.value.path()).read_bytes()


@pytest.mark.slow
def test_curves_and_tables_are_taken_away_as_pictures_and_as_numbers(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.run_all()
    desk.select("learner")
    desk.tab("Learning")
    expect(desk.results).to_contain_text("30 of 30")
    head, *lines = saved(desk, "CSV").decode().splitlines()
    assert head.startswith("step,epoch,")
    assert lines[-1].startswith("210,30,")
    assert {"loss", "accuracy"} < set(head.split(","))
    assert all(line.count(",") == head.count(",") for line in lines)
    drawing = saved(desk, "SVG picture").decode()
    assert drawing.count("<polyline") >= 2
    assert "NaN" not in drawing
    assert saved(desk, "PNG picture").startswith(b"\x89PNG")
    desk.select("reader")
    expect(desk.results.get_by_role("gridcell").first).to_be_visible()
    drawing = saved(desk, "SVG picture").decode()
    assert "petal_length" in drawing
    assert drawing.count("<image") == 0
    assert len(saved(desk, "PNG picture")) > 5_000
    assert len(saved(desk, "CSV").decode().splitlines()) == 151
    desk.select("scorer")
    desk.tab("Chart")
    expect(desk.results.locator("canvas")).to_be_visible()
    # on paper, too, its words can be read
    picture = Image.open(io.BytesIO(saved(desk, "PNG picture")))
    assert picture.convert("RGBA").getpixel((1, 1)) == (255, 255, 255, 255)


def test_images_are_taken_away_as_they_are_seen(open_desk: OpenDesk, workspace: Path) -> None:
    write_digits(workspace, 40)
    nodes = {"reader": ("image.image_reader", {"images": IMAGES, "labels": LABELS})}
    write(workspace / "digits.json", document(nodes))
    desk = open_desk("digits.json")
    desk.run_all()
    desk.select("reader")
    desk.button("Images").click()
    expect(desk.results.locator(".fe-tile img").first).to_be_visible()
    drawing = saved(desk, "SVG picture").decode()
    shown = desk.results.locator(".fe-tile").all_inner_texts()
    assert 0 < drawing.count("<image") <= len(shown)
    assert all(f">{word}</text>" in drawing for word in shown[: drawing.count("<image")])
    assert saved(desk, "PNG picture").startswith(b"\x89PNG")


def test_a_layer_in_the_list_is_selected_on_the_canvas(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    desk.select("output")
    desk.results.get_by_title("Select it on the canvas").filter(has_text="hidden").click()
    expect(desk.node("hidden").locator(".fe-node-chosen")).to_have_count(1)


def test_the_end_of_a_long_table_is_reached_at_once(open_desk: OpenDesk, workspace: Path) -> None:
    count = 200_000
    lines = "\n".join(f"{number},{number % 7}" for number in range(count))
    (workspace / "long.csv").write_text(f"number,week\n{lines}\n")
    nodes = {"reader": ("io.file_reader", {"path": "long.csv"})}
    write(workspace / "long.json", document(nodes))
    desk = open_desk("long.json")
    desk.run_all()
    desk.select("reader")
    grid = desk.results.get_by_role("grid", name="Table")
    expect(grid.get_by_role("gridcell").first).to_be_visible()
    grid.focus()
    desk.press("Control+End")
    expect(grid.get_by_role("gridcell", name=f"{count - 1:,}", exact=True)).to_be_visible()
    assert grid.get_by_role("row").count() < 100


def test_the_layers_of_a_network_follow_its_settings_before_anything_runs(
    open_desk: OpenDesk, iris: str
) -> None:
    desk = open_desk(iris)
    desk.select("output")
    expect(desk.results).to_contain_text("131 parameters")
    desk.select("hidden")
    expect(desk.results).to_contain_text("80 parameters")
    desk.set("Units", 8)
    expect(desk.results).to_contain_text("40 parameters")
    desk.press("Control+1")
    desk.select("output")
    expect(desk.results).to_contain_text("67 parameters")
    desk.press("Control+z")
    expect(desk.results).to_contain_text("131 parameters")


def test_a_table_without_rows_says_so(open_desk: OpenDesk, workspace: Path) -> None:
    (workspace / "none.csv").write_text("a,b\n1,2\n")
    nodes = {
        "reader": ("io.file_reader", {"path": "none.csv"}),
        "filter": ("table.row_filter", {"column": "a", "operator": "is", "value": 5}),
    }
    write(workspace / "none.json", document(nodes, ["reader.out filter.table"]))
    desk = open_desk("none.json")
    desk.run_all()
    desk.select("filter")
    expect(desk.results).to_contain_text("There are no rows.")
    desk.select("reader")
    expect(desk.results).to_contain_text("1 row · 2 columns")
    expect(desk.results).not_to_contain_text("There are no rows.")
    desk.results.get_by_role("searchbox").fill("x")
    expect(desk.results).to_contain_text("No row has this in one of its cells.")


def test_a_text_that_its_cell_cuts_off_is_read_below(open_desk: OpenDesk, workspace: Path) -> None:
    long = "Call me Ishmael. Some years ago\nI thought I would sail about a little."
    (workspace / "texts.csv").write_text(f'number,text\n1,"{long}"\n2,short\n')
    nodes = {"reader": ("io.file_reader", {"path": "texts.csv"})}
    write(workspace / "texts.json", document(nodes, []))
    desk = open_desk("texts.json")
    desk.run_all()
    desk.select("reader")
    grid = desk.results.get_by_role("grid")
    cell = grid.get_by_role("gridcell", name="Call me Ishmael")
    whole = desk.results.get_by_role("region", name="The cell", exact=True)
    cell.click()
    expect(whole).to_have_text(long, use_inner_text=True)
    expect(cell).to_be_in_viewport()
    desk.press("ArrowDown")
    expect(grid.get_by_role("gridcell", name="short")).to_have_attribute("aria-selected", "true")
    expect(whole).to_have_count(0)


def test_who_has_scrolled_away_from_a_cell_is_not_brought_back_to_it(
    open_desk: OpenDesk, workspace: Path
) -> None:
    rows = "".join(f"{number},short\n" for number in range(200))
    (workspace / "texts.csv").write_text(f"number,text\n1000,{'long ' * 40}\n{rows}")
    write(
        workspace / "texts.json",
        document({"reader": ("io.file_reader", {"path": "texts.csv"})}, []),
    )
    desk = open_desk("texts.json")
    desk.run_all()
    desk.select("reader")
    grid = desk.results.get_by_role("grid")
    grid.get_by_role("gridcell", name="long long").click()
    whole = desk.results.get_by_role("region", name="The cell", exact=True)
    expect(whole).to_be_visible()
    desk.page.mouse.wheel(0, 2000)
    far = grid.get_by_role("gridcell", name="80", exact=True)
    expect(far).to_be_in_viewport()
    before = grid.evaluate("element => element.clientHeight")
    x, y = desk.middle(desk.page.get_by_role("separator", name="Height of the results panel"))
    desk.drag((x, y), (x, y + 30))
    desk.wait_until(
        lambda: grid.evaluate("element => element.clientHeight") != before, "it keeps its height"
    )
    desk.page.wait_for_timeout(200)
    assert grid.evaluate("element => element.scrollTop") > 1000
    expect(whole).to_be_visible()


def test_the_canvas_is_taken_away_as_a_picture(open_desk: OpenDesk, iris: str) -> None:
    desk = open_desk(iris)
    with desk.page.expect_download() as download:
        desk.command("Save the canvas as SVG")
    drawing = Path(download.value.path()).read_text()
    assert download.value.suggested_filename == "iris.svg"
    assert "Network" in drawing
    with desk.page.expect_download() as download:
        desk.command("Save the canvas as PNG")
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
