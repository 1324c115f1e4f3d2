/** Commands on nodes and connections of one body. */

import type { Command } from './commands';
import {
  type Annotation,
  type Body,
  type Connection,
  type NodeEntry,
  type Place,
  withBody,
} from './document';
import { endOf, keyOf } from './graph';
import { Refusal } from './refusal';

export interface NewNode {
  name: string;
  entry: NodeEntry;
  place: Place;
}

/** Add nodes with their connections; connections into taken inputs replace what was there. */
export function addNodes(
  component: string,
  nodes: NewNode[],
  connections: Connection[] = [],
  options: {
    label?: string;
    /** Keys of connections that are taken away. */
    without?: readonly string[];
    /** Targets that take several connections. */
    many?: readonly string[];
    /** Other nodes that make room. */
    moved?: Record<string, Place>;
  } = {},
): Command {
  const [first] = nodes;
  return {
    label:
      options.label ?? (nodes.length === 1 ? `Add ${first?.name}` : `Add ${nodes.length} nodes`),
    apply: (document) =>
      withBody(document, component, (body) => {
        for (const { name } of nodes)
          if (body.nodes?.[name]) throw new Refusal(`There is a node “${name}” already.`);
        const added: Body = {
          ...body,
          nodes: {
            ...body.nodes,
            ...Object.fromEntries(nodes.map((node) => [node.name, node.entry])),
          },
          layout: {
            ...body.layout,
            ...placesIn(body, options.moved ?? {}),
            ...Object.fromEntries(nodes.map((node) => [node.name, rounded(node.place)])),
          },
        };
        const kept = disconnected(added, options.without ?? []);
        return connections.reduce<Body>(
          (result, item) => connected(result, item, options.many?.includes(item.to) ?? false),
          kept,
        );
      }),
  };
}

/** Take away nodes, with all that is connected to them, connections, and annotations. */
export function removeParts(
  component: string,
  names: readonly string[],
  wires: readonly string[] = [],
  notes: readonly string[] = [],
): Command {
  const gone = new Set(names);
  return {
    label: labelOf('Delete', names, wires, notes),
    apply: (document) =>
      withBody(document, component, (body) => {
        const keep = (name: string): boolean => !gone.has(name);
        const connections = disconnected(body, wires).connections?.filter(
          (item) => keep(endOf(item.from).node) && keep(endOf(item.to).node),
        );
        return {
          ...body,
          ...(body.nodes && { nodes: filtered(body.nodes, keep) }),
          ...(connections && { connections }),
          ...(body.layout && { layout: filtered(body.layout, keep) }),
          ...(body.annotations && {
            annotations: body.annotations.filter((note) => !notes.includes(note.id)),
          }),
        };
      }),
  };
}

/** Put nodes, and annotations, somewhere else. */
export function moveParts(
  component: string,
  places: Record<string, Place>,
  notes: Record<string, Annotation['place']> = {},
  options: { label?: string; merge?: string } = {},
): Command {
  return {
    label: options.label ?? labelOf('Move', Object.keys(places), [], Object.keys(notes)),
    merge: options.merge,
    apply: (document) =>
      withBody(document, component, (body) => {
        const layout = placesIn(body, places);
        return {
          ...body,
          ...(Object.keys(layout).length > 0 && { layout: { ...body.layout, ...layout } }),
          ...(body.annotations && {
            annotations: body.annotations.map((note) => {
              const place = notes[note.id];
              return place ? { ...note, place } : note;
            }),
          }),
        };
      }),
  };
}

/** Connect two ports; an input that takes one connection loses the one it has. */
export function connect(component: string, connection: Connection, many = false): Command {
  return {
    label: `Connect ${endOf(connection.from).node} to ${endOf(connection.to).node}`,
    apply: (document) =>
      withBody(document, component, (body) => {
        for (const end of [endOf(connection.from), endOf(connection.to)])
          if (!body.nodes?.[end.node])
            throw new Refusal(`There is no node “${end.node}” any more.`);
        return connected(body, connection, many);
      }),
  };
}

/** Add several connections, and take others away. */
export function addLinks(
  component: string,
  connections: readonly Connection[],
  without: readonly string[] = [],
  many: readonly string[] = [],
): Command {
  return {
    label: connections.length === 1 ? 'Connect' : `Add ${connections.length} connections`,
    apply: (document) =>
      withBody(document, component, (body) =>
        connections.reduce<Body>(
          (result, item) => connected(result, item, many.includes(item.to)),
          disconnected(body, without),
        ),
      ),
  };
}

export function disconnect(component: string, wires: readonly string[]): Command {
  return {
    label: wires.length === 1 ? 'Disconnect' : `Disconnect ${wires.length} connections`,
    apply: (document) => withBody(document, component, (body) => disconnected(body, wires)),
  };
}

function connected(body: Body, connection: Connection, many: boolean): Body {
  const known = body.connections ?? [];
  if (known.some((item) => keyOf(item) === keyOf(connection)) && !many) return body;
  const kept = many ? known : known.filter((item) => item.to !== connection.to);
  return { ...body, connections: [...kept, connection] };
}

function disconnected(body: Body, wires: readonly string[]): Body {
  if (!wires.length || !body.connections) return body;
  const gone = new Set(wires);
  return { ...body, connections: body.connections.filter((item) => !gone.has(keyOf(item))) };
}

function filtered<T>(
  record: Record<string, T>,
  keep: (name: string) => boolean,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => keep(name)));
}

/** The places of nodes that are there, in whole numbers. */
function placesIn(body: Body, places: Record<string, Place>): Record<string, Place> {
  const known = Object.entries(places).filter(([name]) => body.nodes?.[name]);
  return Object.fromEntries(known.map(([name, place]) => [name, rounded(place)]));
}

export const rounded = ([x, y]: Place): Place => [Math.round(x), Math.round(y)];

function labelOf(
  verb: string,
  names: readonly string[],
  wires: readonly string[],
  notes: readonly string[],
): string {
  const count = names.length + notes.length;
  if (count > 1) return `${verb} ${count} things`;
  if (names.length) return `${verb} ${names[0]}`;
  if (notes.length) return `${verb} a note`;
  return `${verb} ${wires.length === 1 ? 'a connection' : `${wires.length} connections`}`;
}
