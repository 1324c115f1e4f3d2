/** The workflow file as data, and how its parts are reached. Documents are never changed in place. */

import { Refusal } from './refusal';

export type Place = [number, number];

export interface Connection {
  from: string;
  to: string;
}

/** A note behind the nodes; `text` is plain with `**bold**`, `# headings` and `- lists`. */
export interface Annotation {
  id: string;
  text: string;
  place: [number, number, number, number];
  colour?: string;
}

export interface Body {
  variables?: Record<string, unknown>;
  nodes?: Record<string, NodeEntry>;
  connections?: Connection[];
  layout?: Record<string, Place>;
  annotations?: Annotation[];
}

export interface NodeEntry extends Body {
  type: string;
  version?: number;
  settings?: Record<string, unknown>;
  timeout?: number | null;
  comment?: string;
}

export interface Document extends Body {
  flowengine: number;
  name?: string;
  description?: string;
  seed?: number;
}

export const COMPONENT = 'flow.component';
export const INPUT = 'flow.input';
export const OUTPUT = 'flow.output';

export const emptyDocument = (name = ''): Document => ({ flowengine: 1, name, nodes: {} });

/** The name of a node within its component: `conv_1` of `block_1/conv_1`. */
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The component a node stands in: `block_1` of `block_1/conv_1`, empty at the top. */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

export const join = (component: string, name: string): string =>
  component ? `${component}/${name}` : name;

/** The body of a component held in line; the document itself for ''. */
export function bodyAt(document: Document, component: string): Body | undefined {
  let body: Body | undefined = document;
  for (const name of component ? component.split('/') : []) body = body?.nodes?.[name];
  return body;
}

export function nodeAt(document: Document | null, path: string): NodeEntry | undefined {
  return document ? bodyAt(document, parentOf(path))?.nodes?.[nameOf(path)] : undefined;
}

/** A node's settings as written: only those that differ from the default. */
export const settingsOf = (entry: NodeEntry | undefined): Record<string, unknown> =>
  entry?.settings ?? {};

/** Whether a node is a component whose nodes stand in this very document. */
export const isInline = (entry: NodeEntry | undefined): boolean =>
  entry?.type === COMPONENT && typeof entry.settings?.path !== 'string';

/** The document with one body replaced. */
export function withBody(
  document: Document,
  component: string,
  change: (body: Body) => Body,
): Document {
  return replaced(document, component ? component.split('/') : [], change) as Document;
}

function replaced(body: Body, names: string[], change: (body: Body) => Body): Body {
  const [name, ...rest] = names;
  if (name === undefined) return change(body);
  const inner = body.nodes?.[name];
  if (!inner) throw new Refusal(`There is no component “${name}” any more.`);
  return { ...body, nodes: { ...body.nodes, [name]: replaced(inner, rest, change) as NodeEntry } };
}

/** The document with one node replaced. */
export function withNode(
  document: Document,
  path: string,
  change: (entry: NodeEntry) => NodeEntry,
): Document {
  const name = nameOf(path);
  return withBody(document, parentOf(path), (body) => {
    const entry = body.nodes?.[name];
    if (!entry) throw new Refusal(`There is no node “${path}” any more.`);
    return { ...body, nodes: { ...body.nodes, [name]: change(entry) } };
  });
}
