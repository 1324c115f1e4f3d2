import { describe, expect, it } from 'vitest';
import { portsIn } from './graph';
import { KNOWN, wire, workflow } from './testing';
import { bestPair, fedBy, feeding, linksAlong, refusal } from './wiring';

const ports = portsIn(workflow(), '', KNOWN);

describe('ports', () => {
  it('are those of the node type', () => {
    expect(ports.get('split')?.outputs.map(({ id }) => id)).toEqual(['first', 'second']);
  });

  it('of a component are its inputs and outputs, with the types of what feeds them', () => {
    const body = {
      nodes: {
        block: {
          type: 'flow.component',
          nodes: {
            x: { type: 'flow.input', settings: { port_type: 'network', optional: true } },
            dense: { type: 'layer.dense' },
            y: { type: 'flow.output' },
          },
          connections: [wire('x.out', 'dense.network'), wire('dense.out', 'y.value')],
        },
      },
    };
    const block = portsIn(body, '', KNOWN).get('block');
    expect(block?.inputs).toMatchObject([{ id: 'x', type: 'network', optional: true }]);
    expect(block?.outputs).toMatchObject([{ id: 'y', type: 'network' }]);
  });

  it('has one for a setting that is fed', () => {
    const body = workflow();
    const counted = {
      ...body,
      nodes: { ...body.nodes, count: { type: 'value.count' } },
      connections: [wire('count.out', 'dense.units')],
    };
    expect(portsIn(counted, '', KNOWN).get('dense')?.inputs.at(-1)).toMatchObject({
      id: 'units',
      type: 'variable',
      isSetting: true,
    });
  });

  it('of an unknown node are those that are connected', () => {
    const body = {
      nodes: { a: { type: 'gone.node' }, b: { type: 'gone.node' } },
      connections: [wire('a.out', 'b.in')],
    };
    const found = portsIn(body, '', KNOWN);
    expect(found.get('a')?.outputs).toMatchObject([{ id: 'out', type: '' }]);
    expect(found.get('b')?.inputs).toMatchObject([{ id: 'in', type: '' }]);
  });
});

describe('connections', () => {
  const end = (text: string) => {
    const [node = '', port = ''] = text.split('.');
    return { node, port };
  };
  const reason = (from: string, to: string): string =>
    refusal(ports, end(from), end(to), fedBy(workflow(), end(to).node));

  it('may be made between ports of one type', () => {
    expect(reason('split.second', 'learner.more')).toBe('');
  });

  it('of other types are refused with both types', () => {
    expect(reason('reader.out', 'dense.network')).toBe(
      '“reader.out” gives a table, but “dense.network” takes a network.',
    );
  });

  it('that go round in a circle are refused with its nodes', () => {
    expect(reason('learner.history', 'split.table')).toBe(
      'That would go round in a circle: “split” already feeds “learner”.',
    );
  });

  it('to oneself are refused', () => {
    expect(reason('dense.out', 'dense.network')).toBe('“dense” cannot feed itself.');
  });

  it('are followed both ways', () => {
    expect([...fedBy(workflow(), 'reader')]).toEqual(['reader', 'split', 'learner']);
    expect([...feeding(workflow(), 'dense')]).toEqual(['dense', 'input']);
  });

  it('prefer free inputs that are needed', () => {
    const body = { ...workflow(), connections: [] };
    expect(bestPair(body, ports, 'split', 'learner')).toMatchObject({
      from: { port: 'first' },
      to: { port: 'data' },
    });
    expect(bestPair(workflow(), ports, 'split', 'learner')).toMatchObject({
      from: { port: 'second' },
      to: { port: 'more' },
    });
  });

  it('go to the left where only that fits, but in no circle', () => {
    const more = [wire('split.second', 'learner.more')];
    expect(linksAlong(workflow(), ports, ['split', 'learner'])).toEqual(more);
    expect(linksAlong(workflow(), ports, ['learner', 'split'])).toEqual(more);
    const open = { ...workflow(), connections: [wire('split.first', 'learner.data')] };
    expect(linksAlong(open, ports, ['learner', 'split'])).toEqual(more);
  });

  it('of several nodes in a row look at those before', () => {
    const body = {
      nodes: {
        reader: { type: 'io.reader' },
        split: { type: 'table.split' },
        other: { type: 'io.reader' },
        count: { type: 'value.count' },
      },
    };
    const known = portsIn(body, '', KNOWN);
    const one = [wire('reader.out', 'split.table')];
    expect(linksAlong(body, known, ['reader', 'split', 'other'])).toEqual(one);
    // which setting takes a variable is asked for
    expect(linksAlong({ ...body, connections: one }, known, ['count', 'split'])).toEqual([]);
  });

  it('are none where nothing fits', () => {
    expect(bestPair(workflow(), ports, 'reader', 'dense')).toBeUndefined();
  });
});
