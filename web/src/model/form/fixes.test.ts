import { describe, expect, it } from 'vitest';
import type { Fault } from '../wire';
import { fixesOf, fixesOfFailure } from './fixes';

const fault = (place: string, message: string): Fault => ({
  pointer: `/nodes/a/settings/${place}`,
  message,
  severity: 'error',
  node: 'a',
  setting: place.split('/')[0] ?? '',
});

describe('what mends a fault', () => {
  it('is the value that was meant, at its place', () => {
    const settings = { columns: ['x', 'incom'], other: 'incom' };
    const message = 'no column "incom"; there are "income", "x". Did you mean "income"?';
    expect(fixesOf(fault('columns', message), settings, '/nodes/a')).toEqual([
      { label: 'Use “income”', settings: { columns: ['x', 'income'] } },
    ]);
  });

  it('is a name for a setting that nobody knows, or to take it away', () => {
    const settings = { unit: 5 };
    const message = 'there is no setting "unit". Did you mean "units"?';
    expect(fixesOf(fault('unit', message), settings, '/nodes/a')).toEqual([
      { label: 'Rename to “units”', settings: { unit: undefined, units: 5 } },
      { label: 'Remove “unit”', settings: { unit: undefined } },
    ]);
  });

  it('is nothing where the sentence proposes nothing', () => {
    expect(fixesOf(fault('units', 'Expected a number.'), { units: 'a' }, '/nodes/a')).toEqual([]);
    expect(fixesOf(fault('gone', 'Did you mean "b"?'), {}, '/nodes/a')).toEqual([]);
  });

  it('is the setting with the name that a failure says is mistaken', () => {
    const settings = { truth: 'specis', units: 3 };
    const message = 'no column "specis". Did you mean "species"?';
    expect(fixesOfFailure(message, settings)).toEqual([
      { label: 'Use “species”', settings: { truth: 'species' } },
    ]);
    expect(fixesOfFailure('ValueError: 3 (a.py, line 2)', settings)).toEqual([]);
    expect(fixesOfFailure('Did you mean "species"?', settings)).toEqual([]);
  });
});
