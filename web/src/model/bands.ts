/** Layers of nodes as columns, in as many bands below each other as it takes to read them. */

import type { Place } from './document';
import { GAP_Y, STEP_X, snapped, WIDTH } from './geometry';
import type { Graph } from './layout';
import { mean } from './mean';

const SWEEPS = 8;
/** What of the canvas is seen on a screen of 1440 × 900. */
const VIEW = { width: 814, height: 492 };
/** The zoom at which nothing need be broken, and that beyond which more is no gain. */
const GOOD = 0.55;
const BEST = 0.68;
/** A further band has to be worth so much of zoom, and a place that stays empty so much. */
const PRICE = 0.03;
const EMPTY = 0.004;
/** From one band to the next, where wires go back to the left, and for each such wire. */
const GUTTER = 40;
const LANE = 8;

type Height = (name: string) => number;

interface Drawn {
  places: Map<string, Place>;
  width: number;
  height: number;
}

/** Places from a corner on: one band where that can be read, else as many as are best. */
export function inBands(
  layers: string[][],
  graph: Graph,
  height: Height,
  corner: Place,
): Map<string, Place> {
  let best: Drawn | undefined;
  let most = Number.NEGATIVE_INFINITY;
  const least = Math.min(layers.length, 3);
  for (const columns of widths(layers.length, least)) {
    const drawn = draw(layers, columns, graph, height);
    const bands = Math.ceil(layers.length / columns);
    const empty = bands * columns - layers.length;
    const worth = zoomOf(drawn) - PRICE * (bands - 1) - EMPTY * empty;
    if (worth > most) [best, most] = [drawn, worth];
    if (bands === 1 && zoomOf(drawn) >= GOOD) break;
  }
  return new Map(
    [...(best?.places ?? [])].map(([name, [x, y]]) => [name, [corner[0] + x, corner[1] + y]]),
  );
}

/** Numbers of columns that are tried: all at first, and no more bands than make a difference. */
function* widths(all: number, least: number): Generator<number> {
  yield all;
  for (let columns = Math.min(all - 1, 12); columns >= least; columns--) yield columns;
}

const zoomOf = ({ width, height }: Drawn): number =>
  Math.min(BEST, VIEW.width / width, VIEW.height / height);

function draw(layers: string[][], columns: number, graph: Graph, height: Height): Drawn {
  const places = new Map<string, Place>();
  let top = 0;
  for (const band of bandsOf(layers, columns, graph)) {
    const inside = new Set(band.flat());
    const entering = [...inside].flatMap((name) =>
      (graph.before.get(name) ?? []).filter((item) => !inside.has(item)),
    ).length;
    if (top > 0) top += GUTTER + LANE * entering;
    const rows = rowsOf(band, within(graph, inside), height);
    const least = Math.min(...rows.values());
    let bottom = top;
    band.forEach((layer, column) => {
      for (const name of layer) {
        const y = snapped(top + (rows.get(name) ?? 0) - least);
        places.set(name, [column * STEP_X, y]);
        bottom = Math.max(bottom, y + height(name));
      }
    });
    top = bottom;
  }
  return { places, width: (columns - 1) * STEP_X + WIDTH, height: top };
}

function bandsOf(layers: string[][], columns: number, graph: Graph): string[][][] {
  const bands: string[][][] = [];
  for (let first = 0; first < layers.length; first += columns)
    bands.push(layers.slice(first, first + columns));
  for (const [index, band] of bands.entries()) {
    const above = bands[index - 1];
    if (above && band.length < columns) takeSources(above, band, graph);
  }
  return bands;
}

/** What only begins a band's first column stands before it, and not at the end of the one above. */
function takeSources(above: string[][], band: string[][], graph: Graph): void {
  const first = new Set(band[0]);
  const last = above.at(-1) ?? [];
  const moved = last.filter(
    (name) =>
      !graph.before.get(name)?.length && graph.after.get(name)?.every((item) => first.has(item)),
  );
  if (!moved.length || moved.length === last.length) return;
  above[above.length - 1] = last.filter((name) => !moved.includes(name));
  band.unshift(moved);
}

function within(graph: Graph, names: ReadonlySet<string>): Graph {
  const only = (side: Map<string, string[]>): Map<string, string[]> =>
    new Map(
      [...names].map((name) => [name, (side.get(name) ?? []).filter((item) => names.has(item))]),
    );
  return { before: only(graph.before), after: only(graph.after) };
}

/** Vertical places: near one's neighbours, in the layer's order, never too close. */
function rowsOf(layers: string[][], graph: Graph, height: Height): Map<string, number> {
  const rows = new Map<string, number>();
  const step = (name: string): number => height(name) + GAP_Y;
  for (const layer of layers) {
    let y = 0;
    for (const name of layer) {
      rows.set(name, y);
      y += step(name);
    }
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const backwards = sweep % 2 === 1;
    for (const layer of backwards ? [...layers].reverse() : layers)
      settle(layer, backwards ? graph.after : graph.before, rows, step);
  }
  return rows;
}

function settle(
  layer: string[],
  neighbours: Graph['before'],
  rows: Map<string, number>,
  step: Height,
): void {
  const wishes = layer.map((name) => mean(name, neighbours, rows) ?? rows.get(name) ?? 0);
  const placed: number[] = [];
  layer.forEach((name, index) => {
    const above = layer[index - 1];
    const least =
      above === undefined ? Number.NEGATIVE_INFINITY : (placed[index - 1] ?? 0) + step(above);
    placed.push(Math.max(wishes[index] ?? 0, least));
    rows.set(name, placed[index] ?? 0);
  });
  // what was pushed down moves the whole layer up by the mean of it
  const excess = placed.reduce((sum, y, index) => sum + y - (wishes[index] ?? 0), 0);
  for (const name of layer) rows.set(name, (rows.get(name) ?? 0) - excess / layer.length);
}
