import { describe, expect, it } from 'vitest';
import { behind, drawable, filterText, isSingle, rowsFrom } from './specification';

const ROOM = { width: 400, height: 200 };

describe('drawable', () => {
  it('lets a single picture fill the room', () => {
    const made = drawable({ mark: 'bar', data: { name: 'table' } }, [{ a: 1 }], ROOM);
    expect(made).toMatchObject({ width: 400, height: 200, datasets: { table: [{ a: 1 }] } });
  });

  it('keeps a size that the node gave', () => {
    expect(drawable({ mark: 'bar', width: 90 }, [], ROOM).width).toBe(90);
  });

  it('leaves pictures side by side their own size', () => {
    expect(drawable({ facet: { field: 'a' }, spec: {} }, [], ROOM)).not.toHaveProperty('width');
    expect(isSingle({ mark: 'bar', encoding: { row: { field: 'a' } } })).toBe(false);
  });
});

describe('drawable, where there is little room,', () => {
  it('puts fewer pictures side by side', () => {
    const facet = { facet: {}, columns: 8, spec: { width: 90, encoding: { x: { axis: null } } } };
    expect(drawable(facet, [], ROOM).columns).toBe(3);
  });
});

describe('rows behind a mark', () => {
  const specification = {
    usermeta: {
      rows_from: { port: 'table', columns: { truth: 'label', predicted: 'prediction' } },
    },
  };

  it('are those whose columns have the values of the mark', () => {
    const from = rowsFrom(specification);
    expect(from && behind(from, { truth: '4', predicted: '9', rows: 11 })).toEqual({
      label: '4',
      prediction: '9',
    });
  });

  it('are unknown where the mark lacks a field', () => {
    const from = rowsFrom(specification);
    expect(from && behind(from, { truth: '4' })).toBeNull();
  });

  it('are unknown where the node does not say where they are', () => {
    expect(rowsFrom({ mark: 'bar' })).toBeNull();
  });

  it('are told in words', () => {
    expect(filterText({ label: 4, prediction: null })).toBe('label = 4, prediction = missing');
  });
});
