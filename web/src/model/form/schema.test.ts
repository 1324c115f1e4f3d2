import { describe, expect, it } from 'vitest';
import { readSchema, type Schema } from './schema';

const shapeOf = (schema: Schema, definitions = {}) => readSchema(schema, definitions).shape;
const INTEGER = { type: 'integer', minimum: 1 };

describe('readSchema', () => {
  it('reads bounds of numbers', () => {
    expect(shapeOf({ type: 'number', minimum: 0, exclusiveMaximum: 1 })).toEqual({
      kind: 'number',
      integer: false,
      minimum: 0,
      below: 1,
    });
  });

  it('keeps null apart from the values', () => {
    expect(readSchema({ anyOf: [INTEGER, { type: 'null' }] }, {})).toEqual({
      shape: { kind: 'number', integer: true, minimum: 1 },
      nullable: true,
    });
  });

  it('reads one number or two', () => {
    const pair = { type: 'array', prefixItems: [INTEGER, INTEGER], minItems: 2, maxItems: 2 };
    const shape = shapeOf({ anyOf: [INTEGER, pair] });
    expect(shape.kind).toBe('union');
    expect(shape.kind === 'union' && shape.options.map((option) => option.kind)).toEqual([
      'number',
      'tuple',
    ]);
  });

  it('joins constants and enumerations into one choice', () => {
    const schema = { anyOf: [{ const: 'auto' }, { type: 'boolean' }] };
    expect(shapeOf(schema)).toEqual({ kind: 'choice', options: ['auto', true, false] });
  });

  it('takes what stands beside anyOf for every alternative', () => {
    const schema = {
      anyOf: [{ type: 'string' }, { type: 'null' }],
      widget: 'column',
      port: 'table',
      kind: 'text',
    };
    expect(shapeOf(schema)).toEqual({ kind: 'column', port: 'table', holds: 'text', many: false });
  });

  it('reads families through their references', () => {
    const definitions = {
      L2: {
        description: 'Squares.',
        properties: {
          type: { const: 'l2', default: 'l2' },
          strength: { type: 'number', default: 0.01 },
        },
      },
    };
    const shape = shapeOf({ oneOf: [{ $ref: '#/$defs/L2' }] }, definitions);
    expect(shape).toMatchObject({
      kind: 'family',
      members: [{ name: 'l2', help: 'Squares.', fields: [{ name: 'strength', fallback: 0.01 }] }],
    });
  });

  it('calls what it cannot know free', () => {
    expect(shapeOf({})).toEqual({ kind: 'free' });
  });
});
