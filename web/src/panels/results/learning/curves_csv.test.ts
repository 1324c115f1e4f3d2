import { describe, expect, it } from 'vitest';
import { curvesCsv } from './curves_csv';

describe('curves as numbers', () => {
  it('have a line for each step, and nothing where nothing was measured', () => {
    const metrics = {
      loss: [
        [1, 0.5],
        [2, 0.25],
      ] as [number, number][],
      'val,loss': [[2, 0.3]] as [number, number][],
    };
    expect(curvesCsv(metrics, 2)).toBe('step,epoch,loss,"val,loss"\n1,0.5,0.5,\n2,1,0.25,0.3\n');
    expect(curvesCsv(metrics, null)).toBe('step,loss,"val,loss"\n1,0.5,\n2,0.25,0.3\n');
  });
});
