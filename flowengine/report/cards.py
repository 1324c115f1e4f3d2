"""The cards of a workflow's picture, with their ports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from flowengine.document import Document
from flowengine.planning.plan import Plan
from flowengine.ports import PortType
from flowengine.report.glyphs import state_glyph
from flowengine.report.look import LIGHT, tint
from flowengine.report.markup import Markup, element
from flowengine.report.places import WIDTH, Place, height_of, places_of

TITLE, ESSENCE = 15, 16
"""Letters that fit on a card beside its state."""
SHAPES = {
    "triangle": "M-3.5-4.5L5 0l-8.5 4.5z",
    "square": "M-4-4h8v8h-8z",
    "diamond": "M0-5.2L5.2 0 0 5.2-5.2 0z",
    "circle": "M0-4.5a4.5 4.5 0 110 9 4.5 4.5 0 010-9z",
    "ring": "M0-4a4 4 0 110 8 4 4 0 010-8z",
}
OTHER = "M0-4.8l4.2 2.4v4.8L0 4.8l-4.2-2.4v-4.8z"
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Card:
    """A node in the picture: its corner, and its ports by side."""

    name: str
    place: Place
    inputs: list[str]
    outputs: list[str]

    @property
    def height(self) -> float:
        """How high it is."""
        return height_of(len(self.inputs), len(self.outputs))

    def port(self, name: str, *, is_output: bool) -> Place:
        """Return where a port stands; one that is not known in the middle."""
        ports = self.outputs if is_output else self.inputs
        share = (ports.index(name) + 1) / (len(ports) + 1) if name in ports else 0.5
        x, y = self.place
        return x + (WIDTH if is_output else 0.0), y + self.height * share


def cards_of(document: Document, plan: Plan) -> dict[str, Card]:
    """Return the card of each node."""
    inputs: dict[str, list[str]] = {name: [] for name in document.nodes}
    outputs: dict[str, list[str]] = {name: [] for name in document.nodes}
    for name in document.nodes:
        if name in plan.nodes:
            signature = plan.nodes[name].signature
            inputs[name], outputs[name] = list(signature.inputs), list(signature.outputs)
        elif name in plan.components:
            outputs[name] = list(plan.components[name])
    for item in document.connections:
        for end, ports in ((item.from_, outputs), (item.to, inputs)):
            name, port = end.split(".")[0], end.partition(".")[2].partition(".")[0]
            # A component's inputs, a setting that is fed, and what has no plan.
            if name in ports and port not in ports[name]:
                ports[name].append(port)
    places = places_of(document)
    return {name: Card(name, places[name], inputs[name], outputs[name]) for name in document.nodes}


def draw_card(card: Card, document: Document, plan: Plan, state: str | None) -> Markup:
    """Return a card with its ports.

    Args:
        card: The card.
        document: The workflow.
        plan: Its plan.
        state: State of the node; ``None``: not shown.
    """
    entry, planned = document.nodes[card.name], plan.nodes.get(card.name)
    title = planned.title if planned else entry.type
    essence = (planned.essence if planned else "") or title
    pack, middle = entry.type.partition(".")[0], card.height / 2
    packs = list(dict.fromkeys(item.type.partition(".")[0] for item in document.nodes.values()))
    fill = f"fill:{tint(packs.index(pack))}"
    square = {"x": 11, "y": middle - 13, "width": 26, "height": 26, "rx": 7}
    return element(
        "g",
        element("title", f"{card.name}: {title}" + (f", {state}" if state else "")),
        element("rect", class_="card", width=WIDTH, height=card.height, rx=8),
        element("rect", **square, style=f"{fill};fill-opacity:.16"),
        element("text", pack[:1].upper(), class_="letter", x=24, y=middle + 4.5, style=fill),
        element("text", short(card.name, TITLE), class_="title", x=46, y=middle - 3),
        element("text", short(essence, ESSENCE), class_="essence", x=46, y=middle + 14),
        state_glyph(state, WIDTH - 24, middle - 8) if state else None,
        [_port(card, port, plan, is_output=False) for port in card.inputs],
        [_port(card, port, plan, is_output=True) for port in card.outputs],
        transform=f"translate({card.place[0]:g} {card.place[1]:g})",
    )


def port_colour(node: str, port: str, plan: Plan, *, is_output: bool) -> str:
    """Return the colour of a port, which is that of its type."""
    return _colour(_type_of(node, port, plan, is_output=is_output))


def short(text: str, letters: int) -> str:
    """Return a text in one line, cut where it is too long."""
    text = " ".join(text.split())
    return text if len(text) <= letters else text[: max(letters - 1, 0)].rstrip() + "…"


def _port(card: Card, port: str, plan: Plan, *, is_output: bool) -> Markup:
    kind = _type_of(card.name, port, plan, is_output=is_output)
    x, y = card.port(port, is_output=is_output)
    is_hollow, colour = kind is not None and kind.shape == "ring", _colour(kind)
    look = f"fill:{'var(--surface)' if is_hollow else colour};stroke:{colour}"
    return element(
        "path",
        element("title", port),
        d=SHAPES.get(kind.shape, OTHER) if kind else SHAPES["circle"],
        style=look + (";stroke-width:2" if is_hollow else ""),
        transform=f"translate({x - card.place[0]:g} {y - card.place[1]:g})",
    )


def _type_of(node: str, port: str, plan: Plan, *, is_output: bool) -> PortType | None:
    if is_output and node in plan.components:
        source = plan.components[node].get(port)
        if source is None:
            return None
        node, port = source.path, source.port
    if node not in plan.nodes:
        return None
    signature = plan.nodes[node].signature
    ports: Mapping[str, PortType] = (
        {name: item.type for name, item in signature.outputs.items()}
        if is_output
        else {name: item.type for name, item in signature.inputs.items()}
    )
    return ports.get(port)


def _colour(kind: PortType | None) -> str:
    if kind is None:
        return "var(--text-faint)"
    if kind.id in LIGHT:
        return f"var(--{kind.id})"
    return kind.colour if COLOUR.fullmatch(kind.colour) else "var(--text-faint)"
