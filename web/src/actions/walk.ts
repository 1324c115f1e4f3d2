/** Going from node to node, and moving nodes, by arrow keys. */

import { flowNow, motion } from '../canvas/instance';
import { join, nameOf, type Place } from '../model/document';
import { moveParts } from '../model/edit_graph';
import { GRID, HEIGHT, WIDTH } from '../model/geometry';
import { nearest } from '../model/walking';
import { useDocument } from '../store/document';
import { sceneNow } from '../store/scene';
import { useView } from '../store/view';
import type { Action } from './action';
import { withPlaces } from './places';

const STEP = GRID * 2;
const CANVAS = '.fe-canvas, .react-flow__node';

const WAYS = [
  { key: 'ArrowLeft', word: 'left', x: -1, y: 0 },
  { key: 'ArrowRight', word: 'right', x: 1, y: 0 },
  { key: 'ArrowUp', word: 'up', x: 0, y: -1 },
  { key: 'ArrowDown', word: 'down', x: 0, y: 1 },
] as const;

type Way = (typeof WAYS)[number];

/** Select the node that lies nearest in a direction; `more`: beside those that are selected. */
function walk(way: Way, more: boolean): void {
  const { places, component } = sceneNow();
  const { selection, select } = useView.getState();
  const last = selection.at(-1);
  const next = nearest(places, last === undefined ? undefined : nameOf(last), [way.x, way.y]);
  if (next === undefined) return;
  const path = join(component, next);
  select(more ? [...selection.filter((item) => item !== path), path] : [path]);
  reveal(next);
}

/**
 * Bring a node into view and give it the focus.
 *
 * @param half what is cut off may stay so
 * @param before what had the focus when that was asked for
 */
export function reveal(name: string, half = false, before = document.activeElement): void {
  window.clearTimeout(focusing);
  focusing = window.setTimeout(() => focusNode(name, before), bringIntoView(name, half));
}

/** The node that waits for the focus: of two that are revealed, the later one gets it. */
let focusing = 0;

/** Focus a node as soon as it is drawn, unless somebody went elsewhere meanwhile. */
function focusNode(name: string, before: Element | null, tries = 20): void {
  const now = document.activeElement;
  if (now !== before && now !== document.body && !now?.matches(CANVAS)) return;
  const node = document.querySelector<HTMLElement>(
    `.react-flow__node[data-id="${CSS.escape(name)}"]`,
  );
  node?.focus({ preventScroll: true });
  // what was just added or lies far away is drawn a moment later
  if (document.activeElement !== node && tries > 0)
    focusing = window.setTimeout(() => focusNode(name, before, tries - 1), 50);
}

/** Move the view to a node that is out of sight; returns how long that takes. */
export function bringIntoView(name: string, half = false): number {
  const flow = flowNow();
  const place = sceneNow().places.get(name);
  const box = document.querySelector('.fe-stage')?.getBoundingClientRect();
  if (!flow || !place || !box) return 0;
  const corner = flow.flowToScreenPosition({ x: place[0], y: place[1] });
  const { zoom } = flow.getViewport();
  const [width, height] = [WIDTH * zoom, HEIGHT * zoom];
  const [aside, above] = half ? [-width / 2, -height / 2] : [20, 20];
  const isSeen =
    corner.x > box.left + aside &&
    corner.y > box.top + above &&
    corner.x + width < box.right - aside &&
    corner.y + height < box.bottom - above;
  if (isSeen) return 0;
  void flow.setCenter(place[0] + WIDTH / 2, place[1] + HEIGHT / 2, {
    zoom: Math.max(zoom, 0.5),
    duration: motion(),
  });
  return motion() + 50;
}

function shift(way: Way): void {
  const scene = sceneNow();
  const { selection, notes } = useView.getState();
  const places: Record<string, Place> = {};
  for (const name of selection.map(nameOf)) {
    const [x, y] = scene.places.get(name) ?? [0, 0];
    places[name] = [x + way.x * STEP, y + way.y * STEP];
  }
  const moved = (scene.body.annotations ?? []).filter(({ id }) => notes.includes(id));
  const command = moveParts(
    scene.component,
    withPlaces(scene, places),
    Object.fromEntries(
      moved.map(({ id, place: [x, y, width, height] }) => [
        id,
        [x + way.x * STEP, y + way.y * STEP, width, height] as [number, number, number, number],
      ]),
    ),
    { merge: `shift ${selection.join()} ${notes.join()}` },
  );
  useDocument.getState().apply(command);
}

const isAny = (): boolean => sceneNow().places.size > 0;
const isChosen = (): boolean => {
  const { selection, notes } = useView.getState();
  return selection.length + notes.length > 0;
};

export const WALK_ACTIONS: Action[] = WAYS.flatMap((way): Action[] => [
  {
    id: `walk.${way.word}`,
    label: `Go to the next node ${way.word}`,
    keys: [way.key],
    group: 'Canvas',
    enabled: isAny,
    perform: () => walk(way, false),
  },
  {
    id: `walk.more.${way.word}`,
    label: `Select the next node ${way.word} as well`,
    keys: [`Shift+${way.key}`],
    group: 'Canvas',
    enabled: isAny,
    perform: () => walk(way, true),
  },
  {
    id: `walk.move.${way.word}`,
    label: `Move ${way.word}`,
    keys: [`Ctrl+Shift+${way.key}`, `Alt+Shift+${way.key}`],
    group: 'Canvas',
    enabled: isChosen,
    perform: () => shift(way),
  },
]);
