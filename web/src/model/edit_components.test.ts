import { describe, expect, it } from 'vitest';
import type { Place } from './document';
import { expandComponent, makeComponent } from './edit_components';
import { portsIn } from './graph';
import { placesOf } from './layout';
import { KNOWN, wire, workflow } from './testing';

const seen = () => ({
  ports: portsIn(workflow(), '', KNOWN),
  places: placesOf(workflow()) as ReadonlyMap<string, Place>,
});

const made = () => makeComponent('', ['dense', 'learner'], 'block', seen()).apply(workflow());

describe('making a component', () => {
  it('leads what crosses its border through ports', () => {
    const after = made();
    expect(Object.keys(after.nodes ?? {})).toEqual(['reader', 'split', 'input', 'block']);
    expect(after.connections).toEqual([
      wire('reader.out', 'split.table'),
      wire('split.first', 'block.data'),
      wire('input.out', 'block.network'),
    ]);
    const block = after.nodes?.block;
    expect(block?.nodes?.network).toEqual({
      type: 'flow.input',
      settings: { port_type: 'network' },
    });
    expect(block?.nodes?.data).toEqual({ type: 'flow.input' });
    expect(block?.connections).toContainEqual(wire('dense.out', 'learner.network'));
  });

  it('makes one output for each port that is used outside', () => {
    const after = makeComponent('', ['reader', 'split'], 'data', seen()).apply(workflow());
    expect(after.nodes?.data?.nodes?.first).toEqual({ type: 'flow.output' });
    expect(after.connections).toContainEqual(wire('data.first', 'learner.data'));
  });

  it('is refused where a node lies between', () => {
    expect(() =>
      makeComponent('', ['input', 'learner'], 'block', seen()).apply(workflow()),
    ).toThrow('“dense” lies between these nodes; select it as well.');
  });

  it('is undone by expanding it', () => {
    const after = made();
    const back = expandComponent('block', placesOf(after)).apply(after);
    expect(new Set(Object.keys(back.nodes ?? {}))).toEqual(
      new Set(Object.keys(workflow().nodes ?? {})),
    );
    const text = (list: typeof back.connections) => list?.map(({ from, to }) => `${from} ${to}`);
    expect(text(back.connections)?.sort()).toEqual(text(workflow().connections)?.sort());
  });

  it('puts the values of its variables where they were named', () => {
    const document = {
      flowengine: 1,
      nodes: {
        block: {
          type: 'flow.component',
          variables: { units: 4 },
          settings: { variables: { units: 8 } },
          nodes: { dense: { type: 'layer.dense', settings: { units: { $variable: 'units' } } } },
        },
      },
    };
    const after = expandComponent('block', new Map()).apply(document);
    expect(after.nodes?.dense?.settings).toEqual({ units: 8 });
  });
});
