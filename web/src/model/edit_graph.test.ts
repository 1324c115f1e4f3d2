import { describe, expect, it } from 'vitest';
import { addLinks, addNodes, disconnect, moveParts, removeParts } from './edit_graph';
import { freshName, nameFault, renameNode, setComment } from './edit_nodes';
import { Refusal } from './refusal';
import { wire, workflow } from './testing';

describe('edits of nodes', () => {
  it('add a node with its place and connections', () => {
    const after = addNodes(
      '',
      [{ name: 'concat', entry: { type: 'table.concat' }, place: [10.4, 20.6] }],
      [wire('split.second', 'concat.tables')],
    ).apply(workflow());
    expect(after.nodes?.concat).toEqual({ type: 'table.concat' });
    expect(after.layout).toEqual({ concat: [10, 21] });
    expect(after.connections).toContainEqual(wire('split.second', 'concat.tables'));
  });

  it('refuse a name that is taken meanwhile', () => {
    const add = addNodes('', [{ name: 'dense', entry: { type: 'layer.dense' }, place: [0, 0] }]);
    expect(() => add.apply(workflow())).toThrow('There is a node “dense” already.');
  });

  it('delete a node with all its connections', () => {
    const after = removeParts('', ['split']).apply(workflow());
    expect(after.nodes?.split).toBeUndefined();
    expect(after.connections).toEqual([
      wire('input.out', 'dense.network'),
      wire('dense.out', 'learner.network'),
    ]);
  });

  it('replace the connection of an input that takes one', () => {
    const after = addLinks('', [wire('reader.out', 'learner.data')]).apply(workflow());
    expect(after.connections?.filter(({ to }) => to === 'learner.data')).toEqual([
      wire('reader.out', 'learner.data'),
    ]);
  });

  it('keep the others of an input that takes several', () => {
    const first = addLinks('', [wire('reader.out', 'concat.tables')], [], ['concat.tables']);
    const second = addLinks('', [wire('split.first', 'concat.tables')], [], ['concat.tables']);
    const after = second.apply(first.apply(workflow()));
    expect(after.connections?.filter(({ to }) => to === 'concat.tables')).toHaveLength(2);
  });

  it('disconnect by key', () => {
    const after = disconnect('', ['reader.out→split.table']).apply(workflow());
    expect(after.connections).toHaveLength(3);
  });

  it('move nodes that are still there, and only those', () => {
    const after = moveParts('', { dense: [1, 2], gone: [3, 4] }).apply(workflow());
    expect(after.layout).toEqual({ dense: [1, 2] });
  });

  it('reach into components', () => {
    const document = {
      flowengine: 1,
      nodes: { block: { type: 'flow.component', nodes: { dense: { type: 'layer.dense' } } } },
    };
    const after = removeParts('block', ['dense']).apply(document);
    expect(after.nodes?.block?.nodes).toEqual({});
  });

  it('refuse a component that is gone', () => {
    expect(() => removeParts('block', ['dense']).apply(workflow())).toThrow(Refusal);
  });
});

describe('names', () => {
  it('follow the type, with a number where it is taken', () => {
    expect(freshName('layer.dense', () => false)).toBe('dense');
    expect(freshName('layer.dense', (name) => ['dense', 'dense_2'].includes(name))).toBe('dense_3');
    expect(freshName('dense_2', (name) => name === 'dense_2')).toBe('dense_3');
  });

  it('are refused with what is expected', () => {
    expect(nameFault(workflow(), 'Dense 1')).toContain('expected small letters');
    expect(nameFault(workflow(), 'split')).toBe('There is a node “split” already.');
  });

  it('take the connections and the place along', () => {
    const placed = moveParts('', { dense: [5, 6] }).apply(workflow());
    const after = renameNode('dense', 'hidden').apply(placed);
    expect(Object.keys(after.nodes ?? {})[3]).toBe('hidden');
    expect(after.layout).toEqual({ hidden: [5, 6] });
    expect(after.connections?.slice(2)).toEqual([
      wire('input.out', 'hidden.network'),
      wire('hidden.out', 'learner.network'),
    ]);
  });

  it('of a component’s port are followed outside', () => {
    const document = {
      flowengine: 1,
      nodes: {
        reader: { type: 'io.reader' },
        block: { type: 'flow.component', nodes: { x: { type: 'flow.input' } } },
      },
      connections: [wire('reader.out', 'block.x')],
    };
    const after = renameNode('block/x', 'table').apply(document);
    expect(after.connections).toEqual([wire('reader.out', 'block.table')]);
  });

  it('and comments are undone by emptying them', () => {
    const after = setComment('dense', ' why ').apply(workflow());
    expect(after.nodes?.dense?.comment).toBe('why');
    expect(setComment('dense', '').apply(after).nodes?.dense).not.toHaveProperty('comment');
  });
});
