import { describe, expect, inject, it } from 'vitest';
import { check, checkField } from './check';
import { allFields, formOf } from './form';
import type { Field, Shape } from './shape';

const nodes = inject('nodes');
const fields = nodes.flatMap((info) =>
  allFields(formOf(info)).map((field) => ({ place: `${info.type}.${field.name}`, field })),
);

/** All fields, and those in their choices and groups. */
function within(place: string, field: Field): { place: string; field: Field }[] {
  const { shape } = field;
  const inner =
    shape.kind === 'family'
      ? shape.members.flatMap((member) => member.fields.map((part) => [member.name, part] as const))
      : shape.kind === 'group'
        ? shape.fields.map((part) => ['', part] as const)
        : [];
  return [
    { place, field },
    ...inner.flatMap(([name, part]) => within(`${place}.${name}.${part.name}`, part)),
  ];
}

const all = fields.flatMap(({ place, field }) => within(place, field));

function holdsFree(shape: Shape): boolean {
  switch (shape.kind) {
    case 'free':
      return true;
    case 'list':
    case 'map':
      return holdsFree(shape.item);
    case 'tuple':
      return shape.items.some(holdsFree);
    case 'union':
      return shape.options.some(holdsFree);
    default:
      return false;
  }
}

describe('the form of every node', () => {
  it('has every setting of every node', () => {
    expect(fields).toHaveLength(nodes.reduce((sum, info) => sum + info.settings.length, 0));
    expect(fields.length).toBeGreaterThan(500);
  });

  it('has a widget of its own for all but what is truly free', () => {
    const free = all.filter(({ field }) => holdsFree(field.shape)).map(({ place }) => place);
    expect(free).toEqual(['flow.component.variables']);
  });

  it('finds the default of every field right', () => {
    const wrong = all
      .filter(({ field }) => !field.required)
      .filter(({ field }) => checkField(field, field.fallback) !== '')
      .map(({ place }) => place);
    expect(wrong).toEqual([]);
  });

  it('finds every option of every choice right', () => {
    for (const { field } of all)
      if (field.shape.kind === 'choice')
        for (const option of field.shape.options) expect(check(field.shape, option)).toBe('');
  });

  it('puts required settings in view, first', () => {
    for (const info of nodes) {
      const { main, more } = formOf(info);
      expect(more.filter((field) => field.required)).toEqual([]);
      const order = main.map((field) => field.required);
      expect(order).toEqual([...order].sort((a, b) => Number(b) - Number(a)));
    }
  });

  it('explains every setting', () => {
    expect(fields.filter(({ field }) => !field.help).map(({ place }) => place)).toEqual([]);
  });
});
