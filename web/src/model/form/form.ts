/** From what is known of a node type to the form of its settings. */
import type { NodeInfo } from '../wire';
import { brief } from './brief';
import { type Definitions, readSchema, type Schema } from './schema';
import type { Field } from './shape';
import { same } from './value';
import { labelOf } from './words';

/** A form: what people usually set, and what they rarely do. */
export interface Form {
  main: Field[];
  more: Field[];
}

/** So many settings stand in view before the others are folded. */
const IN_VIEW = 9;

const forms = new WeakMap<NodeInfo, Form>();

/** Return the form of a node type. */
export function formOf(info: NodeInfo): Form {
  const known = forms.get(info);
  if (known) return known;
  const fields = info.settings.map((setting): Field => {
    const read = readSchema(setting.json_schema as Schema, info.definitions as Definitions);
    return {
      name: setting.id,
      label: labelOf(setting.id),
      help: setting.help,
      required: setting.required,
      fallback: brief(read.shape, setting.default ?? null),
      ...read,
    };
  });
  const form = split(fields);
  forms.set(info, form);
  return form;
}

/** Return all fields of a form in order. */
export function allFields(form: Form): Field[] {
  return [...form.main, ...form.more];
}

/** Return whether a value means what the field means without it. */
export function isFallback(field: Field, value: unknown): boolean {
  if (value === undefined) return true;
  if (field.required) return false;
  return same(brief(field.shape, value), field.fallback);
}

/** Return whether a field has only one value, which is told and not asked for. */
export function isFixed(field: Field): boolean {
  return field.shape.kind === 'choice' && field.shape.options.length === 1 && !field.nullable;
}

/** Return whether a field is for those who look for it: large, and usually left empty. */
function isRare({ nullable, fallback, shape }: Field): boolean {
  if (!nullable || fallback !== null) return false;
  const kinds = shape.kind === 'union' ? shape.options.map((option) => option.kind) : [shape.kind];
  return !kinds.includes('column') && kinds.some((kind) => ['map', 'group', 'list'].includes(kind));
}

/** Required ones first, then as the class has them; rare and fixed ones last. */
function split(fields: Field[]): Form {
  const open = fields.filter((field) => !isFixed(field));
  const optional = open.filter((field) => !field.required);
  const ordered = [
    ...open.filter((field) => field.required),
    ...optional.filter((field) => !isRare(field)),
    ...optional.filter(isRare),
  ];
  const fixed = fields.filter(isFixed);
  // two more rows are less in the way than a fold that hides just them
  if (ordered.length <= IN_VIEW + 2) return { main: ordered, more: fixed };
  const required = ordered.filter((field) => field.required).length;
  const cut = Math.max(IN_VIEW, required);
  return { main: ordered.slice(0, cut), more: [...ordered.slice(cut), ...fixed] };
}
