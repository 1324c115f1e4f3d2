import { describe, expect, it } from 'vitest';
import { removeParts } from './edit_graph';
import { setSettings } from './edit_settings';
import { replayed } from './replay';
import { workflow } from './testing';

describe('replaying on what somebody else has saved', () => {
  it('does what can be done', () => {
    const theirs = { ...workflow(), name: 'Theirs' };
    const { result, done, lost } = replayed(theirs, [setSettings('dense', { units: 9 })]);
    expect(result.name).toBe('Theirs');
    expect(result.nodes?.dense?.settings).toEqual({ units: 9 });
    expect([done.length, lost]).toEqual([1, []]);
  });

  it('says what could not be done, and goes on', () => {
    const theirs = removeParts('', ['dense']).apply(workflow());
    const commands = [setSettings('dense', { units: 9 }), setSettings('split', { fraction: 0.5 })];
    const { result, done, lost } = replayed(theirs, commands);
    expect(lost).toEqual(['Set units of dense: There is no node “dense” any more.']);
    expect(done).toHaveLength(1);
    expect(result.nodes?.split?.settings).toEqual({ fraction: 0.5 });
  });
});
