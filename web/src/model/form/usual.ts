/** A choice that is its setting's default with values of its own: a GAN's Adam is slower. */
import type { Member } from './shape';
import { same } from './value';

type Values = Readonly<Record<string, unknown>>;

/** Return a choice whose parts are by default as in the default of its setting. */
export function withDefaults(member: Member, defaults: Values): Member {
  const fields = member.fields.map((field) =>
    field.name in defaults ? { ...field, fallback: defaults[field.name] } : field,
  );
  return { ...member, fields };
}

/**
 * Return the parts of a value that differ from the setting's default.
 *
 * What a file leaves out of a choice is as it is in the choice itself, not as in the setting's default.
 */
export function differing(member: Member, settings: Values, defaults: Values): Values {
  const own = member.fields
    .filter(({ name }) => name in defaults)
    .map(({ name, fallback }) => [name, fallback]);
  const parts = Object.entries({ ...Object.fromEntries(own), ...settings });
  return Object.fromEntries(
    parts.filter(([name, value]) => !(name in defaults && same(value, defaults[name]))),
  );
}
