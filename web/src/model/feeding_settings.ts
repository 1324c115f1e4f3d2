/** Settings that a connection can feed. */

import { type Body, COMPONENT } from './document';
import { connectionsOf, type End } from './graph';
import type { NodeInfo, SettingInfo } from './wire';
import { fedBy } from './wiring';

const SIMPLE = new Set(['integer', 'number', 'string', 'boolean']);

type Schema = Record<string, unknown>;

/** The settings of a node that a variable may go into and that none goes into yet. */
export function openSettings(info: NodeInfo | undefined, body: Body, name: string): SettingInfo[] {
  if (!info || info.type === COMPONENT) return [];
  const fed = new Set(connectionsOf(body).map(({ to }) => to));
  return info.settings.filter(
    ({ id, json_schema }) => isSimple(json_schema as Schema) && !fed.has(`${name}.${id}`),
  );
}

function isSimple(schema: Schema): boolean {
  const kinds = [schema, ...((schema.anyOf as Schema[] | undefined) ?? [])];
  return kinds.some(
    ({ type, enum: choices }) => SIMPLE.has(String(type)) || Array.isArray(choices),
  );
}

/** Why a node's settings cannot be fed from an output; '' where they can. */
export function settingRefusal(body: Body, from: End, name: string): string {
  if (from.node === name) return `“${name}” cannot feed itself.`;
  if (fedBy(body, name).has(from.node))
    return `That would go round in a circle: “${name}” already feeds “${from.node}”.`;
  return '';
}
