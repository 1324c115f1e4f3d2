import { describe, expect, it, test } from 'vitest';
import { emptiestCorner, extentOf, isWithin } from './extent';

const seen = { left: 0, top: 0, right: 100, bottom: 100 };

test('boxes take up what reaches farthest to each side', () => {
  const boxes = [
    { x: 10, y: 20, width: 30, height: 5 },
    { x: -5, y: 40, width: 10, height: 70 },
  ];
  expect(extentOf(boxes)).toEqual({ left: -5, top: 20, right: 40, bottom: 110 });
});

test('what juts out at any side is not within', () => {
  const box = { x: 20, y: 20, width: 60, height: 60 };
  expect(isWithin(extentOf([box]), seen)).toBe(true);
  for (const [x, y] of [
    [-1, 20],
    [20, -1],
    [41, 20],
    [20, 41],
  ] as const)
    expect(isWithin(extentOf([{ ...box, x, y }]), seen)).toBe(false);
});

test('nothing is always within', () => {
  expect(isWithin(extentOf([]), seen)).toBe(true);
});

describe('the emptiest corner', () => {
  const seen = { left: 0, top: 0, right: 1000, bottom: 600 };
  const size = { width: 200, height: 120 };
  const box = (x: number, y: number) => ({ x, y, width: 176, height: 56 });

  it('is the usual one, unless a card is there', () => {
    expect(emptiestCorner([], seen, size)).toEqual({ corner: 'bottom-right', covered: 0 });
    expect(emptiestCorner([box(100, 100)], seen, size).corner).toBe('bottom-right');
    expect(emptiestCorner([box(700, 500)], seen, size)).toEqual({
      corner: 'top-right',
      covered: 0,
    });
  });

  it('is where least is covered, if there are cards everywhere', () => {
    const everywhere = [box(780, 500), box(790, 20)];
    expect(emptiestCorner(everywhere, seen, size).corner).toBe('bottom-right');
    const more = emptiestCorner([...everywhere, box(810, 540)], seen, size);
    expect(more.corner).toBe('top-right');
    expect(more.covered).toBeGreaterThan(0);
  });
});
