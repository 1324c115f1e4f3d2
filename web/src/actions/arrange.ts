/** Lining nodes up: align, distribute, lay out. */

import { show } from '../canvas/instance';
import { nameOf, type Place } from '../model/document';
import { moveParts } from '../model/edit_graph';
import { HEIGHT, snapped, WIDTH } from '../model/geometry';
import { layered } from '../model/layout';
import { useDocument } from '../store/document';
import { sceneNow } from '../store/scene';
import { useView } from '../store/view';
import type { Action } from './action';
import { withPlaces } from './places';

type Placed = [name: string, place: Place];

function chosen(): Placed[] {
  const { places } = sceneNow();
  return useView
    .getState()
    .selection.map(nameOf)
    .flatMap((name): Placed[] => {
      const place = places.get(name);
      return place ? [[name, place]] : [];
    });
}

const atLeast = (count: number) => (): boolean => useView.getState().selection.length >= count;

function move(label: string, placed: Placed[]): void {
  const scene = sceneNow();
  const places = withPlaces(scene, Object.fromEntries(placed));
  useDocument.getState().apply(moveParts(scene.component, places, {}, { label }));
}

const height = (name: string): number => sceneNow().heights.get(name) ?? HEIGHT;

/** Put the selected nodes on one vertical line, by their left sides. */
function alignLeft(): void {
  const nodes = chosen();
  const left = Math.min(...nodes.map(([, [x]]) => x));
  move(
    'Align left',
    nodes.map(([name, [, y]]) => [name, [left, y]]),
  );
}

/** Put the selected nodes on one horizontal line, by their middles. */
function alignMiddle(): void {
  const nodes = chosen();
  const middles = nodes.map(([name, [, y]]) => y + height(name) / 2);
  const middle = snapped(middles.reduce((sum, y) => sum + y, 0) / middles.length);
  move(
    'Align in a row',
    nodes.map(([name, [x]]) => [name, [x, middle - height(name) / 2]]),
  );
}

/** Make the gaps between the selected nodes equal, along the way they mostly lie. */
function distribute(): void {
  const nodes = chosen();
  const width = span(nodes.map(([, [x]]) => x));
  const tall = span(nodes.map(([, [, y]]) => y));
  const axis = width >= tall ? 0 : 1;
  const size = (name: string): number => (axis === 0 ? WIDTH : height(name));
  const sorted = [...nodes].sort((one, other) => one[1][axis] - other[1][axis]);
  const total = sorted.reduce((sum, [name]) => sum + size(name), 0);
  const [first, last] = [sorted[0] as Placed, sorted.at(-1) as Placed];
  const room = last[1][axis] + size(last[0]) - first[1][axis];
  const gap = Math.max(16, (room - total) / (sorted.length - 1));
  let at = first[1][axis];
  move(
    'Distribute',
    sorted.map(([name, place]) => {
      const next: Place = axis === 0 ? [at, place[1]] : [place[0], at];
      at += size(name) + gap;
      return [name, next];
    }),
  );
}

const span = (values: number[]): number => Math.max(...values) - Math.min(...values);

/** Lay out the selected nodes, or all where fewer than two are selected. */
function layOut(): void {
  const { body, heights, places } = sceneNow();
  const some = chosen();
  const names = some.length > 1 ? some.map(([name]) => name) : [...places.keys()];
  const from = names.map((name) => places.get(name) ?? [0, 0]);
  const corner: Place = [Math.min(...from.map(([x]) => x)), Math.min(...from.map(([, y]) => y))];
  move('Lay out', [...layered(body, names, heights, some.length > 1 ? corner : [40, 40])]);
  if (some.length < 2) requestAnimationFrame(() => show());
}

export const ARRANGE_ACTIONS: Action[] = [
  {
    id: 'arrange.left',
    label: 'Align left',
    icon: 'align',
    keys: ['Alt+Shift+L'],
    group: 'Nodes',
    enabled: atLeast(2),
    perform: alignLeft,
  },
  {
    id: 'arrange.row',
    label: 'Align in a row',
    icon: 'minus',
    keys: ['Alt+Shift+M'],
    group: 'Nodes',
    enabled: atLeast(2),
    perform: alignMiddle,
  },
  {
    id: 'arrange.distribute',
    label: 'Distribute',
    icon: 'distribute',
    keys: ['Alt+Shift+D'],
    group: 'Nodes',
    enabled: atLeast(3),
    perform: distribute,
  },
  {
    id: 'arrange.layout',
    label: 'Lay out',
    icon: 'layout',
    keys: ['Alt+Shift+A', 'Shift+A'],
    group: 'Nodes',
    enabled: () => sceneNow().places.size > 1,
    perform: layOut,
  },
];
