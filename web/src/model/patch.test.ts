import { describe, expect, it } from 'vitest';
import type { Document } from './document';
import { diff, patched, same } from './patch';
import { Refusal } from './refusal';

const document = (units: number, more: Partial<Document> = {}): Document => ({
  flowengine: 1,
  nodes: { dense: { type: 'layer.dense', settings: { units } } },
  ...more,
});

describe('patch', () => {
  it('finds the smallest place that differs', () => {
    expect(diff(document(1), document(2))).toEqual([
      { place: ['nodes', 'dense', 'settings', 'units'], before: 1, after: 2 },
    ]);
  });

  it('does a change to a document that others have changed elsewhere', () => {
    const changes = diff(document(1), document(2));
    expect(patched(document(1, { name: 'Theirs' }), changes)).toEqual(
      document(2, { name: 'Theirs' }),
    );
  });

  it('refuses what others have changed at the same place', () => {
    const changes = diff(document(1), document(2));
    expect(() => patched(document(3), changes)).toThrow(Refusal);
  });

  it('takes away what was added', () => {
    const changes = diff(document(1, { name: 'New' }), document(1));
    expect(patched(document(5, { name: 'New' }), changes)).toEqual(document(5));
  });

  it('joins connections that several have added', () => {
    const wire = (to: string) => ({ from: 'dense.out', to });
    const changes = diff(document(1), document(1, { connections: [wire('a.in')] }));
    const theirs = document(1, { connections: [wire('b.in')] });
    expect(patched(theirs, changes).connections).toEqual([wire('b.in'), wire('a.in')]);
  });

  it('compares whatever the order of keys', () => {
    expect(same({ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 })).toBe(true);
    expect(same({ a: 1 }, { a: 1, b: undefined })).toBe(false);
  });
});
