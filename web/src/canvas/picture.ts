/** The canvas as one SVG, drawn from the document and not from the page. */

import { join, nameOf } from '../model/document';
import { HEIGHT, portOffset, WIDTH } from '../model/geometry';
import { connectionsOf, endOf, keyOf } from '../model/graph';
import { portPlace } from '../model/lanes';
import { wayOf } from '../model/routing';
import { escaped, type Picture } from '../parts/saving';
import { packOf, useCatalogue } from '../store/catalogue';
import { portReport, useReport } from '../store/report';
import { boxesOf, type Scene, sceneNow } from '../store/scene';
import { colourOf } from './PortMark';

interface Look {
  /** The value of a colour of the theme, also of a mixed one. */
  colour(text: string): string;
}

const MARGIN = 40;

export function canvasPicture(): Picture {
  const scene = sceneNow();
  const look = lookNow();
  const boxes = boxesOf(scene);
  const left = Math.min(...boxes.map(({ x }) => x)) - MARGIN;
  const top = Math.min(...boxes.map(({ y }) => y)) - MARGIN;
  const width = Math.max(...boxes.map((box) => box.x + box.width)) - left + MARGIN;
  const height = Math.max(...boxes.map((box) => box.y + box.height)) - top + MARGIN;
  const parts = [
    `<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${look.colour('var(--fe-canvas)')}"/>`,
    ...notes(scene, look),
    ...wires(scene, look),
    ...cards(scene, look),
  ];
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="${left} ${top} ${width} ${height}" font-family="Inter, 'Segoe UI', sans-serif">` +
    `${parts.join('')}</svg>`;
  return { text, width, height };
}

/** Colours as the browser computes them now. */
function lookNow(): Look {
  const probe = document.createElement('span');
  const known = new Map<string, string>();
  return {
    colour: (text) => {
      const found = known.get(text);
      if (found) return found;
      document.body.append(probe);
      probe.style.color = text;
      const value = getComputedStyle(probe).color;
      probe.remove();
      known.set(text, value);
      return value;
    },
  };
}

function cards(scene: Scene, look: Look): string[] {
  const { report } = useReport.getState();
  const { infos } = useCatalogue.getState();
  return Object.entries(scene.body.nodes ?? {}).map(([name, entry]) => {
    const [x, y] = scene.places.get(name) ?? [0, 0];
    const height = scene.heights.get(name) ?? HEIGHT;
    const known = report?.nodes[join(scene.component, name)];
    const title = known?.title ?? infos.get(entry.type)?.title ?? entry.type;
    const middle = y + height / 2;
    return (
      `<rect x="${x}" y="${y}" width="${WIDTH}" height="${height}" rx="8" ` +
      `fill="${look.colour('var(--fe-raised)')}" stroke="${look.colour('var(--fe-line-strong)')}"/>` +
      label(x + 14, middle - 3, clipped(title, 24), look.colour('var(--fe-text)'), 13, 600) +
      label(
        x + 14,
        middle + 14,
        clipped(known?.essence || name, 28),
        look.colour('var(--fe-text-soft)'),
        11.5,
      ) +
      ports(scene, name, x, y, height, look) +
      label(
        x + WIDTH - 10,
        y + 13,
        packOf(entry.type),
        look.colour('var(--fe-text-faint)'),
        9,
        400,
        'end',
      )
    );
  });
}

function ports(
  scene: Scene,
  name: string,
  x: number,
  y: number,
  height: number,
  look: Look,
): string {
  const sides = scene.ports.get(name) ?? { inputs: [], outputs: [] };
  const types = useCatalogue.getState().portTypes;
  const dot = (side: typeof sides.inputs, at: number): string =>
    side
      .map(({ type }, index) => {
        const colour = look.colour(colourOf(type, types.get(type)?.colour));
        return `<circle cx="${at}" cy="${y + portOffset(index, side.length, height)}" r="4.5" fill="${colour}"/>`;
      })
      .join('');
  return dot(sides.inputs, x) + dot(sides.outputs, x + WIDTH);
}

function wires(scene: Scene, look: Look): string[] {
  const { report } = useReport.getState();
  const types = useCatalogue.getState().portTypes;
  const drawing = { ...scene, infos: useCatalogue.getState().infos };
  const seen = new Set<string>();
  return connectionsOf(scene.body).flatMap((item) => {
    const start = portPlace(drawing, item.from, 'outputs');
    const end = portPlace(drawing, item.to, 'inputs');
    if (!start || !end) return [];
    const { node, port } = endOf(item.from);
    const type = scene.ports.get(node)?.outputs.find(({ id }) => id === port)?.type ?? '';
    const way = wayOf(start, end, scene.lanes.get(keyOf(item)));
    const line =
      `<path d="${way.path}" ` +
      `fill="none" stroke-width="2" stroke="${look.colour(colourOf(type, types.get(type)?.colour))}"/>`;
    const text = portReport(report, join(scene.component, nameOf(node)), port)?.text ?? '';
    if (!text || seen.has(item.from)) return [line];
    seen.add(item.from);
    const [x, y] = way.middle;
    return [line + label(x, y - 7, text, look.colour('var(--fe-text-soft)'), 11, 400, 'middle')];
  });
}

function notes(scene: Scene, look: Look): string[] {
  return (scene.body.annotations ?? []).map(({ text, place: [x, y, width, height] }) => {
    const lines = text
      .split('\n')
      .map((line, index) =>
        label(
          x + 12,
          y + 22 + index * 18,
          line.replace(/[*`#]/g, '').trim(),
          look.colour('var(--fe-text)'),
          13,
        ),
      );
    return (
      `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="8" fill="#d9a514" fill-opacity="0.14"/>` +
      lines.join('')
    );
  });
}

function label(
  x: number,
  y: number,
  text: string,
  colour: string,
  size: number,
  weight = 400,
  anchor = 'start',
): string {
  return (
    `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" text-anchor="${anchor}" ` +
    `fill="${colour}">${escaped(text)}</text>`
  );
}

const clipped = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;
