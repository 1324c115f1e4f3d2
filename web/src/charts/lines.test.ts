import type uPlot from 'uplot';
import { describe, expect, it } from 'vitest';
import { wholeRange, wholeSteps } from './lines';

const plot = (...steps: number[]) => ({ data: [steps] }) as unknown as uPlot;

describe('an axis of epochs', () => {
  it('begins at 0 and ends at a whole one', () => {
    expect(wholeRange(plot(0.02, 1.4), 0.02, 1.4)).toEqual([0, 2]);
    expect(wholeRange(plot(0.02, 2), 0.02, 2)).toEqual([0, 2]);
  });

  it('has room for the first epoch before there is one', () => {
    expect(wholeRange(plot(0.02, 0.1), 0.02, 0.1)).toEqual([0, 1]);
  });

  it('keeps the part that somebody zoomed into', () => {
    expect(wholeRange(plot(0.02, 5), 1.5, 2.5)).toEqual([1.5, 2.5]);
  });

  it('has ticks at whole epochs, and at parts where less than one is seen', () => {
    expect(Math.min(...wholeSteps(plot(), 0, 0, 2))).toBe(1);
    expect(Math.min(...wholeSteps(plot(), 0, 1.2, 1.6))).toBeLessThan(1);
  });
});
