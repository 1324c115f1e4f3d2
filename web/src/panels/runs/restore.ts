import type { Command } from '../../model/commands';
import { type Body, type Document, isInline, type NodeEntry } from '../../model/document';
import { Refusal } from '../../model/refusal';

/** Return the command that gives nodes and variables the values they had in a run. */
export function restoreSettings(then: Document, when: string): Command {
  return {
    label: `Restore settings of the run of ${when}`,
    apply: (document) => {
      if (!shared(document, then).length) {
        throw new Refusal('No node of that run is in the workflow any more.');
      }
      return restoredBody(document, then);
    },
  };
}

/** Return the nodes of a run that the workflow has no more, or has as another type. */
export function lostNodes(document: Document, then: Document): string[] {
  const known = new Set(shared(document, then));
  return Object.keys(then.nodes ?? {}).filter((name) => !known.has(name));
}

function shared(now: Body, then: Body): string[] {
  return Object.entries(now.nodes ?? {})
    .filter(([name, entry]) => then.nodes?.[name]?.type === entry.type)
    .map(([name]) => name);
}

function restoredBody<T extends Body>(now: T, then: Body): T {
  const nodes = { ...now.nodes };
  for (const name of shared(now, then)) {
    nodes[name] = restoredNode(nodes[name], then.nodes?.[name] as NodeEntry);
  }
  // What was added since stays, but the values of the run come first.
  const variables = { ...now.variables, ...then.variables };
  return Object.keys(variables).length ? { ...now, nodes, variables } : { ...now, nodes };
}

function restoredNode(now: NodeEntry, then: NodeEntry): NodeEntry {
  const { settings: _, version: __, ...rest } = now;
  const restored: NodeEntry = {
    ...rest,
    ...(then.version === undefined ? {} : { version: then.version }),
    ...(then.settings ? { settings: then.settings } : {}),
  };
  return isInline(now) && isInline(then) ? restoredBody(restored, then) : restored;
}
