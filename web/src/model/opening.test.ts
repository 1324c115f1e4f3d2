import { describe, expect, it } from 'vitest';
import { HEIGHT, WIDTH } from './geometry';
import { openingView } from './opening';

const STAGE = { width: 878, height: 576 };
const box = (x: number, y: number) => ({ x, y, width: WIDTH, height: HEIGHT });
/** Where a point of the canvas is on the stage. */
const seen = (x: number, y: number, view = openingView([box(0, 0)], STAGE)) => [
  view.x + x * view.zoom,
  view.y + y * view.zoom,
];

describe('what is seen at first', () => {
  it('is all of a small workflow, in the middle and not blown up', () => {
    const view = openingView([box(100, 40)], STAGE);
    expect(view.zoom).toBe(1);
    expect(seen(100 + WIDTH / 2, 40 + HEIGHT / 2, view)).toEqual([439, 288]);
  });

  it('is all of a larger one, smaller', () => {
    const view = openingView([box(0, 0), box(1200, 400)], STAGE);
    expect(view.zoom).toBeGreaterThan(0.5);
    for (const [x, y] of [seen(0, 0, view), seen(1200 + WIDTH, 400 + HEIGHT, view)]) {
      expect(x).toBeGreaterThanOrEqual(31);
      expect(x).toBeLessThanOrEqual(STAGE.width - 31);
      expect(y).toBeGreaterThanOrEqual(31);
    }
  });

  it('is the start of one that could not be read as a whole', () => {
    const boxes = Array.from({ length: 60 }, (_, index) => box(index * 248, 900 - index * 8));
    const view = openingView(boxes, STAGE);
    expect(view.zoom).toBe(0.65);
    const [x, y] = seen(0, 900, view);
    expect(x).toBe(32);
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(STAGE.height);
  });
});
