import { describe, expect, it } from 'vitest';
import { type Point, smooth, thin } from './smoothing';

describe('smooth', () => {
  it('leaves a curve alone when nothing is to be smoothed', () => {
    const points: Point[] = [
      [1, 5],
      [2, 1],
    ];
    expect(smooth(points, 0)).toEqual(points);
  });

  it('begins at the first value, not at zero', () => {
    expect(smooth([[1, 4]], 0.9)).toEqual([[1, 4]]);
  });

  it('keeps a constant constant', () => {
    const flat = smooth(
      [1, 2, 3, 4].map((step) => [step, 7] as Point),
      0.8,
    );
    for (const [, value] of flat) expect(value).toBeCloseTo(7, 12);
  });

  it('lies between the values it smooths', () => {
    const [, last] = smooth(
      [
        [1, 0],
        [2, 10],
      ],
      0.5,
    );
    expect(last?.[1]).toBeCloseTo(20 / 3);
  });
});

describe('thin', () => {
  const points: Point[] = Array.from({ length: 10_000 }, (_, step) => [step, step === 777 ? 9 : 1]);

  it('keeps few points', () => {
    expect(thin(points, 500).length).toBeLessThanOrEqual(502);
  });

  it('keeps peaks and both ends', () => {
    const kept = thin(points, 100);
    expect(kept.some(([step]) => step === 777)).toBe(true);
    expect([kept[0]?.[0], kept.at(-1)?.[0]]).toEqual([0, 9999]);
  });

  it('keeps the steps in order', () => {
    const steps = thin(points, 100).map(([step]) => step);
    expect([...steps].sort((a, b) => a - b)).toEqual(steps);
  });
});
