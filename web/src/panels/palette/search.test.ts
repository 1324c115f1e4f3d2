import { describe, expect, it } from 'vitest';
import type { NodeInfo } from '../../model/wire';
import { search } from './search';

const node = (type: string, title: string, keywords: string[] = [], was: string[] = []) =>
  ({ type, title, keywords, was, summary: `Do what ${title} does.` }) as unknown as NodeInfo;

const NODES = [
  node('flow.input', 'Input'),
  node('layer.input', 'Input'),
  node('layer.conv1d', 'Conv1D'),
  node('layer.conv2d', 'Conv2D', ['convolution']),
  node('layer.max_pooling2d', 'Max Pooling 2D', ['keras max pooling']),
  node('io.file_reader', 'File Reader', ['csv', 'import']),
  node('table.partitioning', 'Partitioning', ['split', 'train'], ['table.partitioner']),
  node('network.learner', 'Network Learner', ['train', 'fit', 'keras network learner']),
];

const found = (text: string) => search(NODES, text).map((info) => info.type);

describe('search', () => {
  it('shows all in order for an empty text', () => expect(found(' ')).toHaveLength(8));
  it('puts the title first', () => expect(found('conv2')[0]).toBe('layer.conv2d'));
  it('knows names as Keras writes them', () =>
    expect(found('MaxPooling2D')[0]).toBe('layer.max_pooling2d'));
  it('puts the layer before the input of a component', () =>
    expect(found('inp')).toEqual(['layer.input', 'flow.input']));
  it('knows keywords', () => expect(found('csv')).toEqual(['io.file_reader']));
  it('knows former names', () => expect(found('partitioner')[0]).toBe('table.partitioning'));
  it('wants every word', () => expect(found('keras learner')).toEqual(['network.learner']));
  it('forgives a slip', () => expect(found('partitoning')[0]).toBe('table.partitioning'));
  it('forgives neighbours changed round', () =>
    expect(found('laerner')[0]).toBe('network.learner'));
  it('finds nothing for what nobody says', () => expect(found('xylophone')).toEqual([]));
});
