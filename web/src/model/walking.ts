/** Which node lies next in a direction. */

import type { Place } from './document';

/** How much a step aside counts against a step ahead. */
const ASIDE = 2.5;
/** How far ahead a node must lie, of how far it lies aside, to lie in the direction at all. */
const CONE = 0.3;

/** The nearest node in a direction; without a first one, the one at the top left. */
export function nearest(
  places: ReadonlyMap<string, Place>,
  from: string | undefined,
  [dx, dy]: readonly [number, number],
): string | undefined {
  const start = from === undefined ? undefined : places.get(from);
  if (!start) return first(places);
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [name, [x, y]] of places) {
    const ahead = (x - start[0]) * dx + (y - start[1]) * dy;
    const aside = Math.abs((x - start[0]) * dy) + Math.abs((y - start[1]) * dx);
    const cost = ahead + aside * ASIDE;
    if (name === from || ahead <= 0 || ahead < aside * CONE || cost >= least) continue;
    best = name;
    least = cost;
  }
  return best;
}

function first(places: ReadonlyMap<string, Place>): string | undefined {
  return [...places].sort(([, one], [, other]) => one[0] + one[1] - other[0] - other[1])[0]?.[0];
}
