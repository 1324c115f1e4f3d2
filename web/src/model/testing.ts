/** What the model's tests have in common: a few node types and a small workflow. */

import type { Connection, Document } from './document';
import type { Known } from './graph';
import type { NodeInfo, PortInfo } from './wire';

const port = (id: string, type: string, more: Partial<PortInfo> = {}): PortInfo => ({
  id,
  type,
  optional: false,
  many: false,
  help: '',
  ...more,
});

function info(type: string, inputs: PortInfo[], outputs: PortInfo[]): NodeInfo {
  const name = type.split('.')[1] ?? type;
  return {
    type,
    title: name.charAt(0).toUpperCase() + name.slice(1),
    group: '',
    summary: '',
    description: '',
    keywords: [],
    version: 1,
    was: [],
    was_ports: {},
    random: false,
    exclusive: false,
    inputs,
    outputs,
    settings: [
      { id: 'units', help: '', json_schema: { type: 'integer' }, required: false, default: 1 },
    ],
    definitions: {},
  };
}

export const INFOS: NodeInfo[] = [
  info('io.reader', [], [port('out', 'table')]),
  info('table.split', [port('table', 'table')], [port('first', 'table'), port('second', 'table')]),
  info('table.concat', [port('tables', 'table', { many: true })], [port('out', 'table')]),
  info('layer.input', [], [port('out', 'network')]),
  info('layer.dense', [port('network', 'network')], [port('out', 'network')]),
  info(
    'network.learner',
    [port('network', 'network'), port('data', 'table'), port('more', 'table', { optional: true })],
    [port('network', 'network'), port('history', 'table')],
  ),
  info('value.count', [port('table', 'table')], [port('out', 'variable')]),
];

export const KNOWN: Known = {
  infos: new Map(INFOS.map((item) => [item.type, item])),
  report: null,
};

export const wire = (from: string, to: string): Connection => ({ from, to });

/** reader → split → learner ← dense ← input */
export const workflow = (): Document => ({
  flowengine: 1,
  nodes: {
    reader: { type: 'io.reader' },
    split: { type: 'table.split' },
    input: { type: 'layer.input' },
    dense: { type: 'layer.dense', settings: { units: 3 } },
    learner: { type: 'network.learner' },
  },
  connections: [
    wire('reader.out', 'split.table'),
    wire('split.first', 'learner.data'),
    wire('input.out', 'dense.network'),
    wire('dense.out', 'learner.network'),
  ],
});
