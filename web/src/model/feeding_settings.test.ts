import { describe, expect, it } from 'vitest';
import { feedRefusal, takesOverWire } from './feeding_settings';
import { INFOS, wire, workflow } from './testing';

const document = { ...workflow(), connections: [wire('split.first', 'learner.data')] };
const dense = INFOS.find(({ type }) => type === 'layer.dense');
const several = dense && {
  ...dense,
  settings: [
    { id: 'kernel', help: '', json_schema: { type: 'array' }, required: false, default: [3, 3] },
    {
      id: 'rate',
      help: '',
      json_schema: { anyOf: [{ type: 'number' }, { type: 'null' }] },
      required: false,
      default: null,
    },
  ],
};

describe('a wire that is dropped on a setting', () => {
  it('feeds what is one value, also one that may be none', () => {
    expect(takesOverWire(dense, 'units', 'variable')).toBe(true);
    expect(takesOverWire(several, 'rate', 'variable')).toBe(true);
    expect(takesOverWire(several, 'kernel', 'variable')).toBe(false);
    expect(takesOverWire(dense, 'units', 'table')).toBe(false);
    expect(takesOverWire(dense, 'nothing', 'variable')).toBe(false);
  });

  it('says why it cannot', () => {
    const from = { node: 'split', port: 'first' };
    const at = (node: string, setting: string) => ({ node, setting });
    const told = (type: string, to: { node: string; setting: string }, info = dense) =>
      feedRefusal(info, document, { from, type }, to);
    expect(told('variable', at('dense', 'units'))).toBe('');
    expect(told('table', at('dense', 'units'))).toBe(
      'A setting takes a variable, but “split.first” gives a table.',
    );
    expect(told('variable', at('dense', 'kernel'), several)).toContain('more than one value');
    expect(told('variable', at('split', 'units'))).toBe('“split” cannot feed itself.');
    const back = feedRefusal(
      dense,
      document,
      { from: { node: 'learner', port: 'loss' }, type: 'variable' },
      at('split', 'units'),
    );
    expect(back).toContain('“split” already feeds “learner”');
  });
});
