/** What is seen when a workflow opens: all of it, or where that could not be read, its start. */

import { extentOf } from './extent';
import type { Box } from './geometry';

export interface View {
  x: number;
  y: number;
  zoom: number;
}

/** Smaller than this, what stands on cards could not be read; then a start is shown at `START`. */
const SMALLEST = 0.5;
const START = 0.65;
const LARGEST = 1;
const MARGIN = 32;
/** Below, where the tools of the canvas are. */
const BELOW = 52;

const NOWHERE = { left: 0, top: 0, right: 0, bottom: 0 };

/** Where the canvas stands, for boxes on a stage of a size. */
export function openingView(boxes: readonly Box[], stage: { width: number; height: number }): View {
  const { left, top, right, bottom } = extentOf(boxes) ?? NOWHERE;
  const [width, height] = [right - left, bottom - top];
  const room = { width: stage.width - 2 * MARGIN, height: stage.height - MARGIN - BELOW };
  const fit = Math.min(room.width / width, room.height / height);
  const zoom = fit < SMALLEST ? START : Math.min(LARGEST, fit);
  const x = width * zoom <= room.width ? (stage.width - width * zoom) / 2 : MARGIN;
  return {
    zoom,
    x: x - left * zoom,
    y: topOf(boxes, { top, height, left }, zoom, stage.height) - top * zoom,
  };
}

/** Where the top comes: what is too tall is shown where its leftmost nodes are. */
function topOf(
  boxes: readonly Box[],
  { top, height, left }: { top: number; height: number; left: number },
  zoom: number,
  stage: number,
): number {
  const tall = height * zoom;
  const room = stage - MARGIN - BELOW;
  if (tall <= room + 1) return Math.max(MARGIN, Math.min((stage - tall) / 2, MARGIN + room - tall));
  const first = boxes.filter(({ x }) => x < left + 1).map(({ y }) => y - top);
  const start = MARGIN - Math.min(...first) * zoom;
  return Math.max(start, stage - BELOW - tall);
}
