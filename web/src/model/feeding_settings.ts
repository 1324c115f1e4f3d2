/** Settings that a connection can feed. */

import { type Body, COMPONENT } from './document';
import { connectionsOf, type End } from './graph';
import type { NodeInfo, SettingInfo } from './wire';
import { article, fedBy } from './wiring';

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

/** Whether a setting takes a value of the type over a wire. */
export function takesOverWire(info: NodeInfo | undefined, setting: string, type: string): boolean {
  const found = info?.settings.find(({ id }) => id === setting);
  return type === 'variable' && found !== undefined && isSimple(found.json_schema as Schema);
}

/** Why one setting cannot be fed from an output of a type; '' where it can. */
export function feedRefusal(
  info: NodeInfo | undefined,
  body: Body,
  { from, type }: { from: End; type: string },
  to: { node: string; setting: string },
): string {
  if (type !== 'variable')
    return `A setting takes a variable, but “${from.node}.${from.port}” gives ${article(type)}.`;
  if (!takesOverWire(info, to.setting, type))
    return `“${to.setting}” is more than one value, which no variable can give.`;
  return settingRefusal(body, from, to.node);
}

/** Why a node's settings cannot be fed from an output; '' where they can. */
export function settingRefusal(body: Body, from: End, name: string): string {
  if (from.node === name) return `“${name}” cannot feed itself.`;
  if (fedBy(body, name).has(from.node))
    return `That would go round in a circle: “${name}” already feeds “${from.node}”.`;
  return '';
}
