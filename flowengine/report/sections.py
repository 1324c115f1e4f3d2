"""Sections of a report on single nodes: settings, what they learned, what they gave."""

from __future__ import annotations

import json
from typing import Any

from flowengine.cli.output import count, seconds
from flowengine.diagram import network_diagram
from flowengine.network import Network
from flowengine.report.charts import static_chart
from flowengine.report.curves import learning_curves
from flowengine.report.markup import Markup, element
from flowengine.report.story import Story
from flowengine.report.tables import is_square, table_head
from flowengine.server.values.networks import network_view
from flowengine.server.values.views import plain
from flowengine.values import Chart
from flowengine.wording import bounded


def node_sections(story: Story) -> list[Markup]:
    """Return a section for each node that has something to show, in the order they ran in."""
    shown = []
    for path in story.plan.nodes:
        parts = _parts(story, path)
        if parts:
            is_open = story.is_result(path) or path in story.curves or story.failed(path)
            shown.append(element("details", _summary(story, path), parts, open=is_open))
    return shown


def settings_text(story: Story, path: str) -> Markup | None:
    """Return the settings of a node that were given."""
    given = story.plan.nodes[path].settings_given
    if not given:
        return None
    pairs = [[element("dt", name), element("dd", _words(value))] for name, value in given.items()]
    return element("dl", pairs, class_="settings")


def _words(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _summary(story: Story, path: str) -> Markup:
    planned, run = story.plan.nodes[path], story.fold.nodes.get(path)
    took = story.records[path].seconds if path in story.records else (run and run.seconds)
    facts = [planned.title, story.state(path), seconds(took) if took else ""]
    return element(
        "summary",
        element("h3", path),
        element("span", " · ".join(filter(None, facts)), class_="faint"),
    )


def _parts(story: Story, path: str) -> list[Markup]:
    """Return what is to be shown of a node; of one that only adds a layer nothing."""
    parts: list[Markup] = []
    run = story.fold.nodes.get(path)
    if run is not None and run.error:
        parts.append(element("p", run.error, class_="error"))
    if path in story.records:
        parts += [element("p", text, class_="warning") for text in story.records[path].warnings]
    if path in story.curves:
        parts.append(learning_curves(story.curves[path]))
    if path in story.fold.previews:
        preview = story.fold.previews[path]
        caption = element("figcaption", f"{preview.name}, step {preview.step}")
        picture = element("img", src=preview.image, alt=preview.name, class_="pixels")
        parts.append(element("figure", picture, caption))
    outputs = _outputs(story, path)
    if not parts and not outputs:
        return []
    settings = settings_text(story, path)
    return [*([settings] if settings else []), *parts, *outputs]


def _outputs(story: Story, path: str) -> list[Markup]:
    signature = story.plan.nodes[path].signature
    kinds = {port: item.type.id for port, item in signature.outputs.items()}
    takes_network = any(item.type.id == "network" for item in signature.inputs.values())
    if set(kinds.values()) == {"network"} and (takes_network or not signature.inputs):
        return []
    shown: list[Markup] = []
    # What is drawn comes before what is listed.
    for port in sorted(kinds, key=lambda port: kinds[port] != "chart"):
        value = story.value(path, port)
        if value is None:
            continue
        if shown and kinds[port] == "table" and is_square(value):
            continue  # a table of pairs beside a chart: the chart shows it
        drawn = _output(value, kinds[port])
        if drawn is not None:
            shown.append(_named(port, drawn))
    return shown


def _named(port: str, drawn: Markup) -> Markup:
    title = element("h4", port.replace("_", " ")) if port != "out" else None
    return element("div", title, drawn, class_="output")


def _output(value: Any, kind: str) -> Markup | None:
    if kind == "table":
        return table_head(value)
    if isinstance(value, Chart):
        return static_chart(value) or table_head(value.table)
    if isinstance(value, Network):
        return network_part(value)
    if kind == "variable":
        return element("pre", bounded(json.dumps(plain(value), ensure_ascii=False, indent=2)))
    return None


def network_part(network: Network) -> Markup:
    """Return a network: its layers as a table, and as a diagram."""
    view = network_view(network.spec, trained=network.is_trained)
    most = max((line.parameters for line in view.layers), default=0) or 1
    rows = [
        element(
            "tr",
            element("td", line.name),
            element("td", line.title, class_="soft"),
            element("td", line.shape),
            element("td", _bar(line.parameters / most), f"{line.parameters:,}", class_="right"),
            element("td", f"{line.flops:,}", class_="right"),
        )
        for line in view.layers
    ]
    names = ("layer", "type", "output", "parameters", "operations a row")
    head = [
        element("th", name, class_="right" if number > 2 else None)
        for number, name in enumerate(names)
    ]
    table = element("table", element("thead", element("tr", head)), element("tbody", rows))
    total = (
        f"{count(len(view.layers), 'layer')} · {count(view.parameters, 'parameter')}, "
        f"{view.trainable:,} of them trainable · {view.flops:,} operations a row"
    )
    diagram = element(
        "details",
        element("summary", "Diagram"),
        element("div", Markup(network_diagram(network.spec)), class_="diagram"),
    )
    return element("div", element("p", total), element("div", table, class_="scroll"), diagram)


def _bar(share: float) -> Markup:
    return element("i", class_="bar", style=f"width:{60 * share:.0f}px")
