/** Sizes and places of cards on the canvas: fixed, so that nothing has to be measured. */

import type { Place } from './document';
import type { Ports } from './graph';

export const WIDTH = 176;
export const HEIGHT = 56;
export const GRID = 8;
/** From column to column, and between the cards of one, where nodes are placed by themselves. */
export const STEP_X = 248;
export const GAP_Y = 32;

const PORT_STEP = 18;

/** How high a card is: so that its ports do not stand too close. */
export function heightOf(ports: Ports | undefined): number {
  const count = Math.max(ports?.inputs.length ?? 0, ports?.outputs.length ?? 0);
  return Math.max(HEIGHT, PORT_STEP * (count + 1));
}

/** How far below the card's top a port stands. */
export function portOffset(index: number, count: number, height: number): number {
  return Math.round((height * (index + 1)) / (count + 1));
}

export const snapped = (value: number): number => Math.round(value / GRID) * GRID;

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export const overlaps = (one: Box, other: Box, gap = 0): boolean =>
  one.x < other.x + other.width + gap &&
  other.x < one.x + one.width + gap &&
  one.y < other.y + other.height + gap &&
  other.y < one.y + one.height + gap;

/** The free place nearest below a wanted one. */
export function freePlace(
  wanted: Place,
  boxes: readonly Box[],
  height = HEIGHT,
  width = WIDTH,
): Place {
  const [x, y] = [snapped(wanted[0]), snapped(wanted[1])];
  for (let down = 0; ; down += GRID * 2) {
    const box = { x, y: y + down, width, height };
    if (!boxes.some((item) => overlaps(item, box, GRID))) return [x, y + down];
  }
}
