/** Our own layered layout: sources left, every wire to the right, few crossings. */

import { inBands } from './bands';
import type { Body, Place } from './document';
import { HEIGHT } from './geometry';
import { connectionsOf, endOf } from './graph';
import { mean } from './mean';

const SWEEPS = 8;

export interface Graph {
  before: Map<string, string[]>;
  after: Map<string, string[]>;
}

/**
 * Places for nodes of a body, from the top left corner given. What would be too wide to be read when
 * all of it is seen goes on in a further band below, as lines of a text do.
 */
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
  const height = (name: string): number => heights.get(name) ?? HEIGHT;
  return inBands(layers, graph, height, corner);
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

/** Layers by the longest way to a node; then all move right, next to what they feed. */
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
    if (next.length) depth.set(name, Math.min(...next) - 1);
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
