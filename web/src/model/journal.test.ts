import { describe, expect, it } from 'vitest';
import { addNodes, removeParts } from './edit_graph';
import { setSettings } from './edit_settings';
import { commandsOf, isOf, type Journal, journalOf, parsedJournal } from './journal';
import { replayed } from './replay';
import { workflow } from './testing';

const edited = () =>
  addNodes(
    '',
    [{ name: 'more', entry: { type: 'layer.dense' }, place: [0, 0] }],
    [{ from: 'dense.out', to: 'more.network' }],
  ).apply(setSettings('dense', { units: 9 }).apply(workflow()));

/** What a browser has after it was closed and opened again. */
function kept(lost: string[] = []): Journal {
  const journal = journalOf(workflow(), edited(), 'v1', lost);
  const found = parsedJournal(JSON.stringify(journal));
  if (!found) throw new Error('nothing was kept');
  return found;
}

describe('a journal', () => {
  it('is not kept where all is saved', () =>
    expect(journalOf(workflow(), workflow(), 'v1', [])).toBeUndefined());

  it('brings back what was not saved', () => {
    const { result, lost } = replayed(workflow(), commandsOf(kept()));
    expect(result).toEqual(edited());
    expect(lost).toEqual([]);
  });

  it('changes nothing where it was saved after all', () => {
    const { result, lost } = replayed(edited(), commandsOf(kept()));
    expect(result).toEqual(edited());
    expect(lost).toEqual([]);
  });

  it('says with its value what somebody else has set meanwhile, and does the rest', () => {
    const theirs = setSettings('dense', { units: 5 }).apply(workflow());
    const { result, lost } = replayed(theirs, commandsOf(kept()));
    expect(result.nodes?.dense?.settings).toEqual({ units: 5 });
    expect(result.nodes?.more).toBeDefined();
    expect(lost).toHaveLength(1);
    expect(lost[0]).toContain('dense › settings › units');
    expect(lost[0]).toContain('yours: 9');
  });

  it('keeps sentences nobody has read', () =>
    expect(journalOf(workflow(), workflow(), 'v2', ['Lost.'])?.lost).toEqual(['Lost.']));

  it('is known to be another workflow’s of the same name', () => {
    expect(isOf(kept(), 'v2', removeParts('', ['input']).apply(workflow()))).toBe(true);
    expect(isOf(kept(), 'v2', { flowengine: 1, nodes: { other: { type: 'io.reader' } } })).toBe(
      false,
    );
  });

  it.each(['', 'null', '7', '{"etag": "v1"}', '{"etag":"a","nodes":[],"lost":[],"changes":[{}]}'])(
    'is not read from %j',
    (text) => expect(parsedJournal(text)).toBeUndefined(),
  );
});
