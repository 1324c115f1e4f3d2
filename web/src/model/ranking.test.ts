import { describe, expect, it } from 'vitest';
import { fitting } from './ranking';
import { INFOS, workflow } from './testing';

const port = (type: string) => ({ id: 'out', type, optional: false, many: false, help: '' });

describe('what fits a port', () => {
  it('has only types that take what it gives', () => {
    const found = fitting(
      INFOS,
      { port: port('variable'), direction: 'out', type: 'value.count' },
      [],
    );
    expect(found).toEqual([]);
  });

  it('names the port, one that is needed before one that is not', () => {
    const found = fitting(INFOS, { port: port('table'), direction: 'out', type: 'io.reader' }, []);
    expect(found.find(({ info }) => info.type === 'network.learner')?.port).toBe('data');
  });

  it('has first what follows in other workflows', () => {
    const from = { port: port('table'), direction: 'out' as const, type: 'io.reader' };
    expect(fitting(INFOS, from, [workflow()])[0]?.info.type).toBe('table.split');
  });

  it('looks for outputs where an input is wanted', () => {
    const from = { port: port('network'), direction: 'in' as const, type: 'network.learner' };
    const found = fitting(INFOS, from, [workflow()]);
    expect(found.map(({ info }) => info.type)).toContain('layer.dense');
    expect(found.map(({ info }) => info.type)).not.toContain('io.reader');
  });
});
