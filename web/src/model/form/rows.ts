/** How a field stands in a form. */
import type { Field, Shape } from './shape';
import { isObject, memberOf } from './value';

/** Return whether a field's control is small enough to stand beside its name. */
export function isInline(field: Field): boolean {
  const { shape } = field;
  switch (shape.kind) {
    case 'number':
    case 'boolean':
      return true;
    case 'group':
      return false;
    case 'text':
      return shape.longest === 1;
    case 'choice':
      return shape.options.every((option) => String(option).length <= 14);
    case 'tuple':
      return shape.items.length <= 2 && shape.items.every((item) => item.kind === 'number');
    default:
      return false;
  }
}

/** Return whether a field's control has fields in it, so that its help goes before them. */
export const hasParts = ({ shape }: Field): boolean =>
  shape.kind === 'family' || shape.kind === 'group' || shape.kind === 'layer';

/** Return the names of a value's parts that have rows of their own, and show their own faults. */
export function partsOf(shape: Shape, value: unknown): Set<string> {
  switch (shape.kind) {
    case 'family': {
      const member = shape.members.find(({ name }) => name === memberOf(value).name);
      return namesOf(member?.fields ?? []);
    }
    case 'group':
      return isObject(value) ? namesOf(shape.fields) : new Set();
    default:
      return new Set();
  }
}

const namesOf = (fields: Field[]): Set<string> => new Set(fields.map((field) => field.name));
