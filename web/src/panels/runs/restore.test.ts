import { describe, expect, it } from 'vitest';
import type { Document } from '../../model/document';
import { Refusal } from '../../model/refusal';
import { lostNodes, restoreSettings } from './restore';

const NOW: Document = {
  flowengine: 1,
  variables: { epochs: 9, rate: 0.1 },
  nodes: {
    conv: { type: 'layer.conv2d', settings: { filters: 8 }, comment: 'small' },
    block: {
      type: 'flow.component',
      nodes: { inner: { type: 'layer.dense', settings: { units: 5 } } },
    },
    added: { type: 'layer.flatten' },
  },
  layout: { conv: [40, 40] },
};

const THEN: Document = {
  flowengine: 1,
  variables: { epochs: 3 },
  nodes: {
    conv: { type: 'layer.conv2d' },
    block: {
      type: 'flow.component',
      nodes: { inner: { type: 'layer.dense', settings: { units: 10 } } },
    },
    added: { type: 'layer.dense', settings: { units: 1 } },
    gone: { type: 'layer.dense' },
  },
};

describe('restoreSettings', () => {
  const after = restoreSettings(THEN, '09:31').apply(NOW);

  it('gives nodes the settings they had, and nothing else', () => {
    expect(after.nodes?.conv).toEqual({ type: 'layer.conv2d', comment: 'small' });
    expect(after.layout).toEqual({ conv: [40, 40] });
  });

  it('reaches into components', () => {
    expect(after.nodes?.block.nodes?.inner.settings).toEqual({ units: 10 });
  });

  it('leaves a node alone that was another type then', () => {
    expect(after.nodes?.added).toEqual({ type: 'layer.flatten' });
  });

  it('restores variables and keeps those that came later', () => {
    expect(after.variables).toEqual({ epochs: 3, rate: 0.1 });
  });

  it('refuses where no node is left', () => {
    const empty: Document = { flowengine: 1, nodes: {} };
    expect(() => restoreSettings(THEN, '09:31').apply(empty)).toThrow(Refusal);
  });

  it('says which nodes are not there any more', () => {
    expect(lostNodes(NOW, THEN)).toEqual(['added', 'gone']);
  });
});
