import { describe, expect, it } from 'vitest';
import { columnEdges, columnWindow, HIGHEST, type Place, Scaling } from './scroll';

const START: Place = { scroll: 0, offset: 0 };

describe('Scaling', () => {
  it('draws rows where they are while the table fits an element', () => {
    const scaling = new Scaling(1000, 24, 240);
    const window = scaling.window(scaling.follow(START, 2400));
    expect(scaling.height).toBe(24_000);
    expect(window.first).toBeLessThanOrEqual(100);
    expect(window.last).toBeGreaterThanOrEqual(110);
    expect(window.top).toBe(window.first * 24);
  });

  it('never makes an element higher than browsers draw', () => {
    expect(new Scaling(100_000_000, 24, 240).height).toBe(HIGHEST);
  });

  it('reaches the last row at the end of the bar', () => {
    const scaling = new Scaling(100_000_000, 24, 240);
    const window = scaling.window(scaling.follow(START, scaling.height - 240));
    expect(window.last).toBe(100_000_000);
  });

  it('moves by single rows with the wheel, however long the table is', () => {
    const scaling = new Scaling(100_000_000, 24, 240);
    const far = scaling.follow(START, 8_000_000);
    const wheel = scaling.follow(far, 8_000_024);
    expect(wheel.offset - far.offset).toBe(24);
  });

  it('goes to the same part of the table when the bar is dragged', () => {
    const scaling = new Scaling(100_000_000, 24, 240);
    const half = scaling.follow(START, (scaling.height - 240) / 2);
    expect(Math.round(half.offset / 24 / 1_000_000)).toBe(50);
  });

  it('shows a row exactly when the keyboard asks for it', () => {
    const scaling = new Scaling(100_000_000, 24, 240);
    const place = scaling.reveal(START, 77_777_777);
    expect(place.offset).toBe(77_777_777 * 24 + 24 - 240);
    expect(scaling.reveal(place, 77_777_775)).toBe(place);
    const followed = scaling.follow(place, place.scroll);
    expect(followed.offset).toBe(place.offset);
  });

  it("draws the seen rows around the scroller's own position", () => {
    const scaling = new Scaling(100_000_000, 24, 240);
    const place = scaling.reveal(START, 50_000_000);
    const window = scaling.window(place);
    const topOfSeen = window.top + (50_000_000 - window.first) * 24;
    expect(topOfSeen).toBeGreaterThanOrEqual(place.scroll);
    expect(topOfSeen + 24).toBeLessThanOrEqual(place.scroll + 240);
  });
});

describe('columnWindow', () => {
  it('finds the columns that are seen', () => {
    const edges = columnEdges([100, 50, 200, 100]);
    expect(edges).toEqual([0, 100, 150, 350, 450]);
    expect(columnWindow(edges, 0, 120)).toEqual({ first: 0, last: 2 });
    expect(columnWindow(edges, 160, 100)).toEqual({ first: 2, last: 3 });
    expect(columnWindow(edges, 340, 500)).toEqual({ first: 2, last: 4 });
  });

  it('finds none of no columns', () => {
    expect(columnWindow([0], 0, 100)).toEqual({ first: 0, last: 0 });
  });
});
