import { describe, expect, it } from 'vitest';
import { replaceNode } from './edit_replace';
import { portsIn } from './graph';
import { INFOS, KNOWN, workflow } from './testing';

const portsOf = (type: string) => {
  const info = INFOS.find((item) => item.type === type);
  return { inputs: info?.inputs ?? [], outputs: info?.outputs ?? [] };
};

function replaced(before: string, name: string, type: string) {
  const start = { ...workflow(), layout: { [before]: [8, 16] as [number, number] } };
  const entry = start.nodes?.[before];
  if (entry) entry.comment = 'why';
  return replaceNode(
    '',
    { before, name, entry: { type }, ports: portsOf(type) },
    portsIn(start, '', KNOWN),
  ).apply(start);
}

describe('replacing a node', () => {
  it('keeps place, comment and connections', () => {
    const after = replaced('dense', 'dense_2', 'layer.dense');
    expect(after.nodes?.dense).toBeUndefined();
    expect(after.nodes?.dense_2).toEqual({ type: 'layer.dense', comment: 'why' });
    expect(after.layout).toEqual({ dense_2: [8, 16] });
    expect(after.connections).toContainEqual({ from: 'input.out', to: 'dense_2.network' });
    expect(after.connections).toContainEqual({ from: 'dense_2.out', to: 'learner.network' });
  });

  it('takes ports of the same type where names differ', () => {
    const after = replaced('split', 'concat', 'table.concat');
    expect(after.connections).toContainEqual({ from: 'reader.out', to: 'concat.tables' });
    expect(after.connections).toContainEqual({ from: 'concat.out', to: 'learner.data' });
  });

  it('lets go what does not fit', () => {
    const after = replaced('dense', 'split_2', 'table.split');
    const ends = (after.connections ?? []).flatMap(({ from, to }) => [from, to]);
    expect(ends.filter((end) => end.startsWith('split_2.'))).toEqual([]);
    expect(ends).not.toContain('dense.out');
  });

  it('refuses where the node is gone', () => {
    expect(() => replaced('nothing', 'dense_2', 'layer.dense')).toThrow('no node “nothing”');
  });
});
