/** Commands on the settings of nodes. */

import type { Command } from './commands';
import { type Document, type NodeEntry, nameOf, withNode } from './document';

/** Set settings of a node; `undefined` takes a setting back to its default. */
export function setSettings(path: string, values: Record<string, unknown>): Command {
  const names = Object.keys(values);
  return {
    label: `Set ${names.join(', ')} of ${nameOf(path)}`,
    merge: `${path}.${names.join(',')}`,
    apply: (document) => withNode(document, path, (entry) => changed(entry, values)),
  };
}

/** Replace all settings of several nodes, as a run of the past had them. */
export function replaceSettings(settings: Record<string, Record<string, unknown>>): Command {
  return {
    label: 'Restore settings',
    apply: (document) =>
      Object.entries(settings).reduce(
        (result: Document, [path, values]) =>
          withNode(result, path, (entry) => filled(entry, values)),
        document,
      ),
  };
}

function changed(entry: NodeEntry, values: Record<string, unknown>): NodeEntry {
  const settings = { ...entry.settings };
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) delete settings[name];
    else settings[name] = value;
  }
  return filled(entry, settings);
}

function filled(entry: NodeEntry, settings: Record<string, unknown>): NodeEntry {
  const { settings: _, ...rest } = entry;
  return Object.keys(settings).length ? { ...rest, settings } : rest;
}
