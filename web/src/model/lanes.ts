/** Where the ports of a body's connections are, and the lanes its wires take. */

import type { Body, Place } from './document';
import { type Box, HEIGHT, portOffset, WIDTH } from './geometry';
import { connectionsOf, endOf, keyOf, type Ports, today } from './graph';
import { type Lane, lanesOf, type Wire } from './routing';
import type { NodeInfo } from './wire';

/** What is drawn of a body. */
export interface Drawing {
  body: Body;
  ports: ReadonlyMap<string, Ports>;
  heights: ReadonlyMap<string, number>;
  places: ReadonlyMap<string, Place>;
  infos: ReadonlyMap<string, NodeInfo>;
}

/** From so many connections on, wires go straight: looking for lanes would take too long. */
const MANY = 3000;

export function lanesIn(drawing: Drawing): Map<string, Lane> {
  const { body, heights, places } = drawing;
  const connections = connectionsOf(body);
  if (connections.length > MANY) return new Map();
  const wires = connections.flatMap((connection): Wire[] => {
    const from = portPlace(drawing, connection.from, 'outputs');
    const to = portPlace(drawing, connection.to, 'inputs');
    return from && to ? [{ id: keyOf(connection), source: connection.from, from, to }] : [];
  });
  return lanesOf(wires, cardBoxes(places, heights));
}

/** The rectangles of cards. */
export const cardBoxes = (
  places: ReadonlyMap<string, Place>,
  heights: ReadonlyMap<string, number>,
): Box[] =>
  [...places].map(([name, [x, y]]) => ({
    x,
    y,
    width: WIDTH,
    height: heights.get(name) ?? HEIGHT,
  }));

/** Where one end of a connection is on the canvas; undefined where there is no such port. */
export function portPlace(
  { body, ports, heights, places, infos }: Drawing,
  text: string,
  side: keyof Ports,
): Place | undefined {
  const { node, port } = endOf(text);
  const place = places.get(node);
  const list = ports.get(node)?.[side] ?? [];
  const name = today(infos.get(body.nodes?.[node]?.type ?? ''), port);
  const index = list.findIndex(({ id }) => id === name);
  if (!place || index < 0) return undefined;
  const height = heights.get(node) ?? HEIGHT;
  return [
    place[0] + (side === 'outputs' ? WIDTH : 0),
    place[1] + portOffset(index, list.length, height),
  ];
}
