/** What boxes take up together. */

import type { Box } from './geometry';

export interface Extent {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** What boxes take up together; undefined for none. */
export function extentOf(boxes: readonly Box[]): Extent | undefined {
  if (!boxes.length) return undefined;
  const extent = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  for (const { x, y, width, height } of boxes) {
    extent.left = Math.min(extent.left, x);
    extent.top = Math.min(extent.top, y);
    extent.right = Math.max(extent.right, x + width);
    extent.bottom = Math.max(extent.bottom, y + height);
  }
  return extent;
}

/** Whether something lies within a part of the canvas; nothing lies everywhere. */
export const isWithin = (inner: Extent | undefined, outer: Extent): boolean =>
  !inner ||
  (inner.left >= outer.left &&
    inner.top >= outer.top &&
    inner.right <= outer.right &&
    inner.bottom <= outer.bottom);

/** Corners of the canvas where nothing else stands and nothing begins, the usual one first. */
const CORNERS = ['bottom-right', 'top-right'] as const;

export type Corner = (typeof CORNERS)[number];

/**
 * Return the corner in which something covers least of some boxes, and how much that is.
 *
 * @param seen the part of the canvas that is seen
 * @param size what is put there, as large as it is on the canvas
 */
export function emptiestCorner(
  boxes: readonly Box[],
  seen: Extent,
  size: { width: number; height: number },
): { corner: Corner; covered: number } {
  const covered = CORNERS.map((corner) => {
    const left = seen.right - size.width;
    const top = corner.startsWith('top') ? seen.top : seen.bottom - size.height;
    const place = { left, top, right: seen.right, bottom: top + size.height };
    return boxes.reduce((sum, box) => sum + overlap(box, place), 0);
  });
  const least = Math.min(...covered);
  return { corner: CORNERS[covered.indexOf(least)] ?? CORNERS[0], covered: least };
}

function overlap({ x, y, width, height }: Box, place: Extent): number {
  const wide = Math.min(x + width, place.right) - Math.max(x, place.left);
  const high = Math.min(y + height, place.bottom) - Math.max(y, place.top);
  return Math.max(0, wide) * Math.max(0, high);
}
