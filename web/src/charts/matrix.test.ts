import { describe, expect, it } from 'vitest';
import { fittedMatrix } from './matrix';

const MATRIX = {
  mark: 'rect',
  width: { step: 44 },
  height: { step: 44 },
  encoding: { x: { field: 'prediction' }, y: { field: 'truth' } },
};
const NUMBERED = {
  ...MATRIX,
  layer: [{ mark: 'rect' }, { mark: 'text', encoding: { text: { field: 'rows' } } }],
};

function fields(classes: number, rows = 9): Record<string, unknown>[] {
  return Array.from({ length: classes * classes }, (_, place) => ({
    truth: place % classes,
    prediction: Math.floor(place / classes),
    rows,
  }));
}

describe('fittedMatrix', () => {
  it('fills the height of the room', () => {
    const fitted = fittedMatrix(NUMBERED, fields(10), { width: 800, height: 346 });
    expect(fitted?.height.step).toBe(30);
    expect(fitted?.width.step).toBeGreaterThan(60);
  });

  it('keeps lines that can be read, and scrolls', () => {
    const fitted = fittedMatrix(NUMBERED, fields(10), { width: 800, height: 100 });
    expect(fitted?.height.step).toBe(17);
  });

  it('has room for the longest number', () => {
    const room = { width: 200, height: 200 };
    const wide = fittedMatrix(NUMBERED, fields(10, 123_456), room);
    expect(wide?.width.step).toBeGreaterThan(7 * 6);
  });

  it('does not blow up few fields', () => {
    const fitted = fittedMatrix(NUMBERED, fields(2), { width: 2000, height: 2000 });
    expect(fitted).toMatchObject({ width: { step: 96 }, height: { step: 48 } });
  });

  it('lets fields without numbers be small', () => {
    const fitted = fittedMatrix(MATRIX, fields(50), { width: 400, height: 300 });
    expect(fitted).toMatchObject({ width: { step: 8 }, height: { step: 8 } });
  });

  it('is for matrices only', () => {
    expect(fittedMatrix({ mark: 'bar' }, [], { width: 1, height: 1 })).toBeNull();
  });
});
