import { describe, expect, it } from 'vitest';
import { brief } from './brief';
import { isFallback } from './form';
import { readSchema } from './schema';

const RATE = { type: 'number', default: 0.001 };
const WARMTH = {
  type: 'object',
  properties: { steps: { type: 'integer', default: 5 } },
};
const DEFINITIONS = {
  Adam: {
    properties: {
      type: { const: 'adam', default: 'adam' },
      rate: RATE,
      decay: { anyOf: [{ type: 'number' }, { type: 'null' }], default: null },
      warmth: { ...WARMTH, default: { steps: 5 } },
    },
  },
};
const { shape } = readSchema({ oneOf: [{ $ref: '#/$defs/Adam' }] }, DEFINITIONS);

describe('a value in short', () => {
  it('is a choice alone where nothing else was set', () => {
    const whole = { type: 'adam', rate: 0.001, decay: null, warmth: { steps: 5 } };
    expect(brief(shape, whole)).toBe('adam');
    expect(brief(shape, 'adam')).toBe('adam');
  });

  it('keeps what differs, at any depth, and what it does not know', () => {
    expect(brief(shape, { type: 'adam', rate: 0.0002, decay: null })).toEqual({
      type: 'adam',
      rate: 0.0002,
    });
    const warm = { type: 'adam', warmth: { steps: 9 }, other: 1 };
    expect(brief(shape, warm)).toEqual(warm);
    const wrong = { type: 'adm', rate: 0.001 };
    expect(brief(shape, wrong)).toEqual(wrong);
    const variable = { $variable: 'optimizer' };
    expect(brief(shape, variable)).toEqual(variable);
  });

  it('tells a default however it is written', () => {
    const field = {
      name: 'optimizer',
      label: 'Optimizer',
      help: '',
      required: false,
      nullable: false,
      fallback: 'adam',
      shape,
    };
    expect(isFallback(field, { type: 'adam', rate: 0.001 })).toBe(true);
    expect(isFallback(field, { type: 'adam', rate: 0.01 })).toBe(false);
  });
});
