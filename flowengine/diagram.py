"""A network as a picture: SVG text that needs no font and no program beside a browser."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from flowengine.diagram_layout import layered
from flowengine.network import NetworkSpec

WIDTH, HEIGHT, STEP, MARGIN = 190.0, 52.0, 86.0, 20.0
"""Size of a box, distance from rank to rank, margin round it all."""
LETTERS = 28
"""Characters that fit in a box; longer names lose their middle."""

INPUT, WEIGHTS, PLAIN, FROZEN = "#d5e8d4", "#dae8fc", "#f5f5f5", "#e1d5e7"


def network_diagram(spec: NetworkSpec) -> str:
    """Return a diagram of a network as SVG text.

    A box is an input or an application of a layer: its name, its type and the shape of its result.
    Inputs are green, layers with weights blue, frozen ones violet, others grey; the network's
    outputs have a thick border.

    Args:
        spec: The network.
    """
    maker = {tensor: call for call, item in spec.calls.items() for tensor in item.outputs}
    inputs = {tensor: name for name, tensor in spec.inputs.items()}
    boxes = [*inputs, *spec.calls]
    lines = [
        (maker.get(tensor, tensor), name)
        for name, call in spec.calls.items()
        for tensor in call.inputs
    ]
    layout = layered(boxes, lines, WIDTH)
    width = layout.width + 2 * MARGIN
    height = max(layout.ranks - 1, 0) * STEP + HEIGHT + 2 * MARGIN
    ends = {maker.get(tensor, tensor) for tensor in spec.outputs.values()}
    drawn = [_line(line, points, layout.places) for line, points in layout.lines.items()]
    for box in boxes:
        x, rank = layout.places[box]
        if box in inputs:
            kind, colour, title = "input", INPUT, inputs[box]
            shape = str(spec.tensors[box])
        else:
            call = spec.calls[box]
            kind, colour = spec.layers[call.layer].__node__.title, _colour(spec, call.layer)
            shape = " · ".join(str(spec.tensors[tensor]) for tensor in call.outputs)
            title = box
        drawn.append(
            _box(x + MARGIN, _top(rank), title, f"{kind} → {shape}", colour, is_output=box in ends)
        )
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" font-family="sans-serif" font-size="12">',
            f"<title>{escape(_title(spec))}</title>",
            *drawn,
            "</svg>",
            "",
        ]
    )


def _title(spec: NetworkSpec) -> str:
    return f"A network of {len(spec.layers)} layers with {spec.parameters:,} parameters"


def _colour(spec: NetworkSpec, layer: str) -> str:
    if layer in spec.frozen:
        return FROZEN
    return WEIGHTS if spec.weights_of(layer) else PLAIN


def _top(rank: int) -> float:
    return MARGIN + rank * STEP


def _line(
    line: tuple[str, str],
    points: list[tuple[float, int]],
    places: Mapping[str, tuple[float, int]],
) -> str:
    (x, rank), (end_x, end_rank) = places[line[0]], places[line[1]]
    x, y = x + MARGIN, _top(rank) + HEIGHT
    path = [f"M{x:g} {y:g}"]
    for point_x, point_rank in points:
        # Straight down beside the boxes of a rank, a curve from rank to rank.
        path += [_curve(x, y, point_x + MARGIN, _top(point_rank))]
        x, y = point_x + MARGIN, _top(point_rank) + HEIGHT
        path += [f"L{x:g} {y:g}"]
    path += [_curve(x, y, end_x + MARGIN, _top(end_rank))]
    return f'<path d="{" ".join(path)}" fill="none" stroke="#888"/>'


def _curve(x: float, y: float, end_x: float, end_y: float) -> str:
    middle = (y + end_y) / 2
    return f"C{x:g} {middle:g} {end_x:g} {middle:g} {end_x:g} {end_y:g}"


def _box(x: float, y: float, title: str, text: str, colour: str, *, is_output: bool) -> str:
    border = ' stroke-width="2.5"' if is_output else ""
    return (
        f"<g><title>{escape(f'{title}: {text}')}</title>"
        f'<rect x="{x - WIDTH / 2:g}" y="{y:g}" width="{WIDTH:g}" height="{HEIGHT:g}" rx="6" '
        f'fill={quoteattr(colour)} stroke="#555"{border}/>'
        f'<text x="{x:g}" y="{y + 21:g}" text-anchor="middle" font-weight="bold">'
        f"{escape(_short(title))}</text>"
        f'<text x="{x:g}" y="{y + 39:g}" text-anchor="middle" fill="#444">'
        f"{escape(_short(text))}</text></g>"
    )


def _short(text: str) -> str:
    if len(text) <= LETTERS:
        return text
    half = (LETTERS - 1) // 2
    return f"{text[:half]}…{text[-half:]}"
