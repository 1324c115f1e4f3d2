import { describe, expect, it } from 'vitest';
import type { InsidePart } from '../../../model/wire';
import { painted, scaleOf } from './colour';
import { byLayer, decoded, formOf, leftOut, partTitle, picture, strip, wrapped } from './values';

function part(kind: string, shape: number[], numbers: number[] = [], shown = shape): InsidePart {
  const bytes = new Uint8Array(new Float32Array(numbers).buffer);
  const values = btoa(String.fromCharCode(...bytes));
  return { layer: 'a', kind, shape, shown, values, low: 0, high: 1, first: [] };
}

describe('what is inside', () => {
  it('comes as numbers', () => {
    expect([...decoded(part('activation', [3], [1, -2, 0.5]))]).toEqual([1, -2, 0.5]);
  });

  it('has a form by its shape', () => {
    expect(formOf(part('kernel', [3, 3, 1, 8]))).toBe('kernels');
    expect(formOf(part('activation', [26, 26, 8]))).toBe('maps');
    expect(formOf(part('forget_gate', [20, 16]))).toBe('strip');
    expect(formOf(part('activation', [10]))).toBe('units');
  });

  it('has a picture for each unit', () => {
    const maps = part('activation', [1, 2, 2], [1, 10, 2, 20]);
    const second = picture(maps, decoded(maps), 1, 0);
    expect([second.width, second.height, second.at(0, 0), second.at(1, 0)]).toEqual([2, 1, 10, 20]);
  });

  it('has a kernel for each channel that a unit reads', () => {
    const kernel = part('kernel', [1, 1, 2, 2], [1, 2, 3, 4]);
    expect(picture(kernel, decoded(kernel), 0, 1).at(0, 0)).toBe(3);
  });

  it('has a line for each unit and a column for each step', () => {
    const gate = part('input_gate', [2, 3], [1, 2, 3, 4, 5, 6]);
    const field = strip(gate, decoded(gate));
    expect([field.width, field.height, field.at(1, 0)]).toEqual([2, 3, 4]);
  });

  it('wraps many units into lines', () => {
    const many = part(
      'activation',
      [100],
      Array.from({ length: 100 }, (_, place) => place),
    );
    const field = wrapped(many, decoded(many));
    expect(field.width * field.height).toBeGreaterThanOrEqual(100);
    expect(field.at(field.width - 1, field.height - 1)).toBeNaN();
  });

  it('is told in words', () => {
    expect(partTitle(part('kernel', [3, 3, 1, 8]))).toBe('3×3 kernels');
    expect(partTitle(part('cell_state', [3, 8]))).toBe('cell state');
    expect(leftOut(part('activation', [2, 2, 9], [], [2, 2, 4]))).toBe('the first 4 of 9');
  });

  it('is in the order in which a layer works', () => {
    const kinds = ['output', 'cell_state', 'forget_gate'].map((kind) => part(kind, [2, 2]));
    expect(byLayer({ parts: kinds, weights: [] })[0][1].map((one) => one.kind)).toEqual([
      'forget_gate',
      'cell_state',
      'output',
    ]);
  });
});

describe('colours', () => {
  it('have zero in the middle where there is less', () => {
    expect(scaleOf('activation', -1, 3, 'light')).toMatchObject({ low: -3, high: 3 });
  });

  it('of gates go from closed to open', () => {
    expect(scaleOf('forget_gate', 0.4, 0.6, 'dark')).toMatchObject({ low: 0, high: 1 });
  });

  it('leave out what is no number', () => {
    const scale = { low: 0, high: 1, colours: ['#000000', '#ff0000'] };
    expect([...painted([1, Number.NaN], scale)]).toEqual([255, 0, 0, 255, 0, 0, 0, 0]);
  });
});
