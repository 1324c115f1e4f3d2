/** Values without what holds in them anyway: settings of a choice that are as its default is. */
import type { Field, Shape } from './shape';
import { asMember, isObject, memberOf, same } from './value';

/** Return a value of a shape, with those parts alone that differ from their own defaults. */
export function brief(shape: Shape, value: unknown): unknown {
  if (shape.kind === 'group' && isObject(value)) return changed(shape.fields, value);
  if (shape.kind !== 'family') return value;
  const { name, settings } = memberOf(value);
  const member = shape.members.find((one) => one.name === name);
  return member ? asMember(name, changed(member.fields, settings)) : value;
}

function changed(
  fields: readonly Field[],
  values: Record<string, unknown>,
): Record<string, unknown> {
  const parts = Object.entries(values).flatMap(([name, value]): [string, unknown][] => {
    const field = fields.find((one) => one.name === name);
    if (!field) return [[name, value]];
    const part = brief(field.shape, value);
    return !field.required && same(part, field.fallback) ? [] : [[name, part]];
  });
  return Object.fromEntries(parts);
}
