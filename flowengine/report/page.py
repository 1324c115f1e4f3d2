"""A run as one HTML page that needs nothing beside it: no program, no font, no connection."""

from __future__ import annotations

import platform
import time
from pathlib import Path

import flowengine
from flowengine.cli.facts import values_text
from flowengine.cli.output import seconds
from flowengine.cli.summary import QUICK_SECONDS
from flowengine.report.glyphs import state_glyph
from flowengine.report.markup import Markup, element, style
from flowengine.report.picture import workflow_picture
from flowengine.report.sections import node_sections
from flowengine.report.story import Story
from flowengine.report.style import STYLE
from flowengine.running.result import NodeResult, component_results

POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def report_page(story: Story) -> str:
    """Return the report of a run as the text of a page.

    Args:
        story: The run.
    """
    name = story.flow.name
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{name} – report"),
        style(STYLE),
    )
    body = element(
        "body",
        element(
            "main",
            _header(story),
            element("section", element("h2", "Workflow"), _picture(story)),
            _results(story),
            element("section", element("h2", "Details"), node_sections(story)),
            _nodes(story),
            _footer(story),
        ),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _header(story: Story) -> Markup:
    info = story.info
    took = f" · {seconds(info.seconds)}" if info.seconds is not None else ""
    words = f"{time.strftime('%d %B %Y, %H:%M', time.localtime(info.started))}{took}"
    return element(
        "header",
        element("h1", story.flow.name),
        element("p", story.flow.document.description) if story.flow.document.description else None,
        element("p", element("b", info.status, class_=f"status {info.status}"), " ", words),
    )


def _picture(story: Story) -> Markup:
    states = {path: story.state(path) for path in story.plan.nodes}
    results = {
        path: NodeResult(state)  # type: ignore[arg-type]  # states of events are node states
        for path, state in states.items()
    }
    inside = component_results(story.plan, results)
    states |= {path: result.state for path, result in inside.items()}
    drawn = workflow_picture(story.flow.document, story.plan, states)
    return element("div", drawn, class_="scroll picture")


def _results(story: Story) -> Markup | None:
    """Return what the last nodes gave: what the workflow is for."""
    lines = [
        [element("dt", path), element("dd", text)]
        for path in story.plan.nodes
        if story.is_result(path) and (text := _gave(story, path))
    ]
    if not lines:
        return None
    return element("section", element("h2", "Result"), element("dl", lines, class_="result"))


def _nodes(story: Story) -> Markup:
    rows = [
        element(
            "tr",
            element("td", _glyph(story.state(path)), path),
            element("td", planned.title, class_="soft"),
            element("td", planned.essence),
            element("td", _gave(story, path)),
            element("td", _took(story, path), class_="right"),
        )
        for path, planned in story.plan.nodes.items()
    ]
    names = ("node", "type", "settings", "result", "time")
    head = [element("th", name, class_="right" if name == "time" else None) for name in names]
    table = element("table", element("thead", element("tr", head)), element("tbody", rows))
    return element(
        "section", element("h2", "All nodes"), element("div", table, class_="scroll nodes")
    )


def _glyph(state: str) -> Markup:
    return element("svg", state_glyph(state), class_="glyph", viewBox="0 0 16 16", role="img")


def _gave(story: Story, path: str) -> str:
    """Return what a node gave in a few words, or why it did not."""
    run = story.fold.nodes.get(path)
    if run is not None and run.error:
        return run.error
    if path not in story.records:
        return ""
    outputs = story.plan.nodes[path].signature.outputs
    known = story.records[path].summary
    values = [
        (port, outputs[port].type.id, item) for port, item in known.items() if port in outputs
    ]
    return values_text(values) if values else ""


def _took(story: Story, path: str) -> str:
    run = story.fold.nodes.get(path)
    if run is not None and run.cached:
        return "kept"
    if path not in story.records:
        return ""
    took = story.records[path].seconds
    return seconds(took) if took >= QUICK_SECONDS else ""


def _footer(story: Story) -> Markup:
    libraries = {
        text
        for record in story.records.values()
        for text in record.provenance.get("parts", {}).get("libraries", ())
    }
    versions = [
        f"flowengine {flowengine.__version__}",
        f"Python {platform.python_version()}",
        *sorted(libraries),
    ]
    made, file = time.strftime("%d %B %Y, %H:%M"), Path(story.info.path).name
    return element(
        "footer",
        element("p", " · ".join(versions)),
        element("p", f"Run {story.info.id[:8]} of {file} · report of {made}"),
    )
