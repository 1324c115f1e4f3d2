/** Our own layered layout: sources left, every wire to the right, few crossings. */

import type { Body, Place } from './document';
import { HEIGHT, STEP_X, STEP_Y, snapped } from './geometry';
import { connectionsOf, endOf } from './graph';

const SWEEPS = 8;

interface Graph {
  before: Map<string, string[]>;
  after: Map<string, string[]>;
}

/** Places for nodes of a body, from the top left corner given. */
export function layered(
  body: Body,
  names: readonly string[] = Object.keys(body.nodes ?? {}),
  heights: ReadonlyMap<string, number> = new Map(),
  corner: Place = [40, 40],
): Map<string, Place> {
  const graph = graphOf(body, new Set(names));
  const layers = layersOf(names, graph);
  for (let sweep = 0; sweep < SWEEPS; sweep++)
    order(layers, sweep % 2 ? graph.after : graph.before, sweep % 2 === 1);
  const rows = rowsOf(layers, graph, heights);
  const top = Math.min(...rows.values(), Number.POSITIVE_INFINITY);
  const result = new Map<string, Place>();
  layers.forEach((layer, column) => {
    for (const name of layer)
      result.set(name, [
        snapped(corner[0] + column * STEP_X),
        snapped(corner[1] + (rows.get(name) ?? 0) - top),
      ]);
  });
  return result;
}

/** The place of every node: as written, and for those that have none, one made up. */
export function placesOf(body: Body, heights?: ReadonlyMap<string, number>): Map<string, Place> {
  const names = Object.keys(body.nodes ?? {});
  const missing = names.filter((name) => !body.layout?.[name]);
  const known = names.filter((name) => body.layout?.[name]);
  const bottom = known.map((name) => (body.layout?.[name]?.[1] ?? 0) + HEIGHT + 40);
  const corner: Place = known.length ? [40, Math.max(...bottom)] : [40, 40];
  const made = missing.length ? layered(body, missing, heights, corner) : new Map<string, Place>();
  return new Map(names.map((name) => [name, body.layout?.[name] ?? made.get(name) ?? corner]));
}

function graphOf(body: Body, names: ReadonlySet<string>): Graph {
  const graph: Graph = { before: new Map(), after: new Map() };
  for (const name of names) {
    graph.before.set(name, []);
    graph.after.set(name, []);
  }
  for (const connection of connectionsOf(body)) {
    const [from, to] = [endOf(connection.from).node, endOf(connection.to).node];
    if (!names.has(from) || !names.has(to) || from === to) continue;
    graph.before.get(to)?.push(from);
    graph.after.get(from)?.push(to);
  }
  return graph;
}

/** Layers by the longest way to a node; then sources move right, next to what they feed. */
function layersOf(names: readonly string[], graph: Graph): string[][] {
  const depth = new Map<string, number>();
  const open = new Map(names.map((name) => [name, graph.before.get(name)?.length ?? 0]));
  const ready = names.filter((name) => !open.get(name));
  const sorted: string[] = [];
  for (let index = 0; index < ready.length; index++) {
    const name = ready[index] as string;
    sorted.push(name);
    depth.set(
      name,
      Math.max(-1, ...(graph.before.get(name) ?? []).map((b) => depth.get(b) ?? 0)) + 1,
    );
    for (const next of graph.after.get(name) ?? []) {
      const left = (open.get(next) ?? 0) - 1;
      open.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  // what stands in a circle is wrong anyway; it still has to be seen
  for (const name of names) if (!depth.has(name)) depth.set(name, 0);
  for (const name of sorted.reverse()) {
    const next = (graph.after.get(name) ?? []).map((item) => depth.get(item) ?? 0);
    if (next.length && !graph.before.get(name)?.length) depth.set(name, Math.min(...next) - 1);
  }
  const layers: string[][] = [];
  for (const name of names) {
    const column = Math.max(0, depth.get(name) ?? 0);
    while (layers.length <= column) layers.push([]);
    layers[column]?.push(name);
  }
  return layers;
}

/** Order each layer by the mean place of its neighbours in the layers gone through before. */
function order(layers: string[][], neighbours: Graph['before'], backwards: boolean): void {
  const place = new Map<string, number>();
  const note = (layer: string[]) => {
    for (const [index, name] of layer.entries()) place.set(name, index);
  };
  for (const layer of layers) note(layer);
  for (const layer of backwards ? [...layers].reverse() : layers) {
    const wish = new Map(
      layer.map((name) => [name, mean(name, neighbours, place) ?? place.get(name) ?? 0]),
    );
    layer.sort((one, other) => (wish.get(one) ?? 0) - (wish.get(other) ?? 0));
    note(layer);
  }
}

/** Vertical places: near one's neighbours, in the layer's order, never too close. */
function rowsOf(
  layers: string[][],
  graph: Graph,
  heights: ReadonlyMap<string, number>,
): Map<string, number> {
  const rows = new Map<string, number>();
  const step = (name: string): number => (heights.get(name) ?? HEIGHT) + STEP_Y - HEIGHT;
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
  step: (name: string) => number,
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

function mean(
  name: string,
  neighbours: Graph['before'],
  values: ReadonlyMap<string, number>,
): number | undefined {
  const known = (neighbours.get(name) ?? []).map((item) => values.get(item) ?? 0);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : undefined;
}
