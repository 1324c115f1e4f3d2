/** Adding a node: where it goes, what it is connected to. */

import { centre, placeAt } from '../canvas/instance';
import {
  COMPONENT,
  type Connection,
  join,
  type NodeEntry,
  nameOf,
  type Place,
} from '../model/document';
import { addNodes } from '../model/edit_graph';
import { freshName } from '../model/edit_nodes';
import { freePlace, heightOf, STEP_X, WIDTH } from '../model/geometry';
import { connectionsOf, endOf, keyOf, type Ports } from '../model/graph';
import { cardBoxes } from '../model/lanes';
import { bestPair, fedBy, linkOf } from '../model/wiring';
import { useCatalogue } from '../store/catalogue';
import { useDocument } from '../store/document';
import { type Scene, sceneNow } from '../store/scene';
import { useView } from '../store/view';

export interface Wish {
  type: string;
  settings?: Record<string, unknown>;
  /** Where its middle goes. */
  at?: Place;
  /** The port a wire was pulled from, with the port of the new node it goes to. */
  from?: { node: string; port: string; direction: 'in' | 'out'; to: string };
  /** The connection it is put into. */
  into?: string;
}

/** Add a node, select it, and return its path; undefined where that is refused. */
export function addNode(wish: Wish): string | undefined {
  const scene = sceneNow();
  const info = useCatalogue.getState().infos.get(wish.type);
  const ports: Ports = { inputs: [...(info?.inputs ?? [])], outputs: [...(info?.outputs ?? [])] };
  const name = freshName(wish.type, (item) => Boolean(scene.body.nodes?.[item]));
  const known = new Map(scene.ports).set(name, ports);
  const beside = wish.at ? undefined : besideSelection(scene, name, known);
  const links = linksOf(wish, name, known, scene) ?? beside?.links;
  const room = wish.into && links ? roomIn(scene, wish.into) : undefined;
  const place = room?.place ?? placeOf(wish, scene, beside?.place, heightOf(ports));
  const command = addNodes(scene.component, [{ name, entry: entryOf(wish), place }], links, {
    label: `Add ${info?.title ?? name}`,
    without: wish.into && links ? [wish.into] : [],
    many: manyOf(links ?? [], known),
    moved: room?.moved,
  });
  if (!useDocument.getState().apply(command)) return undefined;
  const path = join(scene.component, name);
  useView.getState().select([path]);
  return path;
}

/** Add a node at a point of the screen, into the wire that is drawn there. */
export const addAtScreen = (
  type: string,
  x: number,
  y: number,
  into?: string,
): string | undefined => addNode({ type, at: placeAt(x, y), into });

function entryOf(wish: Wish): NodeEntry {
  const version = useCatalogue.getState().infos.get(wish.type)?.version ?? 1;
  return {
    type: wish.type,
    ...(version > 1 && { version }),
    ...(wish.settings && { settings: wish.settings }),
    ...(wish.type === COMPONENT && { nodes: {} }),
  };
}

function placeOf(wish: Wish, scene: Scene, beside: Place | undefined, height: number): Place {
  const boxes = cardBoxes(scene.places, scene.heights);
  const middle = wish.at ?? centre();
  const corner: Place = [middle[0] - WIDTH / 2, middle[1] - height / 2];
  return freePlace(wish.at || !beside ? corner : beside, boxes, height);
}

/** Where a node stands between two that stand close: those behind it make room. */
function roomIn(
  scene: Scene,
  wire: string,
): { place: Place; moved: Record<string, Place> } | undefined {
  const cut = connectionsOf(scene.body).find((item) => keyOf(item) === wire);
  const before = scene.places.get(endOf(cut?.from ?? '').node);
  const behind = endOf(cut?.to ?? '').node;
  const after = scene.places.get(behind);
  const shift = before && after ? before[0] + 2 * STEP_X - after[0] : 0;
  if (!before || !after || shift <= 0 || after[0] < before[0]) return undefined;
  const moved: Record<string, Place> = {};
  for (const name of fedBy(scene.body, behind)) {
    const [x, y] = scene.places.get(name) ?? [0, 0];
    if (x >= after[0]) moved[name] = [x + shift, y];
  }
  return { place: [before[0] + STEP_X, (before[1] + after[1]) / 2], moved };
}

/** Right of the one selected node, connected to it where that fits. */
function besideSelection(
  scene: Scene,
  name: string,
  ports: ReadonlyMap<string, Ports>,
): { place: Place; links: Connection[] } | undefined {
  const { selection } = useView.getState();
  const source = selection.length === 1 ? nameOf(selection[0] as string) : undefined;
  const place = source === undefined ? undefined : scene.places.get(source);
  if (source === undefined || !place) return undefined;
  const body = { ...scene.body };
  const pair = bestPair(body, ports, source, name);
  return { place: [place[0] + STEP_X, place[1]], links: pair ? [linkOf(pair.from, pair.to)] : [] };
}

function linksOf(
  wish: Wish,
  name: string,
  ports: ReadonlyMap<string, Ports>,
  scene: Scene,
): Connection[] | undefined {
  if (wish.from) {
    const other = { node: wish.from.node, port: wish.from.port };
    const own = { node: name, port: wish.from.to };
    return [wish.from.direction === 'out' ? linkOf(other, own) : linkOf(own, other)];
  }
  if (wish.into === undefined) return undefined;
  return linksInto(scene, ports, name, wish.into);
}

/** The two connections by which a node stands in another one's place; undefined: it does not fit. */
export function linksInto(
  scene: Scene,
  ports: ReadonlyMap<string, Ports>,
  name: string,
  wire: string,
): Connection[] | undefined {
  const cut = connectionsOf(scene.body).find((item) => keyOf(item) === wire);
  if (!cut) return undefined;
  const body = {
    ...scene.body,
    connections: connectionsOf(scene.body).filter((item) => item !== cut),
  };
  const [from, to] = [endOf(cut.from), endOf(cut.to)];
  const only = (node: string, side: keyof Ports, port: string): [string, Ports] => {
    const sides = ports.get(node) ?? { inputs: [], outputs: [] };
    return [node, { ...sides, [side]: sides[side].filter((item) => item.id === port) }];
  };
  const before = bestPair(
    body,
    new Map(ports).set(...only(from.node, 'outputs', from.port)),
    from.node,
    name,
  );
  const after = bestPair(
    body,
    new Map(ports).set(...only(to.node, 'inputs', to.port)),
    name,
    to.node,
  );
  return before && after
    ? [linkOf(before.from, before.to), { from: `${name}.${after.from.port}`, to: cut.to }]
    : undefined;
}

/** The targets among some connections that take several. */
export function manyOf(links: readonly Connection[], ports: ReadonlyMap<string, Ports>): string[] {
  return links
    .map(({ to }) => to)
    .filter((to) => {
      const end = endOf(to);
      return ports.get(end.node)?.inputs.some((port) => port.id === end.port && port.many);
    });
}
