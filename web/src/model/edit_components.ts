/** Making a component of nodes, and putting a component's nodes back where it stood. */

import type { Command } from './commands';
import {
  type Body,
  COMPONENT,
  type Connection,
  INPUT,
  type NodeEntry,
  nameOf,
  OUTPUT,
  type Place,
  parentOf,
  withBody,
} from './document';
import { rounded } from './edit_graph';
import { freshName } from './edit_nodes';
import { STEP_X } from './geometry';
import { connectionsOf, endOf, type Ports } from './graph';
import { Refusal } from './refusal';
import { fedBy, feeding } from './wiring';

interface Seen {
  ports: ReadonlyMap<string, Ports>;
  places: ReadonlyMap<string, Place>;
}

/** Put nodes into a new component; every wire that crosses its border becomes a port. */
export function makeComponent(
  component: string,
  names: readonly string[],
  name: string,
  seen: Seen,
): Command {
  return {
    label: `Make component ${name}`,
    apply: (document) =>
      withBody(document, component, (body) => {
        check(body, names, name);
        return enclosed(body, new Set(names), name, seen);
      }),
  };
}

function check(body: Body, names: readonly string[], name: string): void {
  if (body.nodes?.[name]) throw new Refusal(`There is a node “${name}” already.`);
  for (const item of names) {
    const entry = body.nodes?.[item];
    if (!entry) throw new Refusal(`There is no node “${item}” any more.`);
    if (entry.type === INPUT || entry.type === OUTPUT)
      throw new Refusal(`“${item}” is a port of this workflow; it cannot go into a component.`);
  }
  const inside = new Set(names);
  const after = new Set(names.flatMap((item) => [...fedBy(body, item)]));
  for (const item of names)
    for (const before of feeding(body, item))
      if (!inside.has(before) && after.has(before))
        throw new Refusal(`“${before}” lies between these nodes; select it as well.`);
}

function enclosed(body: Body, inside: ReadonlySet<string>, name: string, seen: Seen): Body {
  const inner = new Inner(body, inside, seen);
  const outer: Connection[] = [];
  for (const item of connectionsOf(body)) {
    const [from, to] = [inside.has(endOf(item.from).node), inside.has(endOf(item.to).node)];
    if (from && to) inner.connections.push(item);
    else if (to) inner.takeIn(item, name, outer);
    else if (from) outer.push({ from: `${name}.${inner.giveOut(item.from)}`, to: item.to });
    else outer.push(item);
  }
  const nodes: Record<string, NodeEntry> = {};
  const entry: NodeEntry = {
    type: COMPONENT,
    nodes: inner.nodes,
    connections: inner.connections,
    layout: inner.layout,
  };
  let isPlaced = false;
  for (const [key, value] of Object.entries(body.nodes ?? {})) {
    if (!inside.has(key)) nodes[key] = value;
    else if (!isPlaced) {
      nodes[name] = entry;
      isPlaced = true;
    }
  }
  const layout = Object.fromEntries(
    Object.entries(body.layout ?? {}).filter(([key]) => !inside.has(key)),
  );
  return { ...body, nodes, connections: outer, layout: { ...layout, [name]: inner.middle } };
}

/** The body of the component while it is made. */
class Inner {
  readonly nodes: Record<string, NodeEntry> = {};
  readonly connections: Connection[] = [];
  readonly layout: Record<string, Place> = {};
  readonly middle: Place;
  private readonly inputs = new Map<string, string>();
  private readonly outputs = new Map<string, string>();
  private readonly right: number;

  constructor(
    body: Body,
    inside: ReadonlySet<string>,
    private readonly seen: Seen,
  ) {
    const places = [...inside].map((name) => seen.places.get(name) ?? ([0, 0] as Place));
    const [left, top] = [
      Math.min(...places.map(([x]) => x)),
      Math.min(...places.map(([, y]) => y)),
    ];
    this.right = Math.max(...places.map(([x]) => x)) - left + 40 + 2 * STEP_X;
    const mean = (index: 0 | 1): number =>
      places.reduce((sum, place) => sum + place[index], 0) / places.length;
    this.middle = rounded([mean(0), mean(1)]);
    for (const [name, entry] of Object.entries(body.nodes ?? {})) {
      if (!inside.has(name)) continue;
      const [x, y] = seen.places.get(name) ?? [0, 0];
      this.nodes[name] = entry;
      this.layout[name] = rounded([x - left + 40 + STEP_X, y - top + 40]);
    }
  }

