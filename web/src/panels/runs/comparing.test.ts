import { describe, expect, it } from 'vitest';
import type { RunCard } from '../../model/wire';
import {
  firstChosen,
  metricColumns,
  settingColumns,
  settingText,
  sorted,
  whenText,
} from './comparing';

function card(id: string, more: Partial<RunCard> = {}): RunCard {
  return {
    id,
    status: 'done',
    started: 0,
    seconds: 1,
    differences: {},
    metrics: {},
    learned: {},
    ...more,
  };
}

const RUNS = [
  card('a', { differences: { 'learner.epochs': 3 }, metrics: { learner: { accuracy: 0.9 } } }),
  card('b', { differences: { 'conv.filters': 8 }, metrics: { learner: { accuracy: 0.97 } } }),
  card('c', { differences: { extra: 'layer.dense' } }),
];

describe('columns', () => {
  it('are the settings that differ, with their node', () => {
    expect(settingColumns(RUNS).map(({ node, name }) => [node, name])).toEqual([
      ['learner', 'epochs'],
      ['conv', 'filters'],
      ['', 'extra'],
    ]);
  });

  it('are the metrics, each once', () => {
    expect(metricColumns(RUNS).map((column) => column.key)).toEqual(['learner accuracy']);
  });
});

describe('sorted', () => {
  it('puts the best first and runs without the metric last', () => {
    const order = sorted(RUNS, { key: 'learner accuracy', descending: true });
    expect(order.map((run) => run.id)).toEqual(['b', 'a', 'c']);
  });

  it('sorts settings as numbers where they are some', () => {
    const runs = [10, 9].map((epochs) =>
      card(String(epochs), { differences: { 'a.epochs': epochs } }),
    );
    const order = sorted(runs, { key: 'a.epochs', descending: false });
    expect(order.map((run) => run.id)).toEqual(['9', '10']);
  });
});

describe('words', () => {
  it('say when a run began', () => {
    const now = new Date(2026, 10, 23, 12, 0);
    const at = (...parts: [number, number, number, number, number]) =>
      whenText(new Date(...parts).getTime() / 1000, now);
    expect(at(2026, 10, 23, 9, 31)).toBe('09:31');
    expect(at(2026, 10, 22, 23, 5)).toBe('yesterday 23:05');
    expect(at(2026, 10, 2, 8, 0)).toBe('2 Nov 08:00');
    expect(at(2025, 10, 2, 8, 0)).toBe('2 Nov 2025 08:00');
  });

  it('show settings plainly', () => {
    expect([null, 'adam', [3, 3], true].map(settingText)).toEqual([
      'default',
      'adam',
      '3, 3',
      'true',
    ]);
  });
});

it('firstChosen compares the newest runs that learned', () => {
  expect(firstChosen([card('x'), ...RUNS])).toEqual(['a', 'b']);
});
