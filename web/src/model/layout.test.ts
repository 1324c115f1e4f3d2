import { describe, expect, it } from 'vitest';
import type { Body } from './document';
import { freePlace, HEIGHT, overlaps, WIDTH } from './geometry';
import { layered, placesOf } from './layout';
import { wire, workflow } from './testing';
import { nearest } from './walking';

function boxes(places: ReturnType<typeof layered>) {
  return [...places.values()].map(([x, y]) => ({ x, y, width: WIDTH, height: HEIGHT }));
}

/** A made-up body of many nodes, the same each time. */
function large(count: number): Body {
  let seed = 7;
  const random = (most: number): number => {
    seed = (seed * 16807) % 2147483647;
    return seed % most;
  };
  const names = Array.from({ length: count }, (_, index) => `n${index}`);
  return {
    nodes: Object.fromEntries(names.map((name) => [name, { type: 'table.split' }])),
    connections: names
      .slice(1)
      .map((name, index) => wire(`n${Math.max(0, index - random(6))}.first`, `${name}.table`)),
  };
}

/** A chain of so many nodes. */
function chain(count: number): Body {
  const names = Array.from({ length: count }, (_, index) => `n${index}`);
  return {
    nodes: Object.fromEntries(names.map((name) => [name, { type: 'layer.dense' }])),
    connections: names.slice(1).map((name, index) => wire(`n${index}.out`, `${name}.network`)),
  };
}

/** At which zoom all of it is seen on a screen of 1440 × 900. */
function zoomOf(places: ReturnType<typeof layered>): number {
  const all = boxes(places);
  const width = Math.max(...all.map((box) => box.x + box.width)) - 40;
  const height = Math.max(...all.map((box) => box.y + box.height)) - 40;
  return Math.min(814 / width, 492 / height);
}

describe('layout', () => {
  it('leaves a short chain in one row', () => {
    const rows = new Set([...layered(chain(6)).values()].map(([, y]) => y));
    expect(rows.size).toBe(1);
  });

  it.each([10, 16, 26, 34])('breaks a chain of %i into rows that can be read', (count) => {
    const places = layered(chain(count));
    expect(zoomOf(places)).toBeGreaterThan(0.55);
    for (let index = 1; index < count; index++) {
      const [before, after] = [places.get(`n${index - 1}`), places.get(`n${index}`)];
      const isRight = (after?.[0] ?? 0) > (before?.[0] ?? 0) && after?.[1] === before?.[1];
      expect(isRight || (after?.[1] ?? 0) > (before?.[1] ?? 0)).toBe(true);
    }
  });

  it('keeps what only begins a row with that row', () => {
    const body = chain(13);
    body.nodes = { ...body.nodes, late: { type: 'layer.input' } };
    const places = layered(body);
    const rows = [...new Set([...places.values()].map(([, y]) => y))];
    const second = Object.keys(body.nodes).find((name) => places.get(name)?.[1] === rows[1]) ?? '';
    body.connections = [...(body.connections ?? []), wire('late.out', `${second}.more`)];
    const again = layered(body);
    expect(again.get('late')?.[1]).toBe(again.get(second)?.[1]);
  });

  it('has every wire go to the right', () => {
    const places = layered(workflow());
    for (const { from, to } of workflow().connections ?? []) {
      const [source, target] = [from, to].map((end) => places.get(end.split('.')[0] ?? ''));
      expect(source?.[0]).toBeLessThan(target?.[0] ?? 0);
    }
  });

  it('lets no two nodes overlap', () => {
    const all = boxes(layered(large(200)));
    for (const [index, box] of all.entries())
      for (const other of all.slice(index + 1)) expect(overlaps(box, other)).toBe(false);
  });

  it('is the same each time', () => {
    expect([...layered(large(50))]).toEqual([...layered(large(50))]);
  });

  it('keeps the places that are written', () => {
    const body = { ...workflow(), layout: { dense: [7, 9] as [number, number] } };
    const places = placesOf(body);
    expect(places.get('dense')).toEqual([7, 9]);
    expect(places.size).toBe(5);
  });

  it('shows nodes that stand in a circle', () => {
    const body = {
      nodes: { a: { type: 'table.split' }, b: { type: 'table.split' } },
      connections: [wire('a.first', 'b.table'), wire('b.first', 'a.table')],
    };
    expect(layered(body).size).toBe(2);
  });
});

describe('places', () => {
  it('for a new node are free', () => {
    const taken = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
    const [x, y] = freePlace([4, 4], [taken]);
    expect(overlaps({ x, y, width: WIDTH, height: HEIGHT }, taken)).toBe(false);
  });

  it('are walked to the nearest in a direction', () => {
    const places = new Map<string, [number, number]>([
      ['a', [0, 0]],
      ['b', [264, 10]],
      ['c', [200, 300]],
    ]);
    expect(nearest(places, 'a', [1, 0])).toBe('b');
    expect(nearest(places, 'a', [0, 1])).toBe('c');
    expect(nearest(places, 'a', [-1, 0])).toBeUndefined();
    expect(nearest(places, undefined, [1, 0])).toBe('a');
  });
});