  /** Lead what comes from outside through an input; one for each source. */
  takeIn(item: Connection, component: string, outer: Connection[]): void {
    let input = this.inputs.get(item.from);
    if (input === undefined) {
      const target = endOf(item.to);
      input = this.fresh(target.port);
      this.inputs.set(item.from, input);
      const source = endOf(item.from);
      const type = this.seen.ports
        .get(source.node)
        ?.outputs.find(({ id }) => id === source.port)?.type;
      this.nodes[input] = {
        type: INPUT,
        ...(type && type !== 'table' && { settings: { port_type: type } }),
      };
      this.layout[input] = [40, this.layout[target.node]?.[1] ?? 40];
      outer.push({ from: item.from, to: `${component}.${input}` });
    }
    this.connections.push({ from: `${input}.out`, to: item.to });
  }

  /** The name of the output that gives a port to the outside. */
  giveOut(from: string): string {
    const known = this.outputs.get(from);
    if (known !== undefined) return known;
    const source = endOf(from);
    const name = this.fresh(source.port);
    this.outputs.set(from, name);
    this.nodes[name] = { type: OUTPUT };
    this.layout[name] = [this.right, this.layout[source.node]?.[1] ?? 40];
    this.connections.push({ from, to: `${name}.value` });
    return name;
  }

  private fresh(port: string): string {
    return freshName(port, (name) => name in this.nodes);
  }
}

/** Put the nodes of a component that is held in line where the component stood. */
export function expandComponent(path: string, places: ReadonlyMap<string, Place>): Command {
  const name = nameOf(path);
  return {
    label: `Expand ${name}`,
    apply: (document) =>
      withBody(document, parentOf(path), (body) => {
        const entry = body.nodes?.[name];
        if (!entry) throw new Refusal(`There is no component “${path}” any more.`);
        return opened(body, name, entry, places);
      }),
  };
}

function opened(
  body: Body,
  component: string,
  entry: NodeEntry,
  places: ReadonlyMap<string, Place>,
): Body {
  const inner = Object.entries(entry.nodes ?? {});
  const kept = inner.filter(([, item]) => item.type !== INPUT && item.type !== OUTPUT);
  const names = new Map<string, string>();
  const isTaken = (name: string): boolean =>
    (name !== component && Boolean(body.nodes?.[name])) || [...names.values()].includes(name);
  for (const [name] of kept) names.set(name, freshName(name, isTaken));
  const given = { ...entry.variables, ...(entry.settings?.variables as object | undefined) };
  const nodes = Object.entries(body.nodes ?? {}).flatMap(([name, item]): [string, NodeEntry][] =>
    name === component
      ? kept.map(([key, value]) => [names.get(key) as string, filled(value, given)])
      : [[name, item]],
  );
  const { [component]: at = [0, 0], ...layout } = Object.fromEntries(places);
  const corner: Place = [
    Math.min(...kept.map(([key]) => entry.layout?.[key]?.[0] ?? 0)),
    Math.min(...kept.map(([key]) => entry.layout?.[key]?.[1] ?? 0)),
  ];
  for (const [key] of kept) {
    const [x, y] = entry.layout?.[key] ?? corner;
    layout[names.get(key) as string] = rounded([at[0] + x - corner[0], at[1] + y - corner[1]]);
  }
  return {
    ...body,
    nodes: Object.fromEntries(nodes),
    connections: throughBorder(body, component, entry, names),
    layout,
  };
}

/** The connections with those through the component's ports joined to one. */
function throughBorder(
  body: Body,
  component: string,
  entry: NodeEntry,
  names: ReadonlyMap<string, string>,
): Connection[] {
  const outer = connectionsOf(body);
  const inner = connectionsOf(entry);
  const within = (text: string): string => {
    const [node = '', ...rest] = text.split('.');
    return [names.get(node) ?? node, ...rest].join('.');
  };
  /** Where a wire inside comes from, in the names of the outside. */
  const sourceOf = (from: string): string | undefined => {
    const { node } = endOf(from);
    if (entry.nodes?.[node]?.type !== INPUT) return within(from);
    return outer.find(({ to }) => to === `${component}.${node}`)?.from;
  };
  const result: Connection[] = [];
  for (const item of outer) {
    const [from, to] = [endOf(item.from), endOf(item.to)];
    if (to.node === component) continue;
    if (from.node !== component) result.push(item);
    else {
      const fed = inner.find((one) => one.to === `${from.port}.value`);
      const source = fed && sourceOf(fed.from);
      if (source) result.push({ from: source, to: item.to });
    }
  }
  for (const item of inner) {
    if (entry.nodes?.[endOf(item.to).node]?.type === OUTPUT) continue;
    const source = sourceOf(item.from);
    if (source) result.push({ from: source, to: within(item.to) });
  }
  return result;
}

/** A node with the component's variables replaced by their values. */
function filled<T>(value: T, given: Record<string, unknown>): T {
  if (!Object.keys(given).length || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => filled(item, given)) as T;
  const entries = Object.entries(value);
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === '$variable' && String(only[1]) in given)
    return given[String(only[1])] as T;
  return Object.fromEntries(entries.map(([key, item]) => [key, filled(item, given)])) as T;
}
