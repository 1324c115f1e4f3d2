/** Values of settings: references to variables, equality, parts of objects. */

/** Return the variable a value names, if it is a reference to one. */
export function variableOf(value: unknown): string | undefined {
  if (!isObject(value) || Object.keys(value).length !== 1) return undefined;
  const name = value.$variable;
  return typeof name === 'string' ? name : undefined;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Return whether two JSON values mean the same; the order of keys means nothing. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => same(item, other[index]));
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => name in other && same(one[name], other[name]))
  );
}

/** Return an object with one part changed, or without it where it is `undefined`. */
export function withPart(
  value: Record<string, unknown>,
  name: string,
  part: unknown,
): Record<string, unknown> {
  if (part !== undefined) return { ...value, [name]: part };
  const { [name]: _, ...rest } = value;
  return rest;
}

/** Return the chosen member of a family and its settings; a bare name has none. */
export function memberOf(value: unknown): { name: string; settings: Record<string, unknown> } {
  if (typeof value === 'string') return { name: value, settings: {} };
  if (!isObject(value)) return { name: '', settings: {} };
  const { type, ...settings } = value;
  return { name: typeof type === 'string' ? type : '', settings };
}

/** Return a choice as it stands in a file: its name alone where it has no settings. */
export function asMember(name: string, settings: Record<string, unknown>): unknown {
  return Object.keys(settings).length ? { type: name, ...settings } : name;
}

/** Return the value that stands for that of a variable. */
export const variableReference = (name: string): unknown => ({ $variable: name });
