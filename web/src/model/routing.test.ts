import { describe, expect, it } from 'vitest';
import type { Place } from './document';
import type { Box } from './geometry';
import { lanesOf, type Wire, wayOf } from './routing';

const card = (x: number, y: number): Box => ({ x, y, width: 176, height: 56 });
const wire = (id: string, from: Place, to: Place): Wire => ({ id, source: id, from, to });

/** Whether the straight pieces and corners of a way keep off a card. */
function keepsOff(path: string, { x, y, width, height }: Box): boolean {
  const points = [...path.matchAll(/(-?[\d.]+)[ ,](-?[\d.]+)/g)].map((found) => [
    Number(found[1]),
    Number(found[2]),
  ]) as Place[];
  return points.slice(1).every((point, index) => {
    const [before, after] = [points[index] as Place, point];
    return Array.from({ length: 21 }, (_, step) => step / 20).every((part) => {
      const at = [0, 1].map((axis) => {
        const [start, end] = [before[axis] as number, after[axis] as number];
        return start + (end - start) * part;
      }) as Place;
      return at[0] <= x || at[0] >= x + width || at[1] <= y || at[1] >= y + height;
    });
  });
}

describe('the ways of wires', () => {
  it('are plain where nothing stands between', () => {
    expect(lanesOf([wire('a', [176, 28], [248, 28])], [card(0, 0), card(248, 0)]).size).toBe(0);
  });

  it('go round a card that stands between', () => {
    const between = card(248, 0);
    const boxes = [card(0, 0), between, card(496, 0)];
    const [from, to]: [Place, Place] = [
      [176, 28],
      [496, 28],
    ];
    const lane = lanesOf([wire('a', from, to)], boxes).get('a');
    expect(lane).toBeDefined();
    expect(lane?.y).toSatisfy((y: number) => y < between.y || y > between.y + between.height);
    expect(wayOf(from, to, lane).middle[1]).toBe(lane?.y);
  });

  it('come out of their lane behind no card', () => {
    const above = card(536, 128);
    const boxes = [card(288, 40), above, { ...card(640, 200), height: 90 }];
    const [from, to]: [Place, Place] = [
      [464, 59],
      [640, 236],
    ];
    const way = wayOf(from, to, lanesOf([wire('a', from, to)], boxes).get('a'));
    expect(way.middle[1]).toBeGreaterThan(above.y + above.height);
  });

  it('go back to the left between the rows, behind no card', () => {
    const boxes = [0, 1, 2].flatMap((row) => [0, 248, 496].map((x) => card(x, row * 104)));
    const [from, to]: [Place, Place] = [
      [672, 28],
      [0, 132],
    ];
    const lane = lanesOf([wire('a', from, to)], boxes).get('a');
    const { path } = wayOf(from, to, lane);
    for (const box of boxes) expect(keepsOff(path, box)).toBe(true);
  });

  it('do not lie upon each other, unless they come from one port', () => {
    const boxes = [card(0, 0), card(248, 0), card(0, 160), card(248, 160)];
    const back = (id: string, y: number): Wire => wire(id, [424, y], [0, 160 + y]);
    const lanes = lanesOf([back('a', 20), back('b', 36)], boxes);
    const [a, b] = [lanes.get('a'), lanes.get('b')];
    expect(Math.abs((a?.y ?? 0) - (b?.y ?? 0))).toBeGreaterThanOrEqual(8);
    expect(a?.out).not.toBe(b?.out);
    expect(a?.word).not.toBe(b?.word);
    const shared = lanesOf([back('a', 20), { ...back('b', 20), source: 'a' }], boxes);
    expect(shared.get('a')?.y).toBe(shared.get('b')?.y);
  });

  it('have a way even where no lane was looked for', () => {
    expect(wayOf([672, 28], [0, 132], undefined).path).toMatch(/^M672,28L.*L0,132$/);
  });
});
