import { describe, expect, it } from 'vitest';
import { chartData } from './chart_data';
import type { Group } from './curves';

const LOOK = {
  smoothing: 0,
  isLog: false,
  stepsPerUnit: 100,
  colours: ['#000001', '#000002'],
  pale: '#cccccc',
};

const LOSS: Group = {
  name: 'loss',
  lines: [
    {
      name: 'loss',
      isValidation: false,
      points: [
        [100, 2],
        [200, 0],
      ],
    },
    { name: 'loss', isValidation: true, points: [[200, 1.5]] },
  ],
};

describe('chartData', () => {
  it('draws training as a line and validation as dots, counted in epochs', () => {
    const { data, strokes, legend } = chartData(LOSS, [], LOOK);
    expect(data).toEqual([
      [1, 2],
      [2, 0],
      [null, 1.5],
    ]);
    expect(strokes.map((stroke) => stroke.dots ?? false)).toEqual([false, true]);
    expect(legend.map((entry) => [entry.label, entry.colour])).toEqual([
      ['training', '#000001'],
      ['validation', '#000002'],
    ]);
  });

  it('keeps what was measured visible behind the smoothed line', () => {
    const { data, legend } = chartData(LOSS, [], { ...LOOK, smoothing: 0.5 });
    expect(data).toHaveLength(4);
    expect(data[1]).toEqual([2, 0]);
    expect(legend[0]?.curve).toBe(1);
  });

  it('leaves out what a logarithmic axis cannot show', () => {
    const { data } = chartData(LOSS, [], { ...LOOK, isLog: true });
    expect(data[1]).toEqual([2, null]);
  });

  it('draws earlier runs behind, of the metrics it shows', () => {
    const before = { loss: [[100, 3]], accuracy: [[100, 0.5]] } as const;
    const { strokes, legend } = chartData(LOSS, [before], LOOK);
    expect(strokes.map((stroke) => stroke.colour)).toEqual(['#cccccc', '#000001', '#000002']);
    expect(legend.map((entry) => entry.curve)).toEqual([2, 3]);
  });
});
