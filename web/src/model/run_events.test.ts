import { describe, expect, it } from 'vitest';
import { afterEvents } from './run_events';
import type { RunEvent, RunState } from './wire';

const run = (): RunState => ({
  id: 'r1',
  workflow: 'w.json',
  status: 'running',
  started: 0,
  seconds: null,
  nodes: {},
  metrics: { learner: { loss: [[0, 2]] } },
  previews: {},
  log: [],
  left_out: null,
});

const event = (kind: RunEvent['kind'], data: Record<string, unknown>): RunEvent => ({
  kind,
  node: 'learner',
  data,
  time: 5,
});

describe('events of a run', () => {
  it('change the state of a node', () => {
    const after = afterEvents(run(), [event('state', { state: 'running' })]);
    expect(after.nodes.learner).toMatchObject({ state: 'running', started: 5 });
  });

  it('tell how far it is', () => {
    const after = afterEvents(run(), [
      event('state', { state: 'running' }),
      event('progress', { fraction: 0.5, message: 'epoch 1/2' }),
    ]);
    expect(after.nodes.learner).toMatchObject({ fraction: 0.5, message: 'epoch 1/2' });
  });

  it('append points of metrics', () => {
    const after = afterEvents(run(), [
      event('metric', { name: 'loss', step: 1, value: 1.5 }),
      event('metric', { name: 'loss', step: 2, value: 1 }),
      event('metric', { name: 'accuracy', step: 2, value: 0.5 }),
    ]);
    expect(after.metrics.learner).toEqual({
      loss: [
        [0, 2],
        [1, 1.5],
        [2, 1],
      ],
      accuracy: [[2, 0.5]],
    });
  });

  it('leave what they do not touch the same object', () => {
    const before = run();
    expect(afterEvents(before, [event('log', { message: 'hi' })]).metrics).toBe(before.metrics);
  });

  it('end the run', () => {
    expect(afterEvents(run(), [event('run', { status: 'done' })]).status).toBe('done');
  });
});
