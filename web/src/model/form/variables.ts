/** Variables: which a node sees, and who uses one. */
import { type Body, type Document, isInline } from '../document';
import { same, variableOf } from './value';

/** Return the variables a node sees: the workflow's, and those of components held in line. */
export function variablesAt(document: Document, path: string): Record<string, unknown> {
  const seen: Record<string, unknown> = { ...document.variables };
  let body: Body | undefined = document;
  for (const name of path.split('/').slice(0, -1)) {
    const entry: (Body & { type: string }) | undefined = body?.nodes?.[name];
    if (!isInline(entry)) break;
    Object.assign(seen, entry?.variables);
    body = entry;
  }
  return seen;
}

/** Return how many places in a body's nodes take each variable. */
export function usesIn(body: Body | undefined): Map<string, number> {
  const uses = new Map<string, number>();
  count(body?.nodes ?? {}, uses);
  return uses;
}

function count(value: unknown, uses: Map<string, number>): void {
  const name = variableOf(value);
  if (name !== undefined) uses.set(name, (uses.get(name) ?? 0) + 1);
  else if (typeof value === 'object' && value !== null)
    for (const part of Object.values(value)) count(part, uses);
}

/** Return the variable that a setting takes when it is to take one: of its name, or its value. */
export function variableFor(
  name: string,
  value: unknown,
  variables: Record<string, unknown>,
): string | undefined {
  if (name in variables) return name;
  // any other would change the value, and nobody has chosen it
  return Object.keys(variables).find((one) => same(variables[one], value));
}

/** Return a name for a new variable that no other has. */
export function freeName(variables: Record<string, unknown>): string {
  if (!('variable' in variables)) return 'variable';
  let number = 2;
  while (`variable_${number}` in variables) number += 1;
  return `variable_${number}`;
}
