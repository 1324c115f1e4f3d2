/** What is not saved yet, as data: so that a browser can keep it while nobody can be told. */

import type { Command } from './commands';
import type { Document } from './document';
import { type Change, diff, patched } from './patch';

export interface Journal {
  /** The version it starts from. */
  etag: string;
  /** The nodes of that version, by which the workflow is known again. */
  nodes: string[];
  changes: Change[];
  /** Sentences on what could not be done, until somebody has read them. */
  lost: string[];
}

/** What has to be kept; undefined where all is saved and read. */
export function journalOf(
  base: Document,
  now: Document,
  etag: string,
  lost: readonly string[],
): Journal | undefined {
  const changes = diff(base, now);
  if (!changes.length && !lost.length) return undefined;
  return { etag, nodes: Object.keys(base.nodes ?? {}), changes, lost: [...lost] };
}

/** Whether a journal is of this workflow, and not of another one that has its name elsewhere. */
export function isOf(journal: Journal, etag: string, document: Document): boolean {
  if (journal.etag === etag) return true;
  const known = journal.nodes.filter((name) => document.nodes?.[name]);
  return known.length > 0 && known.length >= journal.nodes.length / 2;
}

/** A command for each change, so that one that does not fit any more takes no other with it. */
export const commandsOf = ({ changes }: Journal): Command[] =>
  changes.map((change) => ({
    label: change.place.join(' › '),
    apply: (document) => patched(document, [change]),
  }));

/** A journal as it was written; undefined where the text is none. */
export function parsedJournal(text: string): Journal | undefined {
  try {
    const data = JSON.parse(text) as Partial<Journal> | null;
    const { etag, nodes, changes, lost } = data ?? {};
    if (typeof etag !== 'string' || !Array.isArray(nodes) || !Array.isArray(lost)) return undefined;
    if (!Array.isArray(changes) || !changes.every(({ place }) => Array.isArray(place)))
      return undefined;
    return { etag, nodes, changes, lost };
  } catch {
    return undefined;
  }
}
