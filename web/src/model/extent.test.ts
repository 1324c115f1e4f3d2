import { expect, test } from 'vitest';
import { extentOf, isWithin } from './extent';

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
