/** Putting another node in a node's place. */

import type { Command } from './commands';
import { type Body, type Connection, type NodeEntry, withBody } from './document';
import { connectionsOf, endOf, type Port, type Ports } from './graph';
import { Refusal } from './refusal';
import { fits } from './wiring';

export interface Replacement {
  /** The node that goes. */
  before: string;
  /** The one that comes, its entry, and its ports. */
  name: string;
  entry: NodeEntry;
  ports: Ports;
}

/**
 * Put a node where another one is, with its place, its comment and those of its connections that fit;
 * `ports` are those of all nodes as they are.
 */
export function replaceNode(
  component: string,
  { before, name, entry, ports }: Replacement,
  known: ReadonlyMap<string, Ports>,
): Command {
  return {
    label: `Replace ${before} by ${name}`,
    apply: (document) =>
      withBody(document, component, (body) => {
        const old = body.nodes?.[before];
        if (!old) throw new Refusal(`There is no node “${before}” any more.`);
        if (name !== before && body.nodes?.[name])
          throw new Refusal(`There is a node “${name}” already.`);
        const place = body.layout?.[before];
        return {
          ...body,
          nodes: renamed(body.nodes ?? {}, before, name, {
            ...entry,
            ...(old.comment && { comment: old.comment }),
          }),
          connections: rewired(body, before, name, ports, known),
          ...(body.layout && place && { layout: renamed(body.layout, before, name, place) }),
        };
      }),
  };
}

/** A record with one name, and what stands under it, put in another's stead. */
function renamed<T>(
  record: Record<string, T>,
  before: string,
  name: string,
  value: T,
): Record<string, T> {
  return Object.fromEntries(
    Object.entries(record).map(([key, item]) => (key === before ? [name, value] : [key, item])),
  );
}

function rewired(
  body: Body,
  before: string,
  name: string,
  ports: Ports,
  known: ReadonlyMap<string, Ports>,
): Connection[] {
  const used = new Set<string>();
  const result: Connection[] = [];
  for (const connection of connectionsOf(body)) {
    const [from, to] = [endOf(connection.from), endOf(connection.to)];
    if (from.node !== before && to.node !== before) result.push(connection);
    else if (to.node === before) {
      const source = known.get(from.node)?.outputs.find(({ id }) => id === from.port);
      const port = match(ports.inputs, to.port, source, used);
      if (!port) continue;
      if (!port.many) used.add(port.id);
      result.push({ from: connection.from, to: `${name}.${port.id}` });
    } else {
      const target = known.get(to.node)?.inputs.find(({ id }) => id === to.port);
      const port = match(ports.outputs, from.port, target, new Set());
      if (port) result.push({ from: `${name}.${port.id}`, to: connection.to });
    }
  }
  return result;
}

/** The port that takes a wire over: of the same name, else the first free one of its type. */
function match(
  side: readonly Port[],
  wished: string,
  other: Port | undefined,
  used: ReadonlySet<string>,
): Port | undefined {
  const good = side.filter((port) => !used.has(port.id) && (!other || fits(other, port)));
  return good.find(({ id }) => id === wished) ?? good.find(({ optional }) => !optional) ?? good[0];
}
