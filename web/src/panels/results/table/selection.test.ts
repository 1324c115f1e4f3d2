import { describe, expect, it } from 'vitest';
import { area, contains, HEADER, type Keys, moved, type Selection } from './selection';

const EXTENT = { rows: 100, columns: 4, page: 10 };
const START: Selection = { anchor: { row: 5, column: 1 }, cursor: { row: 5, column: 1 } };

function press(key: string, more: Partial<Keys> = {}, from = START) {
  return moved(from, { key, ctrl: false, shift: false, ...more }, EXTENT);
}

describe('moved', () => {
  it('moves by cells, pages, and to the ends', () => {
    expect(press('ArrowDown')?.cursor).toEqual({ row: 6, column: 1 });
    expect(press('PageDown')?.cursor).toEqual({ row: 15, column: 1 });
    expect(press('Home')?.cursor).toEqual({ row: 5, column: 0 });
    expect(press('End', { ctrl: true })?.cursor).toEqual({ row: 99, column: 3 });
  });

  it('stays inside the table', () => {
    expect(press('PageUp')?.cursor).toEqual({ row: 0, column: 1 });
    const corner = { row: 99, column: 3 };
    const moved = press('ArrowRight', {}, { anchor: corner, cursor: corner });
    expect(moved?.cursor).toEqual(corner);
  });

  it('reaches the header above the first row', () => {
    const top = { row: 0, column: 2 };
    expect(press('ArrowUp', {}, { anchor: top, cursor: top })?.cursor.row).toBe(HEADER);
  });

  it('extends the selection with shift', () => {
    const wider = press('ArrowRight', { shift: true }) as Selection;
    expect(wider.anchor).toEqual(START.anchor);
    expect(contains(wider, 5, 2)).toBe(true);
    expect(contains(wider, 6, 2)).toBe(false);
  });

  it('leaves other keys alone', () => {
    expect(press('a')).toBeNull();
  });
});

it('area puts the corners in order', () => {
  const selection = { anchor: { row: 7, column: 3 }, cursor: { row: 2, column: 1 } };
  expect(area(selection)).toEqual({ from: { row: 2, column: 1 }, to: { row: 7, column: 3 } });
});
