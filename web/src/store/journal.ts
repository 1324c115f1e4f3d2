/** Journals in the browser's storage: one for each page, so that none writes over another's. */

import { type Journal, parsedJournal } from '../model/journal';
import { workspaceNow } from './server';

const PREFIX = 'flowengine.unsaved.';
const PAGE = Math.random().toString(36).slice(2);

/** What follows the page in a key: workspaces that take turns at a port may have files alike. */
const placeOf = (path: string): string => `${workspaceNow()}.${path}`;

const own = (path: string): string => `${PREFIX}${PAGE}.${placeOf(path)}`;

/** Keep a journal of a workflow, or none any more; returns whether the browser does. */
export function keepJournal(path: string, journal: Journal | undefined): boolean {
  try {
    if (journal) localStorage.setItem(own(path), JSON.stringify(journal));
    else localStorage.removeItem(own(path));
    return true;
  } catch {
    // a browser that keeps nothing, or no more, still saves to the server
    return false;
  }
}

/** The journals that pages have left of a workflow, this one too, by their keys. */
export function leftJournals(path: string): Map<string, Journal> {
  const found = new Map<string, Journal>();
  try {
    for (const key of Object.keys(localStorage)) {
      if (!key.startsWith(PREFIX)) continue;
      if (key.slice(key.indexOf('.', PREFIX.length) + 1) !== placeOf(path)) continue;
      const journal = parsedJournal(localStorage.getItem(key) ?? '');
      if (journal) found.set(key, journal);
    }
  } catch {
    // nothing is kept, so nothing was left
  }
  return found;
}

/** Forget what other pages have left, now that this one keeps it. */
export function forgetJournals(path: string, keys: Iterable<string>): void {
  for (const key of keys) if (key !== own(path)) localStorage.removeItem(key);
}
