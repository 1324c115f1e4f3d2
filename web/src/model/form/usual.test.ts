import { describe, expect, it } from 'vitest';
import type { Field, Member } from './shape';
import { differing, withDefaults } from './usual';

const field = (name: string, fallback: unknown): Field => ({
  name,
  label: name,
  help: '',
  required: false,
  nullable: false,
  fallback,
  shape: { kind: 'number', integer: false },
});
const ADAM: Member = { name: 'adam', help: '', fields: [field('rate', 0.001), field('beta', 0.9)] };
const USUAL = { rate: 0.0002 };

describe('a choice that is its setting’s default', () => {
  it('has the default’s values for its own', () => {
    const fallbacks = withDefaults(ADAM, USUAL).fields.map((one) => one.fallback);
    expect(fallbacks).toEqual([0.0002, 0.9]);
    expect(withDefaults(ADAM, {})).toEqual(ADAM);
  });

  it('differs in what is set otherwise, and in what a file leaves out', () => {
    expect(differing(ADAM, { rate: 0.0002 }, USUAL)).toEqual({});
    expect(differing(ADAM, { rate: 0.0002, beta: 0.5 }, USUAL)).toEqual({ beta: 0.5 });
    expect(differing(ADAM, { rate: 0.01 }, USUAL)).toEqual({ rate: 0.01 });
    expect(differing(ADAM, {}, USUAL)).toEqual({ rate: 0.001 });
    expect(differing(ADAM, { beta: 0.5 }, {})).toEqual({ beta: 0.5 });
  });
});
