import { describe, expect, it } from 'vitest';
import { durationText, noted, pace, type Sample } from './pace';

function steady(count: number): Sample[] {
  let samples: Sample[] = [];
  for (let time = 0; time < count; time++) {
    samples = noted(samples, { time, step: time * 10, fraction: time / 100 });
  }
  return samples;
}

describe('pace', () => {
  it('says steps a second and seconds left', () => {
    const { stepsPerSecond, secondsLeft } = pace(steady(11), 10);
    expect(stepsPerSecond).toBeCloseTo(10);
    expect(secondsLeft).toBeCloseTo(90);
  });

  it('says nothing after a single moment', () => {
    expect(pace(steady(1), 5)).toEqual({ stepsPerSecond: null, secondsLeft: null });
  });

  it('falls when no news come', () => {
    const before = pace(steady(11), 10).secondsLeft as number;
    expect(pace(steady(11), 40).secondsLeft).toBeGreaterThan(before);
  });

  it('measures the last seconds only', () => {
    const samples = steady(90);
    expect(samples[0]?.time).toBeGreaterThan(60);
  });

  it('does not count what a resumed training had done before', () => {
    let samples = noted([], { time: 0, step: 900, fraction: 0.9 });
    samples = noted(samples, { time: 1, step: 910, fraction: 0.91 });
    expect(pace(samples, 1).secondsLeft).toBeCloseTo(9);
  });

  it('begins anew with another run', () => {
    const samples = noted(steady(5), { time: 9, step: 1, fraction: 0.01 });
    expect(samples).toHaveLength(1);
  });
});

it('durationText reads as people write times', () => {
  expect([0.25, 4.2, 59.6, 65, 120, 4800, 7200].map(durationText)).toEqual([
    '250 ms',
    '4.2 s',
    '1 min',
    '1 min 5 s',
    '2 min',
    '1 h 20 min',
    '2 h',
  ]);
});
