import { describe, expect, it } from 'vitest';
import { type Compared, measures, overlay } from './overlay';

function run(id: string, metrics: Compared['metrics']): Compared {
  return { id, label: id, colour: `#${id}`, metrics };
}

const RUNS = [
  run('a', { learner: { loss: [[1, 2]], val_loss: [[1, 3]] } }),
  run('b', { learner: { loss: [[2, 1]], accuracy: [[2, 0.5]] } }),
];

describe('measures', () => {
  it('are what any of the runs was measured by', () => {
    expect(measures(RUNS).map((measure) => measure.label)).toEqual(['loss', 'accuracy']);
  });

  it('name their node where there are several', () => {
    const other = run('c', { gan: { generator_loss: [[1, 1]] } });
    expect(measures([...RUNS, other]).map((measure) => measure.label)).toContain(
      'gan: generator loss',
    );
  });
});

describe('overlay', () => {
  it('draws each run in its colour on a common axis', () => {
    const { data, strokes } = overlay(RUNS, measures(RUNS)[0], { smoothing: 0, isLog: false });
    expect(data).toEqual([
      [1, 2],
      [2, null],
      [3, null],
      [null, 1],
    ]);
    expect(strokes.map((stroke) => [stroke.colour, stroke.dots ?? false])).toEqual([
      ['#a', false],
      ['#a', true],
      ['#b', false],
    ]);
  });
});
