/** Settings that several node types have in common. */
import type { NodeInfo } from '../wire';
import { allFields, formOf, isFixed } from './form';
import type { Field } from './shape';
import { same } from './value';

/** Return the fields that all types have, with the same shape; columns belong to one table. */
export function sharedFields(infos: NodeInfo[]): Field[] {
  const [first, ...others] = [...new Set(infos)];
  if (!first) return [];
  const forms = others.map(
    (info) => new Map(allFields(formOf(info)).map((field) => [field.name, field])),
  );
  return allFields(formOf(first)).filter(
    (field) => !isFixed(field) && forms.every((form) => isAlike(field, form.get(field.name))),
  );
}

const isAlike = (field: Field, other: Field | undefined): boolean =>
  other !== undefined && same(field.shape, other.shape) && same(field.fallback, other.fallback);
