/** What differs between two documents, to be done to a third: undo after others have changed it. */

import type { Connection, Document } from './document';
import { Refusal } from './refusal';

/** One difference; `undefined` stands for “is not there”. */
export interface Change {
  place: string[];
  before: unknown;
  after: unknown;
}

type Data = Record<string, unknown>;

/** Letters of a value in a sentence. */
const MOST = 60;

/** The smallest differences between two documents; lists are compared as wholes. */
export function diff(before: unknown, after: unknown, place: string[] = []): Change[] {
  if (before === after || same(before, after)) return [];
  if (!isData(before) || !isData(after)) return [{ place, before, after }];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => diff(before[name], after[name], [...place, name]));
}

/** The document with the changes made; refuses where it is not what the changes start from. */
export function patched(document: Document, changes: Change[]): Document {
  return changes.reduce<unknown>((data, change) => made(data, change, 0), document) as Document;
}

function made(data: unknown, change: Change, depth: number): unknown {
  const name = change.place[depth];
  if (name === undefined) return merged(data, change);
  if (!isData(data)) throw conflict(change);
  const value = made(data[name], change, depth + 1);
  if (value !== undefined) return { ...data, [name]: value };
  const { [name]: _, ...rest } = data;
  return rest;
}

function merged(now: unknown, change: Change): unknown {
  if (same(now, change.before)) return change.after;
  if (same(now, change.after)) return now;
  if (change.place.at(-1) === 'connections') return mergedConnections(now, change);
  throw conflict(change);
}

/** Connections are a set in which the order hardly matters, so several can change them at once. */
function mergedConnections(now: unknown, change: Change): Connection[] {
  const [current, before, after] = [now, change.before, change.after].map(
    (list) =>
      new Map(((list ?? []) as Connection[]).map((item) => [`${item.from} ${item.to}`, item])),
  ) as [Map<string, Connection>, Map<string, Connection>, Map<string, Connection>];
  for (const key of before.keys()) if (!after.has(key)) current.delete(key);
  for (const [key, item] of after) if (!before.has(key)) current.set(key, item);
  return [...current.values()];
}

function conflict({ place, after }: Change): Refusal {
  const yours = after === undefined ? 'gone' : JSON.stringify(after);
  const told = yours.length > MOST ? `${yours.slice(0, MOST)}…` : yours;
  return new Refusal(`“${place.join(' › ')}” has been changed elsewhere (yours: ${told}).`);
}

const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether two JSON values are equal, whatever the order of their keys. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, index) => same(item, other[index]));
  if (!isData(one) || !isData(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => name in other && same(one[name], other[name]))
  );
}
