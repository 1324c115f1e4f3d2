/** Ports and connections of the nodes in one body. */

import {
  type Body,
  COMPONENT,
  type Connection,
  INPUT,
  isInline,
  join,
  type NodeEntry,
  OUTPUT,
} from './document';
import type { NodeInfo, Report } from './wire';

export interface Port {
  id: string;
  /** Id of the port type; '' takes or gives anything. */
  type: string;
  optional: boolean;
  many: boolean;
  help: string;
  /** Whether it is a setting fed by a connection. */
  isSetting?: boolean;
}

export interface Ports {
  inputs: Port[];
  outputs: Port[];
}

export interface End {
  node: string;
  port: string;
  index?: number;
}

/** What ports depend on beside the document. */
export interface Known {
  infos: ReadonlyMap<string, NodeInfo>;
  report: Report | null;
}

const DEEPEST = 32;

/** An end of a connection, `conv_1.out` or `merge.tables.0`. */
export function endOf(text: string): End {
  const [node = '', port = '', index] = text.split('.');
  return index === undefined ? { node, port } : { node, port, index: Number(index) };
}

export const keyOf = (connection: Connection): string => `${connection.from}→${connection.to}`;

export const connectionsOf = (body: Body | undefined): readonly Connection[] =>
  body?.connections ?? NONE;

const NONE: readonly Connection[] = [];

/** The ports of every node of a body, by its name. */
export function portsIn(body: Body, component: string, known: Known): Map<string, Ports> {
  const result = new Map<string, Ports>();
  for (const [name, entry] of Object.entries(body.nodes ?? {}))
    result.set(name, portsOf(body, name, entry, join(component, name), known));
  for (const connection of connectionsOf(body)) addWritten(result, connection, known, body);
  return result;
}

function portsOf(body: Body, name: string, entry: NodeEntry, path: string, known: Known): Ports {
  if (entry.type === INPUT)
    return { inputs: [], outputs: [plain('out', String(entry.settings?.port_type ?? 'table'))] };
  if (entry.type === OUTPUT)
    return { inputs: [plain('value', sinkType(body, name, known, DEEPEST))], outputs: [] };
  if (entry.type === COMPONENT) return componentPorts(entry, path, known);
  const info = known.infos.get(entry.type);
  if (!info) return { inputs: [], outputs: [] };
  return {
    inputs: info.inputs.map((port) => ({ ...port })),
    outputs: info.outputs.map((port) => ({ ...port })),
  };
}

function componentPorts(entry: NodeEntry, path: string, known: Known): Ports {
  if (!isInline(entry)) {
    const report = known.report?.components[path];
    return { inputs: [...(report?.inputs ?? [])], outputs: [...(report?.outputs ?? [])] };
  }
  const inner = Object.entries(entry.nodes ?? {});
  return {
    inputs: inner
      .filter(([, item]) => item.type === INPUT)
      .map(([id, item]) => ({
        ...plain(id, String(item.settings?.port_type ?? 'table')),
        optional: item.settings?.optional === true,
      })),
    outputs: inner
      .filter(([, item]) => item.type === OUTPUT)
      .map(([id]) => plain(id, sinkType(entry, id, known, DEEPEST))),
  };
}

/** The type of what comes into an output of a component, '' while it is unknown. */
function sinkType(body: Body, name: string, known: Known, depth: number): string {
  const fed = connectionsOf(body).find((item) => item.to === `${name}.value`);
  return fed && depth > 0 ? sourceType(body, endOf(fed.from), known, depth - 1) : '';
}

function sourceType(body: Body, end: End, known: Known, depth: number): string {
  const entry = body.nodes?.[end.node];
  if (!entry) return '';
  if (entry.type === INPUT) return String(entry.settings?.port_type ?? 'table');
  if (isInline(entry)) return sinkType(entry, end.port, known, depth);
  const info = known.infos.get(entry.type);
  const port = today(info, end.port);
  return info?.outputs.find((item) => item.id === port)?.type ?? '';
}

/** Ports that only connections know: settings that are fed, and those of nodes nobody knows. */
function addWritten(
  ports: Map<string, Ports>,
  connection: Connection,
  known: Known,
  body: Body,
): void {
  const [from, to] = [endOf(connection.from), endOf(connection.to)];
  const [source, target] = [ports.get(from.node), ports.get(to.node)];
  const given = today(known.infos.get(body.nodes?.[from.node]?.type ?? ''), from.port);
  if (source && given && !source.outputs.some((port) => port.id === given))
    source.outputs.push(plain(given, ''));
  const info = known.infos.get(body.nodes?.[to.node]?.type ?? '');
  const taken = today(info, to.port);
  if (!target || !taken || target.inputs.some((port) => port.id === taken)) return;
  const isSetting = Boolean(info?.settings.some((setting) => setting.id === taken));
  target.inputs.push({ ...plain(taken, isSetting ? 'variable' : ''), isSetting });
}

/** The name a port, known by an older one, has today. */
export function today(info: NodeInfo | undefined, port: string): string {
  const isKnown = [...(info?.inputs ?? []), ...(info?.outputs ?? [])].some(({ id }) => id === port);
  return isKnown ? port : (info?.was_ports[port] ?? port);
}

const plain = (id: string, type: string): Port => ({
  id,
  type,
  optional: false,
  many: false,
  help: '',
});
