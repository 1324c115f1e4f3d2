/** Commands on the workflow as a whole: its name, description, seed and variables. */

import type { Command } from './commands';
import type { Body, Document } from './document';
import { withBody } from './document';
import { Refusal } from './refusal';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const setName = (name: string): Command => ({
  label: 'Rename the workflow',
  merge: 'name',
  apply: (document) => ({ ...document, name }),
});

export const setDescription = (description: string): Command => ({
  label: 'Describe the workflow',
  merge: 'description',
  apply: (document) => ({ ...document, description }),
});

export const setSeed = (seed: number): Command => ({
  label: 'Set the seed',
  merge: 'seed',
  apply: (document) => ({ ...document, seed }),
});

/** Set or add a variable of the workflow, or of a component; `undefined` deletes it. */
export function setVariable(name: string, value: unknown, component = ''): Command {
  return {
    label: value === undefined ? `Delete variable ${name}` : `Set variable ${name}`,
    merge: value === undefined ? undefined : `variable ${component} ${name}`,
    apply: (document) =>
      withBody(document, component, (body) => {
        if (value === undefined) return withVariables(body, without(body.variables, name));
        if (!NAME.test(name)) throw new Refusal(badName(name));
        return withVariables(body, { ...body.variables, [name]: value });
      }),
  };
}

/** Rename a variable, also where settings name it. */
export function renameVariable(before: string, after: string, component = ''): Command {
  return {
    label: `Rename variable ${before}`,
    apply: (document) => {
      if (!NAME.test(after)) throw new Refusal(badName(after));
      return withBody(document, component, (body) => {
        if (!(before in (body.variables ?? {})))
          throw new Refusal(`There is no variable “${before}” any more.`);
        if (after !== before && after in (body.variables ?? {}))
          throw new Refusal(`There is a variable “${after}” already.`);
        const variables = Object.fromEntries(
          Object.entries(body.variables ?? {}).map(([name, value]) => [
            name === before ? after : name,
            value,
          ]),
        );
        const nodes = body.nodes && (renamed(body.nodes, before, after) as Body['nodes']);
        return { ...body, variables, ...(nodes && { nodes }) };
      });
    },
  };
}

const badName = (name: string): string =>
  `“${name}” cannot name a variable; expected letters, digits and “_”, a letter first.`;

function without(variables: Body['variables'], name: string): Record<string, unknown> {
  const { [name]: _, ...rest } = variables ?? {};
  return rest;
}

function withVariables<B extends Body | Document>(body: B, variables: Record<string, unknown>): B {
  const { variables: _, ...rest } = body;
  return (Object.keys(variables).length ? { ...rest, variables } : rest) as B;
}

function renamed(value: unknown, before: string, after: string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamed(item, before, after));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]?.[0] === '$variable' && entries[0][1] === before)
    return { $variable: after };
  return Object.fromEntries(entries.map(([key, item]) => [key, renamed(item, before, after)]));
}
