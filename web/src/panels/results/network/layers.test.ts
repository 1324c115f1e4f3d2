import { describe, expect, it } from 'vitest';
import type { NetworkView } from '../../../model/wire';
import { barWidth, layerLines, operationsText } from './layers';

const VIEW: NetworkView = {
  kind: 'network',
  inputs: { input: '4' },
  outputs: { dense: '3' },
  parameters: 15,
  trainable: 15,
  flops: 27,
  trained: false,
  layers: [
    {
      name: 'dense',
      type: 'layer.dense',
      title: 'Dense',
      shape: '3',
      parameters: 15,
      flops: 27,
      frozen: false,
    },
  ],
};

describe('layerLines', () => {
  it('begins with the inputs', () => {
    expect(layerLines(VIEW, null).map((line) => [line.name, line.isInput])).toEqual([
      ['input', true],
      ['dense', false],
    ]);
  });

  it('knows the node of a layer only where there is one', () => {
    const report = { nodes: { dense: {} }, components: {}, faults: [], total: null } as never;
    expect(layerLines(VIEW, report).map((line) => line.node)).toEqual([null, 'dense']);
  });
});

describe('numbers', () => {
  it('show small shares as a sliver', () => {
    expect([barWidth(0, 10), barWidth(1, 10000), barWidth(5, 10)]).toEqual([0, 1.5, 50]);
  });

  it('read as people write them', () => {
    expect([0, 27, 4911520, 1e9].map(operationsText)).toEqual(['–', '27', '4.91 M', '1.00 G']);
  });
});
