/** The open component as it is drawn: its nodes with their ports, places and heights. */

import { type Body, bodyAt, type Document, type Place } from '../model/document';
import { type Box, heightOf } from '../model/geometry';
import { connectionsOf, type Ports, portsIn } from '../model/graph';
import { cardBoxes, lanesIn } from '../model/lanes';
import { placesOf } from '../model/layout';
import type { Lane } from '../model/routing';
import type { NodeInfo, Report } from '../model/wire';
import { useCatalogue } from './catalogue';
import { useDocument } from './document';
import { useReport } from './report';
import { useView } from './view';

export interface Scene {
  component: string;
  body: Body;
  ports: Map<string, Ports>;
  heights: Map<string, number>;
  places: Map<string, Place>;
  /** The ways of wires that cannot go straight, by the keys of connections. */
  lanes: Map<string, Lane>;
}

const NOTHING: Scene = {
  component: '',
  body: {},
  ports: new Map(),
  heights: new Map(),
  places: new Map(),
  lanes: new Map(),
};

interface Parts {
  document: Document | null;
  component: string;
  infos: ReadonlyMap<string, NodeInfo>;
  components: Report['components'] | undefined;
}

let last: { parts: Parts; body: Body; scene: Scene } | null = null;

/** The scene of the open component; the same object while nothing it depends on has changed. */
export function sceneNow(): Scene {
  return sceneOf({
    document: useDocument.getState().document,
    component: useView.getState().component,
    infos: useCatalogue.getState().infos,
    components: useReport.getState().report?.components,
  });
}

/** Like `sceneNow`, for components of the page. */
export function useScene(): Scene {
  const document = useDocument((state) => state.document);
  const component = useView((state) => state.component);
  const infos = useCatalogue((state) => state.infos);
  const components = useReport((state) => state.report?.components);
  return sceneOf({ document, component, infos, components });
}

function sceneOf(parts: Parts): Scene {
  const body = parts.document ? bodyAt(parts.document, parts.component) : undefined;
  if (!body) return NOTHING;
  if (last && last.body === body && sameParts(last.parts, parts)) return last.scene;
  const known = { infos: parts.infos, report: useReport.getState().report };
  const ports = portsIn(body, parts.component, known);
  const before = last?.parts.component === parts.component ? last.scene : undefined;
  let isSamePorts = true;
  for (const [name, item] of ports) {
    const earlier = before?.ports.get(name);
    if (earlier && JSON.stringify(earlier) === JSON.stringify(item)) ports.set(name, earlier);
    else isSamePorts = false;
  }
  const heights = new Map([...ports].map(([name, item]) => [name, heightOf(item)]));
  const isSameGraph =
    before?.body.layout === body.layout &&
    before?.body.connections === body.connections &&
    sameNames(before?.body, body);
  const places = isSameGraph && before ? before.places : placesOf(body, heights);
  const lanes =
    isSameGraph && isSamePorts && before
      ? before.lanes
      : lanesIn({ body, ports, heights, places, infos: parts.infos });
  const scene = { component: parts.component, body, ports, heights, places, lanes };
  last = { parts, body, scene };
  return scene;
}

const sameParts = (one: Parts, other: Parts): boolean =>
  one.component === other.component &&
  one.infos === other.infos &&
  one.components === other.components;

const sameNames = (one: Body | undefined, other: Body): boolean =>
  Object.keys(one?.nodes ?? {}).join() === Object.keys(other.nodes ?? {}).join();

/** Whether an input port is fed. */
export const isFed = (body: Body, name: string, port: string): boolean =>
  connectionsOf(body).some(
    ({ to }) => to === `${name}.${port}` || to.startsWith(`${name}.${port}.`),
  );

/** The rectangles of all cards and notes. */
export function boxesOf({ body, places, heights }: Scene): Box[] {
  return [
    ...cardBoxes(places, heights),
    ...(body.annotations ?? []).map(({ place: [x, y, width, height] }) => ({
      x,
      y,
      width,
      height,
    })),
  ];
}
