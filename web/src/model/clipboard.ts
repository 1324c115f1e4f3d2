/** Nodes, connections and notes as text, to be pasted here or into another workflow. */

import type { Command } from './commands';
import {
  type Annotation,
  type Body,
  type Connection,
  type NodeEntry,
  type Place,
  withBody,
} from './document';
import { freshName } from './edit_nodes';
import { freshNoteId } from './edit_notes';
import { isObject } from './form/value';
import { usesIn } from './form/variables';
import { connectionsOf, endOf } from './graph';

export interface Clip {
  flowengine_nodes: 1;
  /** The workflow and component it was copied from. */
  from: string;
  nodes: Record<string, NodeEntry>;
  connections: Connection[];
  /** Variables that the nodes take. */
  variables: Record<string, unknown>;
  layout: Record<string, Place>;
  annotations: Annotation[];
}

/** What is copied: the nodes with the connections among them, and the notes. */
export function clipOf(
  body: Body,
  from: string,
  places: ReadonlyMap<string, Place>,
  names: readonly string[],
  notes: readonly string[],
  variables: Record<string, unknown> = {},
): Clip {
  const known = names.filter((name) => body.nodes?.[name]);
  const isCopied = (text: string): boolean => known.includes(endOf(text).node);
  const nodes = Object.fromEntries(known.map((name) => [name, body.nodes?.[name] as NodeEntry]));
  const uses = usesIn({ nodes });
  return {
    flowengine_nodes: 1,
    from,
    nodes,
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => uses.has(name))),
    connections: connectionsOf(body).filter(({ from, to }) => isCopied(from) && isCopied(to)),
    layout: Object.fromEntries(known.map((name) => [name, places.get(name) ?? [0, 0]])),
    annotations: (body.annotations ?? []).filter(({ id }) => notes.includes(id)),
  };
}

/** The clip that a text holds, if it is one; a whole workflow counts as well. */
export function parsedClip(text: string): Clip | undefined {
  let data: Partial<Clip> & { flowengine?: number };
  try {
    data = JSON.parse(text) as typeof data;
  } catch {
    return undefined;
  }
  if (typeof data !== 'object' || data === null) return undefined;
  if (data.flowengine_nodes !== 1 && typeof data.flowengine !== 'number') return undefined;
  const nodes = Object.entries(data.nodes ?? {}).filter(
    ([, entry]) => typeof entry === 'object' && typeof entry?.type === 'string',
  );
  return {
    flowengine_nodes: 1,
    from: String(data.from),
    nodes: Object.fromEntries(nodes),
    connections: listOf<Connection>(data.connections).filter(
      (item) => typeof item?.from === 'string' && typeof item.to === 'string',
    ),
    variables: isObject(data.variables) ? data.variables : {},
    layout: Object.fromEntries(
      Object.entries(data.layout ?? {}).filter(([, place]) => isNumbers(place, 2)),
    ),
    annotations: listOf<Annotation>(data.annotations).filter(
      (note) => typeof note?.text === 'string' && isNumbers(note.place, 4),
    ),
  };
}

const listOf = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);

const isNumbers = (value: unknown, count: number): boolean =>
  Array.isArray(value) && value.length === count && value.every(Number.isFinite);

/** Where a clip goes: its middle to a place, or all of it a step aside, but on nothing else. */
export interface Target {
  at?: Place;
  shift: number;
  /** Variables that are seen there. */
  seen?: Record<string, unknown>;
}

/** The command that pastes a clip, with the new names of its nodes and notes. */
export function pasteCommand(
  clip: Clip,
  component: string,
  body: Body,
  target: Target,
): { command: Command; names: string[]; notes: string[] } {
  const renamed = new Map<string, string>();
  const isTaken = (name: string): boolean =>
    Boolean(body.nodes?.[name]) || [...renamed.values()].includes(name);
  for (const name of Object.keys(clip.nodes)) renamed.set(name, freshName(name, isTaken));
  const [dx, dy] = freeOffset(clip, body, target);
  const given = Object.entries(clip.variables).filter(([name]) => !(name in (target.seen ?? {})));
  const moved = ([x, y]: Place): Place => [Math.round(x + dx), Math.round(y + dy)];
  const end = (text: string): string => {
    const [node = '', ...rest] = text.split('.');
    return [renamed.get(node) ?? node, ...rest].join('.');
  };
  const annotations: Annotation[] = [];
  for (const note of clip.annotations) {
    const id = freshNoteId({ annotations: [...(body.annotations ?? []), ...annotations] });
    const [x, y, width, height] = note.place;
    annotations.push({ ...note, id, place: [...moved([x, y]), width, height] });
  }
  const names = [...renamed.values()];
  const count = names.length + annotations.length;
  const pick = <T>(record: Record<string, T>, change: (item: T) => T): Record<string, T> =>
    Object.fromEntries(
      [...renamed].flatMap(([before, after]) =>
        record[before] === undefined ? [] : [[after, change(record[before])]],
      ),
    );
  const command: Command = {
    label: count === 1 ? `Paste ${names[0] ?? 'a note'}` : `Paste ${count} things`,
    apply: (document) =>
      withBody(document, component, (now) => ({
        ...now,
        nodes: { ...now.nodes, ...pick(clip.nodes, (entry) => entry) },
        connections: [
          ...(now.connections ?? []),
          ...clip.connections.map(({ from, to }) => ({ from: end(from), to: end(to) })),
        ],
        layout: { ...now.layout, ...pick(clip.layout, moved) },
        ...(given.length > 0 && { variables: { ...Object.fromEntries(given), ...now.variables } }),
        ...((now.annotations || annotations.length > 0) && {
          annotations: [...(now.annotations ?? []), ...annotations],
        }),
      })),
  };
  return { command, names, notes: annotations.map(({ id }) => id) };
}

/** How far a clip is moved so that none of its nodes lies right on another: pasted twice, say. */
function freeOffset(clip: Clip, body: Body, target: Target): Place {
  const taken = new Set(Object.values(body.layout ?? {}).map(([x, y]) => `${x} ${y}`));
  let [dx, dy] = offsetOf(clip, target);
  const isOn = ([x, y]: Place): boolean => taken.has(`${Math.round(x + dx)} ${Math.round(y + dy)}`);
  while (Object.values(clip.layout).some(isOn)) {
    dx += target.shift;
    dy += target.shift;
  }
  return [dx, dy];
}

function offsetOf(clip: Clip, { at, shift }: Target): Place {
  if (!at) return [shift, shift];
  const places = [
    ...Object.values(clip.layout),
    ...clip.annotations.map(({ place }): Place => [place[0], place[1]]),
  ];
  if (!places.length) return [0, 0];
  const middle = (values: number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
  return [at[0] - middle(places.map(([x]) => x)), at[1] - middle(places.map(([, y]) => y))];
}
