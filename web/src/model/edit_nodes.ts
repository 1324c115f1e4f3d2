/** Commands on a node's name and comment. */

import type { Command } from './commands';
import {
  type Body,
  type Document,
  INPUT,
  nameOf,
  nodeAt,
  OUTPUT,
  parentOf,
  withBody,
  withNode,
} from './document';
import { endOf } from './graph';
import { Refusal } from './refusal';

const NODE_ID = /^[a-z][a-z0-9_]*$/;

/** Why a node of a body cannot have a name; '' where it can. */
export function nameFault(body: Body | undefined, name: string, before?: string): string {
  if (!NODE_ID.test(name))
    return `“${name}” cannot name a node; expected small letters, digits and “_”, a letter first.`;
  if (name !== before && body?.nodes?.[name]) return `There is a node “${name}” already.`;
  return '';
}

/** A name for a new node of a type that no node has: `dense`, then `dense_2`. */
export function freshName(type: string, isTaken: (name: string) => boolean): string {
  const base =
    (type.split('.').at(-1) ?? '')
      .toLowerCase()
      .replace(/[^a-z0-9_]+/g, '_')
      .replace(/^[^a-z]+/, '') || 'node';
  if (!isTaken(base)) return base;
  const stem = base.replace(/_\d+$/, '');
  for (let number = 2; ; number++) if (!isTaken(`${stem}_${number}`)) return `${stem}_${number}`;
}

/** Rename a node; its connections follow, also those to a component's port of that name. */
export function renameNode(path: string, after: string): Command {
  const [component, before] = [parentOf(path), nameOf(path)];
  return {
    label: `Rename ${before} to ${after}`,
    apply: (document) => {
      const entry = nodeAt(document, path);
      if (!entry) throw new Refusal(`There is no node “${path}” any more.`);
      const renamed = withBody(document, component, (body) => {
        const fault = nameFault(body, after, before);
        if (fault) throw new Refusal(fault);
        return withNewName(body, before, after);
      });
      const isPort = entry.type === INPUT || entry.type === OUTPUT;
      return component && isPort ? withNewPort(renamed, component, before, after) : renamed;
    },
  };
}

export function setComment(path: string, comment: string): Command {
  return {
    label: `Comment ${nameOf(path)}`,
    apply: (document) =>
      withNode(document, path, ({ comment: _, ...entry }) =>
        comment.trim() ? { ...entry, comment: comment.trim() } : entry,
      ),
  };
}

/** Set after how many seconds a node is ended; `undefined`: never. */
export function setTimeLimit(path: string, seconds: unknown): Command {
  return {
    label: `Limit the time of ${nameOf(path)}`,
    merge: `${path}.timeout`,
    apply: (document) =>
      withNode(document, path, ({ timeout: _, ...entry }) =>
        seconds === undefined || seconds === null
          ? entry
          : // what is no number stays as it was typed, and is explained
            { ...entry, timeout: seconds as number },
      ),
  };
}

function withNewName(body: Body, before: string, after: string): Body {
  const name = (now: string): string => (now === before ? after : now);
  return {
    ...body,
    nodes: keyed(body.nodes, name),
    ...(body.layout && { layout: keyed(body.layout, name) }),
    ...(body.connections && {
      connections: body.connections.map((item) =>
        endOf(item.from).node === before || endOf(item.to).node === before
          ? { from: inEnd(item.from, name), to: inEnd(item.to, name) }
          : item,
      ),
    }),
  };
}

function withNewPort(document: Document, path: string, before: string, after: string): Document {
  const node = nameOf(path);
  const end = (text: string): string => (text === `${node}.${before}` ? `${node}.${after}` : text);
  return withBody(document, parentOf(path), (body) => ({
    ...body,
    ...(body.connections && {
      connections: body.connections.map((item) => ({ from: end(item.from), to: end(item.to) })),
    }),
  }));
}

function inEnd(text: string, name: (now: string) => string): string {
  const [node = '', ...rest] = text.split('.');
  return [name(node), ...rest].join('.');
}

function keyed<T>(
  record: Record<string, T> | undefined,
  name: (now: string) => string,
): Record<string, T> {
  return Object.fromEntries(Object.entries(record ?? {}).map(([key, value]) => [name(key), value]));
}
