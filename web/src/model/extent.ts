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
