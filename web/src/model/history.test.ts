import { describe, expect, it } from 'vitest';
import type { Document } from './document';
import { setSettings } from './edit_settings';
import { EMPTY, pushed, redoing, type Step, undoing } from './history';

const start: Document = { flowengine: 1, nodes: { dense: { type: 'layer.dense' } } };

function step(before: Document, units: number, time: number): Step {
  const command = setSettings('dense', { units });
  return { label: command.label, merge: command.merge, before, after: command.apply(before), time };
}

describe('history', () => {
  it('makes typing in one field one step', () => {
    const first = step(start, 1, 0);
    const second = step(first.after, 12, 300);
    const history = pushed(pushed(EMPTY, first), second);
    expect(history.past).toHaveLength(1);
    expect(history.past[0]?.before).toBe(start);
  });

  it('begins a new step after a pause', () => {
    const first = step(start, 1, 0);
    const second = step(first.after, 12, 5000);
    expect(pushed(pushed(EMPTY, first), second).past).toHaveLength(2);
  });

  it('brings back the very document of before', () => {
    const only = step(start, 1, 0);
    expect(undoing(only).apply(only.after)).toBe(start);
    expect(redoing(only).apply(start)).toBe(only.after);
  });

  it('undoes on a document that somebody else has changed', () => {
    const only = step(start, 1, 0);
    const theirs = JSON.parse(JSON.stringify({ ...only.after, name: 'Theirs' })) as Document;
    expect(undoing(only).apply(theirs)).toEqual({ ...start, name: 'Theirs' });
  });
});
